"""Bounds below which a number is no evidence: a claim that rests on it is not testable here, and the reason says why.

A model asked in a way it would never answer, one that is always wrong, or answers that could not be read all give
numbers, with intervals. These bounds hold for every claim, whatever its rule; all of them stand here, but for the one
in `claims.judge`: a resampled interval without width.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from common.stats import intervals
from common.stats.estimates import Found, Undefined

LEAST_MASS = 0.5
"""Probability that labels must hold together, on average: below it the model would have said something else."""
LEAST_EACH = 10
"""Questions with a right answer, and questions with a wrong one, that a claim about knowing needs."""
MOST_UNREAD = 0.2
"""Share of answers that may be dropped or unread."""
MOST_CUT_OFF = 0.1
"""Share of completions that may end at `max_tokens`; above it a run says so (see `Run.finish`)."""


def said(found: Found, mass: ArrayLike, what: str = "the labels") -> Found:
    """The estimate, if labels hold enough probability.

    Args:
        found: what a claim rests on.
        mass: what the model gave to all labels together, a prompt each.
        what: whose labels, in words.
    """
    share = float(np.asarray(mass, dtype=float).mean())
    if isinstance(found, Undefined) or share >= LEAST_MASS:
        return found
    return Undefined(
        f"{what} hold {share:.1%} of the probability (at least {LEAST_MASS:.0%} is needed): "
        "the model would say something else, ask it in another layout"
    )


def both(found: Found, right: ArrayLike, what: str = "questions") -> Found:
    """The estimate, if there are enough right and enough wrong answers to tell apart.

    Args:
        found: what a claim rests on.
        right: whether each answer is right, one a question.
        what: what is counted, in words.
    """
    values = np.asarray(right, dtype=float)
    true, false = int((values > 0.5).sum()), int((values <= 0.5).sum())
    if isinstance(found, Undefined) or min(true, false) >= LEAST_EACH:
        return found
    return Undefined(f"{true} {what} are right and {false} wrong: at least {LEAST_EACH} of either are needed")


def above_chance(found: Found, right: ArrayLike, chance: float, what: str = "questions") -> Found:
    """The estimate, if the model does not choose at chance: it has nothing to lose then.

    Args:
        found: what a claim rests on.
        right: whether each answer is right, one a question.
        chance: share that guessing gets right.
        what: what is counted, in words.
    """
    values = np.asarray(right, dtype=float)
    share = intervals.wilson(round(float(values.sum())), len(values))
    if isinstance(found, Undefined) or share.low > chance:
        return found
    return Undefined(
        f"{share.value:.1%} of {share.n} {what} are right [{share.low:.1%}, {share.high:.1%}], which guessing gets too "
        f"({chance:.0%}): at this floor there is nothing to lose"
    )


def read(found: Found, unread: float, n: int, what: str = "answers") -> Found:
    """The estimate, if enough answers were read; `unread`: how many of `n` were not."""
    if isinstance(found, Undefined) or unread <= MOST_UNREAD * n:
        return found
    return Undefined(f"{unread:,.0f} of {n:,} {what} were dropped or unread: at most {MOST_UNREAD:.0%} may be")


def cut_off(shares: Mapping[str, float]) -> list[str]:
    """A warning for each kind of completions of which too many ended at `max_tokens`.

    Args:
        shares: share of them that did, by what was sampled, in words.
    """
    return [
        f"{share:.1%} of the {what} ended at max_tokens: how they go on is unknown, "
        "allow more (max_tokens in subjects.yaml)"
        for what, share in shares.items()
        if share > MOST_CUT_OFF
    ]
