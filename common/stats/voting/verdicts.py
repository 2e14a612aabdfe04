"""Best-of-N where a solution's score is the mean of V verdicts drawn from the V0 recorded ones, exactly.

Published curves score a solution by the first V of its verdicts and so throw the other V0 - V away. Here
every solution draws its own V-subset of the V0 slots and the expectation over all subsets is taken exactly:
the chance that a solution scores b/a is multivariate hypergeometric in its yes, no and missing verdicts,
independent across solutions, and the best of S wins a race (see `race`).

A missing verdict (not parseable) keeps its slot: drawn, it drops out of the mean; a solution with none left
scores 0. These are the rules of Singhi et al. 2025 (arXiv 2504.01005; as its released code is
described, second-hand), who apply them to the first V.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from common.arrays import Floats, Ints
from common.errors import InputError
from common.stats.voting import pools
from common.stats.voting.race import Draw, win_on_level
from common.stats.voting.ranks import best_of_dense

MOST_VERDICTS = 1000  # binomial coefficients of more than about 1,029 leave the range of float64


def best_of_n_over_verdicts(
    verdicts: ArrayLike,
    correct: ArrayLike,
    sizes: ArrayLike,
    n_verdicts: ArrayLike,
    present: ArrayLike | None = None,
) -> Floats:
    """Expected correctness of the best of S solutions, each scored by V random ones of its V0 verdicts.

    Args:
        verdicts: 1 (judged correct), 0 or NaN (missing), shape [..., N, V0].
        correct: 0/1 or partial credit in [0, 1], shape [..., N].
        sizes: numbers S of solutions drawn without replacement, shape [n_sizes].
        n_verdicts: numbers V of verdicts drawn without replacement per solution, shape [n_verdicts].
        present: boolean mask of the real solutions, shape [..., N]; default: all.

    Returns:
        Expectations over all draws of solutions, verdicts and uniform tie-breaks, shape [..., n_sizes, n_verdicts],
        exact to about 1e-12 (1e-10 for S in the thousands). If every verdict is missing, all scores are 0 and tie.

    Raises:
        InputError: verdicts other than 0, 1 and NaN, V beyond V0, S beyond the smallest pool, an
            empty pool, credit outside [0, 1], or shapes that do not fit.
    """
    credit, mask = pools.check_pools(correct, present)
    verdict = pools.numbers(verdicts, "verdicts")
    if verdict.shape[:-1] != mask.shape:
        raise InputError(f"verdicts {verdict.shape} do not fit correctness {mask.shape}: give [..., N, V0]")
    real = verdict[mask]
    if not np.all(np.isnan(real) | (real == 0) | (real == 1)):
        raise InputError("verdicts must be 1, 0 or NaN (missing)")
    drawn = pools.draw_sizes(sizes, pools.smallest(mask), "sizes", "the smallest pool")
    if verdict.shape[-1] > MOST_VERDICTS:
        raise InputError(f"at most {MOST_VERDICTS} verdicts a solution, got {verdict.shape[-1]}")
    asked = pools.draw_sizes(n_verdicts, verdict.shape[-1], "n_verdicts", "the verdicts a solution has")
    shape = (len(drawn), len(asked))
    return pools.over_pools(lambda v, c: _dense(v, c, drawn, asked), shape, mask, verdict, credit)


def _dense(verdicts: Floats, credit: Floats, sizes: Ints, n_verdicts: Ints) -> Floats:
    slots = verdicts.shape[-1]
    yes, no = (verdicts == 1).sum(axis=-1), (verdicts == 0).sum(axis=-1)
    records, kind = np.unique(np.stack([yes, no], axis=-1).reshape(-1, 2), axis=0, return_inverse=True)
    kind = kind.reshape(credit.shape)
    number = pools.sums_by(kind, len(records), np.ones_like(credit))
    right = pools.sums_by(kind, len(records), credit)
    draws = [Draw(int(s), credit.shape[1]) for s in sizes]
    out = np.empty((len(credit), len(sizes), len(n_verdicts)))
    for j, v in enumerate(n_verdicts):
        if v == slots:  # nothing left to chance, and the costliest case otherwise
            out[:, :, j] = best_of_dense(yes / np.maximum(yes + no, 1), credit, sizes)
            continue
        chance = score_chances(records, slots, int(v))
        for i, draw in enumerate(draws):
            out[:, i, j] = _best(draw, chance, number, right)
    return out


def score_chances(records: Ints, slots: int, drawn: int) -> Floats:
    """Probability of each score that a solution can get from V of its V0 verdict slots.

    Args:
        records: yes and no verdicts of each kind of solution, shape [T, 2]; the other slots are missing.
        slots: V0.
        drawn: V.

    Returns:
        Shape [T, n_scores], scores ascending, scores nobody can get left out.
    """
    yes, no = np.indices((drawn + 1, drawn + 1)).reshape(2, -1)
    yes, no = yes[yes + no <= drawn], no[yes + no <= drawn]
    missing = slots - records.sum(axis=1, keepdims=True)
    ways = special.comb(records[:, :1], yes) * special.comb(records[:, 1:], no)
    chance = ways * special.comb(missing, drawn - yes - no) / special.comb(slots, drawn)
    score, level = np.unique(yes / np.maximum(yes + no, 1), return_inverse=True)
    out = np.zeros((len(records), len(score)))
    np.add.at(out.T, level, chance.T)
    return out[:, out.any(axis=0)]


def _best(draw: Draw, chance: Floats, number: Floats, right: Floats) -> Floats:
    """Probability that the best solution is correct, shape [R]; kinds of solution as columns, [R, T]."""
    lower = np.cumsum(chance, axis=1) - chance
    won = np.zeros(len(number))
    for level in range(chance.shape[1]):
        won += win_on_level(
            draw,
            1 - draw.rate + draw.rate * lower[:, level, None] * draw.z(),
            draw.rate * chance[:, level, None] * draw.z(),
            number,
            right,
            max_tied=draw.size,
        )
    return np.clip(won, 0, 1)  # rounding
