"""Several verifiers of the same solutions, real and made up, each set against voting; and by difficulty.

Everything is measured by the functions that serve recorded and sampled pools alike (`curves`, `compute`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from common.arrays import Bools, Floats, Ints
from common.stats.resamples import resample_weights
from replications.genrm_vs_sc import controls, curves, experiment, verifier
from replications.genrm_vs_sc.compute import Comparison, compare, costs
from replications.genrm_vs_sc.controls import MadeUp
from replications.genrm_vs_sc.curves import Curves
from replications.genrm_vs_sc.experiment import Verified
from replications.genrm_vs_sc.params import LiveParams
from replications.genrm_vs_sc.pools import Pools

EVERY = 128
"""Up to here votes are measured at every size, beyond at four an octave: exact votes of many are dear."""
BANDS = {"hard (under 1/3 right)": (0, 1 / 3), "middle": (1 / 3, 2 / 3), "easy (over 2/3 right)": (2 / 3, 1.01)}


@dataclass(frozen=True)
class Outcome:
    """One verifier on the pools: curves, what its verifications cost, and both set against voting."""

    pools: Pools
    measured: Curves
    ratios: dict[str, Floats]  # by accounting, [R] each
    comparison: Comparison  # output accounting


@dataclass(frozen=True)
class Setting:
    """What all verifiers share: the verified solutions, the votes, the grid, and the weights of the questions."""

    rows: pd.DataFrame  # of verified solutions
    votes: Pools  # all solutions, so that a vote can spend what verifications cost
    vote_sizes: Ints  # [T]
    voted: Floats  # self-consistency among so many of them, [Q, T]
    n_verdicts: int
    weights: Floats  # [R, Q]
    seed: int
    subsets: int

    @property
    def sizes(self) -> list[int]:
        """Powers of two up to the number of verified solutions."""
        return powers(int(self.rows["sample"].max()) + 1)


def powers(limit: int) -> list[int]:
    """Powers of two up to a limit, and the limit."""
    return sorted({2**k for k in range(limit.bit_length())} | {limit})


def vote_sizes(limit: int) -> list[int]:
    """Every number of votes up to `EVERY`, then four an octave, powers of two among them, and the limit."""
    laid = {round(2 ** (k / 4)) for k in range(4 * limit.bit_length()) if 2 ** (k / 4) > EVERY}
    return sorted(size for size in {*range(1, EVERY + 1), *laid, limit} if size <= limit)


def setting(rows: pd.DataFrame, verified: pd.DataFrame, params: LiveParams) -> Setting:
    """The setting of an experiment: all solutions (rows of `experiment.solve`), and those of them that are verified."""
    votes = experiment.unverified(rows)
    n = len(votes.questions)
    sizes = sorted({*vote_sizes(int(votes.sizes.min())), *powers(int(verified["sample"].max()) + 1)})
    voted = curves.vote(votes, np.array(sizes))
    weights = resample_weights(n, params.resamples, np.random.default_rng([params.seed, 15])) / n
    return Setting(verified, votes, np.array(sizes), voted, params.verifications, weights, params.seed, params.subsets)


def by_name(given: Setting, by_verifier: Mapping[str, Verified]) -> dict[str, Outcome]:
    """Each real verifier by its text verdicts; and controls, one with the numbers of the first and a random one."""
    found = {name: outcome(given, verified) for name, verified in by_verifier.items()}
    first = next(iter(found.values()))
    controlled = {"same numbers": observed(first, given.weights[:1])[0], "random": controls.RANDOM}
    return found | {name: made_up(given, first, quality) for name, quality in controlled.items()}


def outcome(given: Setting, verified: Verified, mode: str = "text") -> Outcome:
    """Measure best-of-N by one verifier in one mode of scoring. All share the Monte Carlo subsets."""
    ratios = costs(given.rows, verified, given.weights)
    return _measured(given, experiment.pools_of(given.rows, verified, mode), ratios)


def made_up(given: Setting, base: Outcome, quality: MadeUp) -> Outcome:
    """The same solutions judged by a made-up verifier, at the price of a real one.

    Best-of-N is exact over all that the verifier might have said; the pools hold one draw of it.
    """
    rng = np.random.default_rng([given.seed, 13])
    drawn = controls.verdicts(quality, base.pools, given.n_verdicts, rng)
    found = _measured(given, replace(base.pools, verdicts=drawn), base.ratios)
    exact = controls.accuracy(quality, base.pools, found.measured.sizes, found.measured.n_verdicts)
    measured = replace(found.measured, genrm=exact)
    return replace(found, measured=measured, comparison=compare(measured, given.weights, base.ratios["output"]))


def _measured(given: Setting, pools: Pools, ratios: dict[str, Floats]) -> Outcome:
    rng = np.random.default_rng([given.seed, 14])
    measured = curves.measure(pools, given.sizes, powers(given.n_verdicts), rng, given.subsets)
    wide = replace(measured, sc_sizes=given.vote_sizes, sc=given.voted)
    return Outcome(pools, wide, ratios, compare(wide, given.weights, ratios["output"]))


def priced(base: Outcome, weights: Floats) -> dict[str, Comparison]:
    """The comparison with voting under each accounting."""
    return {name: compare(base.measured, weights, ratio) for name, ratio in base.ratios.items()}


def weighted(base: Outcome, weights: Floats) -> Comparison:
    """The vote weighted by verdicts in the place of best-of-N, output accounting."""
    return compare(base.measured, weights, base.ratios["output"], "weighted")


def observed(base: Outcome, weights: Floats) -> list[MadeUp]:
    """The made-up verifier with the numbers of a real one, for the data and each resample; undefined ones are 0."""
    (tpr, alike_right), (fpr, alike_wrong) = (
        verifier.acceptance(base.pools, right, weights) for right in (True, False)
    )
    share = weights @ base.pools.share_right
    alike = share * np.nan_to_num(alike_right) + (1 - share) * np.nan_to_num(alike_wrong)
    rates = (np.clip(np.nan_to_num(values), 0, 1) for values in (tpr, fpr, alike))
    return [MadeUp(*map(float, numbers)) for numbers in zip(*rates, strict=True)]


def by_difficulty(pools: Pools, curves: Curves, weights: Floats, ratio: Floats) -> dict[str, tuple[int, Comparison]]:
    """The comparison within bands of questions by their share of right solutions: number of questions, comparison."""
    share = pools.share_right
    inside = {band: (share >= low) & (share < high) for band, (low, high) in BANDS.items()}
    return in_bands(inside, curves, weights, ratio)


def in_bands(
    bands: Mapping[str, Bools], curves: Curves, weights: Floats, ratio: Floats
) -> dict[str, tuple[int, Comparison]]:
    """The comparison within bands of questions, masks [Q] each: number of questions, comparison.

    A resample without a question of a band has the band as it is; a band without questions is left out.
    """
    out = {}
    for band, inside in bands.items():
        if not inside.any():
            continue
        within = weights * inside
        within = np.where(within.sum(axis=1, keepdims=True) > 0, within, inside)
        out[band] = int(inside.sum()), compare(curves, within / within.sum(axis=1, keepdims=True), ratio)
    return out
