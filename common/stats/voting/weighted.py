"""Weighted vote: the answer whose solutions have the largest summed score.

With real-valued scores no closed form is cheap, so sizes between 2 and N are Monte Carlo over random
subsets and carry a standard error. One and two solutions are exact (two of one class agree, two of
different classes are a best-of-2), and so is the whole pool.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from common.arrays import Floats, Ints
from common.errors import InputError
from common.stats.voting import pools
from common.stats.voting.answers import answer_classes, tally
from common.stats.voting.ranks import best_of_dense

TIE = 1e-9  # sums of rounded scores tie up to rounding only


class Sampled(NamedTuple):
    """An estimate and the standard error of its Monte Carlo part; both [..., n_sizes]."""

    value: Floats
    standard_error: Floats  # 0 where the value is exact


def weighted_vote(
    scores: ArrayLike,
    answers: ArrayLike,
    correct: ArrayLike,
    sizes: ArrayLike,
    rng: np.random.Generator,
    n_subsets: int = 1000,
    present: ArrayLike | None = None,
) -> Sampled:
    """Probability that the drawn answer with the largest summed score is correct, ties broken uniformly.

    Best-of-N weighted (Li et al. 2023, arXiv 2206.02336).

    Args:
        scores: weight of each solution, >= 0 and finite, shape [..., N].
        answers: answer class of each solution as a whole number, negative if invalid, shape [..., N].
            An invalid answer never wins; if all S drawn are invalid the vote is wrong.
        correct: 0/1 (or partial credit), the same throughout a class, 0 where invalid, shape [..., N].
        sizes: numbers S of solutions drawn without replacement, shape [n_sizes].
        rng: source of the subsets. They don't depend on the scores, so calls that differ in the
            scores alone and get equally seeded generators share their subsets: compare methods so.
        n_subsets: subsets a problem, at least 2. The first S of one random order serve every S.
        present: boolean mask of the real solutions, shape [..., N]; default: all.

    Returns:
        Value and standard error over subsets, the latter 0 where exact (S = 1, 2 and N). Sums within one part
        in 10^9 tie.

    Raises:
        InputError: negative, infinite or NaN scores, fewer than two subsets, and all that
            `majority_vote` refuses.
    """
    credit, mask = pools.check_pools(correct, present)
    label = answer_classes(answers, credit, mask)
    score = pools.numbers(scores, "scores")
    pools.same_shape("scores", score, mask)
    if not np.all(np.isfinite(score[mask]) & (score[mask] >= 0)):
        raise InputError("scores of a weighted vote must be finite and not negative")
    if n_subsets < 2:
        raise InputError(f"n_subsets must be at least 2 for a standard error, got {n_subsets}")
    drawn = pools.draw_sizes(sizes, pools.smallest(mask), "sizes", "the smallest pool")

    def kernel(a: Ints, s: Floats, c: Floats) -> Floats:
        return _dense(a, s, c, drawn, rng, n_subsets)

    both = pools.over_pools(kernel, (2, len(drawn)), mask, label, score, credit)
    return Sampled(both[..., 0, :], both[..., 1, :])


def _dense(label: Ints, score: Floats, credit: Floats, sizes: Ints, rng: np.random.Generator, n_subsets: int) -> Floats:
    """Values and standard errors of R pools of one size, [R, 2, n_sizes]."""
    pool = label.shape[1]
    out = np.zeros((len(label), 2, len(sizes)))
    few, whole = sizes <= 2, sizes == pool
    out[:, 0, few] = best_of_dense(np.where(label >= 0, score, -1), credit, sizes[few])
    out[:, 0, whole] = winner_credit(label, score, credit)[:, None]
    sampled = np.flatnonzero(~few & ~whole)
    if not len(sampled):
        return out
    for row in range(len(label)):
        order = rng.permuted(np.tile(np.arange(pool), (n_subsets, 1)), axis=1)
        for i in sampled:
            subset = order[:, : sizes[i]]
            won = winner_credit(label[row, subset], score[row, subset], credit[row, subset])
            out[row, :, i] = won.mean(), won.std(ddof=1) / np.sqrt(n_subsets)
    return out


def winner_credit(label: Ints, score: Floats, credit: Floats) -> Floats:
    """Credit of the class with the largest summed score among all of each row: [R, n] arrays -> [R]."""
    votes, weight, summed = tally(label, np.ones_like(score), score, credit)
    voted = votes > 0
    best = np.where(voted, weight, 0).max(axis=1, keepdims=True)
    wins = voted & (weight >= best * (1 - TIE))
    won = np.sum(wins * summed / np.maximum(votes, 1), axis=1)
    share: Floats = won / np.maximum(wins.sum(axis=1), 1)
    return share
