import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from sklearn.metrics import log_loss
from statsmodels.discrete.conditional_models import ConditionalLogit

from common.errors import InputError
from common.stats.calibration import binned, options, temperature


def questions(true_temperature, n=400, k=4, seed=0):
    rng = np.random.default_rng(seed)
    table = special.log_softmax(rng.normal(0, 3, (n, k)), axis=1)
    chance = special.softmax(table / true_temperature, axis=1)
    return table, (chance.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1).clip(0, k - 1)


@pytest.mark.parametrize("true_temperature", [0.6, 1.0, 2.5, 10.0])
@pytest.mark.parametrize("k", [2, 5])
def test_the_fit_equals_one_over_the_coefficient_of_a_conditional_logit(true_temperature, k):
    table, keys = questions(true_temperature, k=k)
    is_key = (keys[:, None] == np.arange(k)).astype(float)
    model = ConditionalLogit(is_key.ravel(), table.reshape(-1, 1), groups=np.repeat(np.arange(len(keys)), k))
    theirs = 1 / float(np.asarray(model.fit(method="newton", disp=False).params)[0])
    assert temperature.fit(table, keys) == pytest.approx(theirs, rel=1e-6)


def test_the_fit_is_near_the_temperature_that_made_the_data():
    assert temperature.fit(*questions(2.5, n=5000)) == pytest.approx(2.5, rel=0.1)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.floats(0.5, 4))
def test_no_other_temperature_makes_the_keys_likelier(seed, true_temperature):
    table, keys = questions(true_temperature, n=60, seed=seed)
    best = temperature.fit(table, keys)

    def surprise(t):
        return log_loss(keys, temperature.apply(table, t), labels=range(4))

    assert surprise(best) <= min(surprise(best * 1.02), surprise(best / 1.02), surprise(1.0)) + 1e-12


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.floats(0.2, 5))
def test_only_differences_within_a_question_count_and_scaling_them_scales_the_fit(seed, factor):
    table, keys = questions(1.5, n=80, seed=seed)
    shifted = table * factor + np.random.default_rng(seed).normal(0, 9, (80, 1))
    assert temperature.fit(shifted, keys) == pytest.approx(factor * temperature.fit(table, keys), rel=1e-5)


def test_applying_keeps_the_order_and_flattens_towards_equal_shares():
    table, _ = questions(1.0, n=20)
    np.testing.assert_allclose(temperature.apply(table, 1), np.exp(table))
    hot = temperature.apply(table, 3)
    np.testing.assert_array_equal(hot.argsort(axis=1), table.argsort(axis=1))
    np.testing.assert_allclose(temperature.apply(table, 1e9), 0.25, atol=1e-6)
    np.testing.assert_allclose(hot.sum(axis=1), 1)


def test_a_temperature_fitted_on_one_half_mends_the_calibration_of_the_other():
    table, keys = questions(3.0, n=3000)
    half = temperature.fitting_half(np.arange(3000), np.random.default_rng(1))
    fitted = temperature.fit(table[half], keys[half])
    before, after = (
        binned.ece(*options.top_label(temperature.apply(table[~half], t), keys[~half])) for t in (1.0, fitted)
    )
    assert before > 0.15
    assert after < 0.04


def test_impossible_options_can_be_rescaled_but_not_fitted():
    table = np.log([[0.5, 0.5, 1e-300]])
    table[0, 2] = -np.inf
    np.testing.assert_allclose(temperature.apply(table, 2), [[0.5, 0.5, 0]])
    with pytest.raises(InputError, match="finite"):
        temperature.fit(table, [0])


def test_halves_keep_the_rows_of_a_question_together_and_depend_on_the_seed_alone():
    labels = np.array(list("aabbccddee"))
    half = temperature.fitting_half(labels, np.random.default_rng(2))
    assert len(set(labels[half])) == 2
    assert not set(labels[half]) & set(labels[~half])
    np.testing.assert_array_equal(half, temperature.fitting_half(labels, np.random.default_rng(2)))
    chosen = [temperature.fitting_half(labels, np.random.default_rng(seed)) for seed in range(200)]
    assert np.mean(chosen, axis=0) == pytest.approx(np.full(10, 0.4), abs=0.15)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda: temperature.fit([[0, -1], [0, -2]], [0, 0]), "best temperature is 0"),
        (lambda: temperature.fit([[0, -1], [0, -2]], [1, 1]), "best temperature is infinite"),
        (lambda: temperature.fit([[0, np.nan]], [0]), "NaN"),
        (lambda: temperature.fit([], []), "table"),
        (lambda: temperature.fit([[0, -1]], [2]), "keys must lie"),
        (lambda: temperature.apply([[0, -1]], 0), "positive and finite"),
        (lambda: temperature.apply([[0, -1]], np.nan), "positive and finite"),
        (lambda: temperature.apply([0, -1], 1), "table"),
        (lambda: temperature.apply([], 1), "table"),
        (lambda: temperature.apply(3.0, 1), "table"),
        (lambda: temperature.apply([[0, np.nan]], 1), "NaN"),
        (lambda: temperature.fitting_half(["a", "a"], np.random.default_rng(0)), "two questions"),
    ],
)
def test_bad_input_is_refused_in_one_line(bad, says):
    with pytest.raises(InputError, match=says) as error:
        bad()
    assert "\n" not in str(error.value)
