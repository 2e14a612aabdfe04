from itertools import product

import numpy as np
import pytest

from common.errors import InputError
from common.stats.calibration import binned, noise, options, smooth

MEASURES = [binned.ece, binned.rms_calibration_error, smooth.smooth_ece]


def two_bins(p, c):
    return binned.ece(p, c, 2)


@pytest.mark.parametrize("measure", [two_bins, smooth.smooth_ece])
def test_floor_p_value_and_quantile_equal_enumeration_of_all_outcomes(measure):
    p = np.array([0.1, 0.3, 0.3, 0.6, 0.8, 0.95])
    c = np.array([0.0, 1, 0, 1, 0, 1])
    outcomes = np.array(list(product([0.0, 1.0], repeat=6)))
    chance = np.prod(np.where(outcomes == 1, p, 1 - p), axis=1)
    values = np.array([measure(p, row) for row in outcomes])
    tail = chance[values >= measure(p, c) - 1e-12].sum()
    floor = noise.noise_floor(measure, p, c, np.random.default_rng(0), 1000)
    spread = np.sqrt(chance @ (values - chance @ values) ** 2)
    assert floor.mean == pytest.approx(chance @ values, abs=5 * spread / np.sqrt(1000))
    assert floor.p_value == pytest.approx(tail, abs=5 * np.sqrt(tail * (1 - tail) / 1000))
    assert floor.measured == measure(p, c)
    assert floor.excess == floor.measured - floor.mean
    below = chance[values <= floor.quantile(0.9) + 1e-12].sum()
    assert below == pytest.approx(0.9, abs=0.06)  # outcomes are few, the steps coarse


@pytest.mark.parametrize("measure", MEASURES)
def test_a_calibrated_predictor_exceeds_its_floor_by_nothing_on_average(measure):
    rng = np.random.default_rng(1)
    p = rng.beta(0.7, 0.7, 200)
    floor = noise.noise_floor(measure, p, np.zeros(200), rng, 400)
    measured = [measure(p, (rng.random(200) < p).astype(float)) for _ in range(400)]
    assert np.mean(measured) == pytest.approx(floor.mean, abs=5 * np.std(measured) * np.sqrt(2 / 400))
    assert floor.mean > 0.01


@pytest.mark.parametrize("measure", MEASURES)
def test_the_p_value_is_small_as_often_as_it_says_when_calibrated_and_always_when_not(measure):
    rng = np.random.default_rng(2)
    p = rng.random(100)
    found = []
    for _ in range(60):
        floor = noise.noise_floor(measure, p, (rng.random(100) < p).astype(float), rng, 19)
        found.append(floor.p_value)
    assert 0.03 < np.mean(np.array(found) <= 0.2 + 1e-12) < 0.4
    wrong = noise.noise_floor(measure, p, (rng.random(100) < 1 - p).astype(float), rng, 99)
    assert wrong.p_value == 0.01
    assert wrong.excess > 0.1


def test_certainty_that_comes_true_has_no_floor_and_no_evidence_against_it():
    c = np.arange(20) % 2
    floor = noise.noise_floor(binned.ece, c, c, np.random.default_rng(3), 50)
    assert (floor.measured, floor.mean, floor.p_value) == (0, 0, 1)


def test_the_top_prediction_of_multiple_choice_has_the_floor_of_redrawn_keys():
    rng = np.random.default_rng(4)
    table = rng.dirichlet(np.ones(4), 100)
    keys = rng.integers(0, 4, 100)
    floor = noise.noise_floor(binned.ece, *options.top_label(table, keys), rng, 500)
    redrawn = (table.cumsum(axis=1)[None] < rng.random((500, 100, 1))).sum(axis=2).clip(0, 3)
    expected = [binned.ece(*options.top_label(table, drawn)) for drawn in redrawn]
    assert floor.mean == pytest.approx(np.mean(expected), abs=5 * np.std(expected) * np.sqrt(2 / 500))


def test_the_same_seed_gives_the_same_floor():
    p, c = np.linspace(0, 1, 30), np.arange(30) % 2
    draws = [noise.noise_floor(binned.ece, p, c, np.random.default_rng(5), 20).draws for _ in range(2)]
    np.testing.assert_array_equal(*draws)


@pytest.mark.parametrize(
    "bad",
    [
        lambda rng: noise.noise_floor(binned.ece, [0.5] * 10, [1] * 10, rng, 0),
        lambda rng: noise.noise_floor(binned.ece, [0.5] * 9, [1] * 9, rng),
        lambda rng: noise.noise_floor(binned.ece, [0.5] * 10, [1] * 9, rng),
        lambda rng: noise.noise_floor(binned.ece, [], [], rng),
    ],
)
def test_bad_input_is_refused_in_one_line(bad):
    with pytest.raises(InputError) as error:
        bad(np.random.default_rng(0))
    assert "\n" not in str(error.value)
