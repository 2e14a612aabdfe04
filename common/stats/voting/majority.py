"""Majority vote (self-consistency): the most frequent answer among S sampled solutions, exactly.

Answer classes are the contenders, their votes the levels (see `race`). Answers must be grouped by
equivalence beforehand (see `answers`).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from common.arrays import Floats, Ints
from common.stats.voting import pools
from common.stats.voting.answers import answer_classes, tally
from common.stats.voting.race import Draw, win_on_level


def majority_vote(answers: ArrayLike, correct: ArrayLike, sizes: ArrayLike, present: ArrayLike | None = None) -> Floats:
    """Probability that the most frequent answer of S solutions is correct, ties broken uniformly.

    Self-consistency (Wang et al. 2022, arXiv 2203.11171), averaged over all C(N, S) draws.

    Args:
        answers: answer class of each solution as a whole number, shape [..., N]. Labels mean something
            within a problem only; any negative label marks an invalid answer, which takes part in the
            draw but cannot win. If all S drawn are invalid the vote is wrong.
        correct: 0/1 (or partial credit) of each solution, the same throughout a class, 0 where invalid,
            shape [..., N].
        sizes: numbers S of solutions drawn without replacement, shape [n_sizes].
        present: boolean mask of the real solutions, shape [..., N]; default: all.

    Returns:
        Shape [..., n_sizes], exact to about 1e-12 (1e-10 for S in the thousands).

    Raises:
        InputError: a class that is correct in one solution and wrong in another, a correct invalid answer,
            S beyond the smallest pool, an empty pool, or shapes that differ.
    """
    credit, mask = pools.check_pools(correct, present)
    label = answer_classes(answers, credit, mask)
    drawn = pools.draw_sizes(sizes, pools.smallest(mask), "sizes", "the smallest pool")
    return pools.over_pools(lambda a, c: _dense(a, c, drawn), (len(drawn),), mask, label, credit)


def _dense(label: Ints, credit: Floats, sizes: Ints) -> Floats:
    votes, summed = tally(label, np.ones_like(credit), credit)
    count, kind = np.unique(votes, return_inverse=True)
    kind = kind.reshape(votes.shape)
    number = pools.sums_by(kind, len(count), np.ones_like(votes))
    right = pools.sums_by(kind, len(count), summed / np.maximum(votes, 1))
    return np.stack([_vote(Draw(int(s), label.shape[1]), count, number, right) for s in sizes], axis=1)


def _vote(draw: Draw, count: Floats, number: Floats, right: Floats) -> Floats:
    """Probability of a correct vote, shape [R]; `number` and `right` give classes by their count, [R, T]."""
    top = int(min(draw.size, count[right.any(axis=0)].max(initial=0)))
    chance = stats.binom.pmf(np.arange(top + 1), count[:, None], draw.rate)
    below = np.zeros((len(count), len(draw.steps)), complex)
    won = np.zeros(len(number))
    for votes in range(1, top + 1):
        below += chance[:, votes - 1, None] * draw.z(votes - 1)
        able = count >= votes
        rivals = number[:, able]
        bystanders = draw.pool - rivals @ count[able]  # invalid answers and classes too small for this level
        won += win_on_level(
            draw,
            np.vstack([below[able], 1 - draw.rate + draw.rate * draw.z()]),
            np.vstack([chance[able, votes, None] * draw.z(votes), np.zeros(len(draw.steps))]),
            np.column_stack([rivals, bystanders]),
            np.column_stack([right[:, able], np.zeros(len(right))]),
            max_tied=min(int(rivals.sum(axis=1).max()), draw.size // votes),
        )
    return np.clip(won, 0, 1)  # rounding
