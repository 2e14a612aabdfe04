"""Accuracy of each strategy on each question, over a grid of S solutions and V verifications.

Everything is computed once per question; whatever is said about a set of questions, a bootstrap resample
included, is then a weighted mean of these numbers. All strategies see the same pools.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.arrays import Floats, Ints
from common.stats import voting
from replications.genrm_vs_sc.pools import Pools


@dataclass(frozen=True)
class Curves:
    """Expected correctness per question; S over `sizes`, V over `n_verdicts`."""

    sizes: Ints  # [S]
    n_verdicts: Ints  # [V]
    sc_sizes: Ints  # numbers of solutions that vote, ascending from 1, [T]
    sc: Floats  # self-consistency, [Q, T]
    genrm: Floats  # best-of-N by mean verdict, [Q, S, V]
    weighted: Floats  # vote weighted by the mean of the first V verdicts, [Q, S, V]
    weighted_se: Floats  # its Monte Carlo standard error, [Q, S, V]
    passed: Floats  # at least one of S is right: the ceiling of any selection, [Q, S]


def measure(
    pools: Pools, sizes: Sequence[int], n_verdicts: Sequence[int], rng: np.random.Generator, n_subsets: int
) -> Curves:
    """Measure all strategies, exactly but for the weighted vote, which is Monte Carlo over `n_subsets` subsets.

    Where verdicts are probabilities, best-of-N is Monte Carlo as well, over as many choices of verdicts.

    Self-consistency is measured at every size, since any budget affords it in full. Every V of the weighted vote sees
    the same subsets, so that their noise cancels in differences.
    """
    sc_sizes = np.arange(1, max(sizes) + 1)
    given = pools.verdicts[pools.present]
    binary = bool(np.all(np.isnan(given) | (given == 0) | (given == 1)))
    weighted = [_weighted(pools, sizes, v, copy.deepcopy(rng), n_subsets) for v in n_verdicts]
    return Curves(
        sizes=np.array(sizes),
        n_verdicts=np.array(n_verdicts),
        sc_sizes=sc_sizes,
        sc=vote(pools, sc_sizes),
        genrm=best_of_n(pools, pools.verdicts, sizes, n_verdicts)
        if binary
        else best_of_n_by_score(pools, sizes, n_verdicts, copy.deepcopy(rng), n_subsets),
        weighted=np.stack([vote.value for vote in weighted], axis=2),
        weighted_se=np.stack([vote.standard_error for vote in weighted], axis=2),
        passed=voting.pass_at_k(pools.correct.sum(axis=1), pools.sizes, sizes),
    )


def best_of_n(pools: Pools, verdicts: Floats, sizes: Sequence[int], n_verdicts: Sequence[int]) -> Floats:
    """Best-of-N by `verdicts` [Q, N, V0], averaged over all choices of V of them: [Q, S, V]."""
    return voting.best_of_n_over_verdicts(verdicts, pools.correct, sizes, n_verdicts, pools.present)


def best_of_n_by_score(
    pools: Pools, sizes: Sequence[int], n_verdicts: Sequence[int], rng: np.random.Generator, n_choices: int
) -> Floats:
    """Best-of-N by the mean of V real-valued verdicts, averaged over random choices of V of them: [Q, S, V].

    Each choice is exact over draws of solutions; with all V0 verdicts there is one choice.
    """
    curves = []
    for v in n_verdicts:
        times = n_choices if v < pools.verdicts.shape[2] else 1
        chosen = (rng.permuted(pools.verdicts, axis=2)[:, :, :v] for _ in range(times))
        scores = (np.round(mean_verdict(one), 9) for one in chosen)  # sums in another order are ties all the same
        curves.append(np.mean([voting.best_of_n(s, pools.correct, sizes, pools.present) for s in scores], axis=0))
    return np.stack(curves, axis=2)


def vote(pools: Pools, sizes: Ints) -> Floats:
    """Self-consistency at these numbers of solutions: [Q, T]."""
    return voting.majority_vote(pools.answers, pools.correct, sizes, pools.present)


def mean_verdict(verdicts: Floats) -> Floats:
    """Mean of the verdicts found, [..., V] -> [...]; 0 where none was, as in the released code."""
    found = np.maximum((~np.isnan(verdicts)).sum(axis=-1), 1)
    mean: Floats = np.nansum(verdicts, axis=-1) / found
    return mean


def _weighted(pools: Pools, sizes: Sequence[int], v: int, rng: np.random.Generator, n_subsets: int) -> voting.Sampled:
    weights = mean_verdict(pools.verdicts[:, :, :v])
    return voting.weighted_vote(weights, pools.answers, pools.correct, sizes, rng, n_subsets, pools.present)
