"""Pass@k and best-of-N with ties, exactly, at every size from one pass over the ranks.

Sort a pool of N solutions by score. The best of S drawn without replacement has rank i (1 = lowest) with
probability C(i-1, S-1) / C(N, S), whatever the scores are; tied solutions share the probability of the
ranks they occupy. Pass@k is the same with a perfect scorer. The ratios of binomials are cumulative
products of numbers in [0, 1], so nothing overflows and a pool of 16,384 keeps 12 digits.
"""

import numpy as np
from numpy.typing import ArrayLike

from common.arrays import Floats, Ints
from common.errors import InputError
from common.stats.voting import pools


def pass_at_k(n_correct: ArrayLike, n_solutions: ArrayLike, ks: ArrayLike) -> Floats:
    """Probability that at least one of k solutions is correct, 1 - C(N-c, k) / C(N, k).

    Args:
        n_correct: correct solutions c in each pool, shape [...].
        n_solutions: pool sizes N, shape [...] or one number.
        ks: numbers of solutions drawn without replacement, shape [K], each at most the smallest pool.

    Returns:
        Unbiased estimates of shape [..., K] (Chen et al. 2021, arXiv 2107.03374, equation 1).

    Raises:
        InputError: an empty pool, c outside 0..N, k outside 1..N, or numbers that are not whole.
    """
    c, given = pools.whole(n_correct, "n_correct"), pools.whole(n_solutions, "n_solutions")
    if given.shape not in ((), c.shape):
        raise InputError(f"n_solutions must be one number or shaped {c.shape} like n_correct, got {given.shape}")
    n: Ints = np.broadcast_to(given, c.shape)
    if np.any(n < 1) or np.any(c < 0) or np.any(c > n):
        raise InputError("each pool needs at least one solution and 0 <= n_correct <= n_solutions")
    sizes = pools.draw_sizes(ks, int(n.min(initial=2**53)), "ks", "the smallest pool")
    left = n[..., None] - np.arange(sizes.max())
    wrong_again: Floats = np.maximum(1 - c[..., None] / left, 0)
    passed: Floats = 1 - np.multiply.accumulate(wrong_again, axis=-1)[..., sizes - 1]
    return passed


def best_of_n(scores: ArrayLike, correct: ArrayLike, sizes: ArrayLike, present: ArrayLike | None = None) -> Floats:
    """Expected correctness of the highest-scoring of S solutions, ties broken uniformly at random.

    Args:
        scores: solution scores, shape [..., N]; infinite ones are allowed.
        correct: 0/1 or partial credit in [0, 1], shape [..., N].
        sizes: numbers S of solutions drawn without replacement, shape [n_sizes].
        present: boolean mask of the real solutions, shape [..., N]; default: all.

    Returns:
        Exact expectations over all C(N, S) draws, shape [..., n_sizes].

    Raises:
        InputError: NaN among the present scores, S beyond the smallest pool, an empty pool, credit
            outside [0, 1], or shapes that differ.
    """
    credit, mask = pools.check_pools(correct, present)
    score = pools.numbers(scores, "scores")
    pools.same_shape("scores", score, mask)
    if np.isnan(score[mask]).any():
        raise InputError("scores hold NaN: score those solutions, or leave them out by `present`")
    drawn = pools.draw_sizes(sizes, pools.smallest(mask), "sizes", "the smallest pool")
    return pools.over_pools(lambda s, c: best_of_dense(s, c, drawn), (len(drawn),), mask, score, credit)


def best_of_dense(scores: Floats, credit: Floats, sizes: Ints) -> Floats:
    """`best_of_n` for R pools of one size without checks: two [R, N] arrays -> [R, n_sizes]."""
    order = np.argsort(scores, axis=1)
    ranked = np.take_along_axis(scores, order, axis=1)
    opens_tie = np.ones(ranked.shape, bool)
    opens_tie[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    tie = np.cumsum(opens_tie.ravel()) - 1
    mean = np.bincount(tie, np.take_along_axis(credit, order, axis=1).ravel()) / np.bincount(tie)
    shared: Floats = mean[tie].reshape(ranked.shape)
    return shared @ rank_probabilities(ranked.shape[1], sizes).T


def rank_probabilities(n: int, sizes: Ints) -> Floats:
    """Probability that the best of S drawn from n has rank i: C(i-1, S-1) / C(n, S).

    Returns:
        Shape [n_sizes, n], rank 1 (the lowest) first; each row sums to 1.
    """
    drawn = np.minimum(sizes[:, None] / np.arange(1, n + 1), 1)  # is rank i drawn, given that none above is
    none_above = np.ones((len(sizes), n))
    none_above[:, :-1] = np.cumprod(1 - drawn[:, :0:-1], axis=1)[:, ::-1]
    return none_above * drawn
