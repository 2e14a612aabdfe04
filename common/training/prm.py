"""A process reward model: after each step of a solution, the probability that it is right, given that those before are.

Token classification over steps, as TRL's removed PRMTrainer did: one logit at the last token of each step, trained by
cross-entropy (`heads`). The label is the index of the first wrong step: steps before it are right, it is not, and those
after it are not learnt from (Lightman et al. 2023, arXiv 2305.20050, section 2.6): whether one that follows well from
an error is right, no label says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import ArrayLike

from common.engines.base import Prompt
from common.engines.prompts import check_lengths
from common.errors import InputError
from common.training import heads
from common.training.heads import Head, Settings
from common.training.states import Backbone, Marked

Aggregate = Literal["last", "min", "product"]


@dataclass(frozen=True, slots=True)
class Solution:
    """A question and the steps of a solution, as they stand in the text one after the other."""

    prompt: Prompt
    """All that comes before the first step."""
    steps: tuple[str, ...]
    """Text of each step with the signs that separate it from the others."""


def fit(
    backbone: Backbone,
    solutions: Sequence[Solution],
    first_errors: Sequence[int],
    settings: Settings,
    rng: np.random.Generator,
) -> Head:
    """Train a process reward model.

    Args:
        backbone: the model.
        solutions: to learn from.
        first_errors: index of each solution's first wrong step, -1 if all are right.
        settings: how.
        rng: initial weights, held-out solutions, order.

    Raises:
        InputError: an index that names no step, and as in `marked` and `heads.fit`.
        NotANumberError: loss or gradient is not a number.
    """
    if len(solutions) != len(first_errors):
        raise InputError(f"{len(solutions)} solutions but {len(first_errors)} first errors: give one a solution")
    labels = [step_labels(len(s.steps), error) for s, error in zip(solutions, first_errors, strict=True)]
    rows = [_up_to(row, len(given)) for row, given in zip(marked(backbone, solutions), labels, strict=True)]
    return heads.fit(backbone, rows, labels, settings, rng)


def step_labels(steps: int, first_error: int) -> list[float]:
    """1 for each step before the first error, 0 for it, and no label for later ones; -1 means that there is none.

    Raises:
        InputError: an index that names no step.
    """
    if not -1 <= first_error < steps:
        raise InputError(f"first error {first_error} of {steps} steps: it must be -1 or the index of a step")
    return [1.0] * steps if first_error == -1 else [*[1.0] * first_error, 0.0]


def marked(backbone: Backbone, solutions: Sequence[Solution]) -> list[Marked]:
    """Solutions as token ids, marked at the last token of each step.

    A step is tokenized as it stands in the text; where it would merge with the step before, on its own.

    Raises:
        InputError: a solution without steps, text that the model cannot read, or more of it than its context holds.
    """
    texts = [backbone.codec.render(solution.prompt) for solution in solutions]
    rows = []
    for text, ids, solution in zip(texts, backbone.codec.encode(texts), solutions, strict=True):
        if not solution.steps:
            raise InputError(f"a solution of {text!r:.80} has no steps: leave it out, or give it as one step")
        places = []
        for step in solution.steps:
            ids += backbone.codec.continuation(text, ids, step)
            text += step
            places.append(len(ids) - 1)
        check_lengths([text], [ids], backbone.context_length, 0)
        rows.append(Marked(ids, places))
    return rows


def _up_to(row: Marked, marks: int) -> Marked:
    """A text as far as one of its first marks."""
    places = row.places[:marks]
    return Marked(row.ids[: places[-1] + 1], places)


def step_probabilities(head: Head, solutions: Sequence[Solution]) -> list[np.ndarray]:
    """Probability, after each step, that it is right if those before are: one array of shape [steps] a solution.

    What stands after a wrong step means nothing: such steps are not learnt from.

    Raises:
        InputError: as in `marked`.
    """
    return head.probabilities(marked(cast(Backbone, head.backbone), solutions))  # `fit` had one


def first_error(probabilities: ArrayLike, threshold: float = 0.5) -> int:
    """Index of the earliest step whose probability is below the threshold, -1 if there is none.

    Raises:
        InputError: no steps, or a threshold outside [0, 1].
    """
    if not 0 <= threshold <= 1:
        raise InputError(f"a threshold must lie in [0, 1], got {threshold}")
    below = np.flatnonzero(_steps(probabilities) < threshold)
    return int(below[0]) if len(below) else -1


def score(probabilities: ArrayLike, how: Aggregate = "min") -> float:
    """One number a solution, to choose the best of N by: the last step's probability, the smallest, or their product.

    The three of search-and-learn (github.com/huggingface/search-and-learn, `aggregate_scores`). Its default, the last,
    suits models that learn from all steps; here it is read where a wrong solution says nothing. The product falls with
    every step, so it prefers short solutions.

    Raises:
        InputError: no steps, or another way.
    """
    steps = _steps(probabilities)
    if how == "last":
        return float(steps[-1])
    if how == "min":
        return float(steps.min())
    if how == "product":
        return float(steps.prod())
    raise InputError(f"score {how!r}: it is one of last, min, product")


def _steps(probabilities: ArrayLike) -> np.ndarray:
    steps = np.asarray(probabilities, dtype=np.float64)
    if steps.ndim != 1 or not len(steps):
        raise InputError(f"need the probabilities of one solution's steps, got shape {steps.shape}")
    return steps
