from dataclasses import replace

import numpy as np
import pytest

from benchmarks.verdicts.worlds.prm_from_rl import samples
from replications.prm_from_rl import pools
from tests.benchmarks.verdicts.worlds.prm_from_rl import drawn

BANDS = [one for one in samples.WORLDS if "band" in one.kind]
PAIRED = [one for one in samples.WORLDS if one.kind == samples.PAIRED]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(samples, "RESAMPLES", 10)
    monkeypatch.setattr(samples, "MANY", 2000)
    monkeypatch.setattr(samples, "CHUNKS", 1)
    for solved in (samples.judge_at, samples._large):
        solved.cache_clear()
    yield
    for solved in (samples.judge_at, samples._large):
        solved.cache_clear()


@pytest.mark.parametrize("world", BANDS, ids=lambda one: one.kind)
def test_a_band_is_drawn_at_the_truth_that_it_says(world):
    drawn.check(world, world.truths[1], 15)


@pytest.mark.parametrize("world", PAIRED, ids=lambda one: one.shape)
def test_a_choice_gains_what_the_world_says(world):
    drawn.check(world, world.truths[1], 10, slack=0.015)  # of 2,000 problems


def test_rates_in_bands_are_those_of_many_problems():
    judge = replace(samples.Judge(), right_hard=0.5)
    table = pools.counts(samples.pool(judge, 3000, samples.SAMPLES, np.random.default_rng(0)).frame())
    bands = pools.band_of(table)
    first, *_, last = pools.BANDS
    for band, said in zip((first, last), samples.expected(judge), strict=True):
        inside = table[bands == band].sum()
        found = pools.rates(*(float(inside[name]) for name in table.columns))
        assert found == pytest.approx(said, abs=0.03, rel=0.05)


def test_samples_look_like_the_published_ones():
    table = pools.counts(samples.pool(samples.Judge(), 3000, samples.SAMPLES, np.random.default_rng(0)).frame())
    shares = pools.band_of(table).value_counts(normalize=True)
    hard, middle, easy = (shares[band] for band in pools.BANDS)
    assert (hard, middle, easy) == pytest.approx((0.47, 0.03, 0.49), abs=0.04)
