import numpy as np
import pytest

from common.stats.calibration import temperature as shared
from replications.p_true.choices import temperature
from replications.p_true.choices.recorded import BASE, CHAT, Recorded
from tests.replications.p_true.choices import made_up


def small(world=made_up.as_claimed, questions=200):
    return made_up.recorded("arc", world, questions)


def mend(recorded, seed=0):
    return temperature.mend(recorded, 5, np.random.default_rng(seed), resamples=10, redraws=10)


def test_the_temperature_that_undoes_the_sharpening_is_found(as_claimed, overconfident, calibrated):
    for model in CHAT:
        assert as_claimed.mended["mmlu"].fitted[model] == pytest.approx(2.5, rel=0.25)
        assert calibrated.mended["mmlu"].fitted[model] == pytest.approx(1, rel=0.25)
    fitted = list(overconfident.mended["mmlu"].fitted.values())
    assert np.mean(fitted) == pytest.approx(1.8, rel=0.1)
    assert list(overconfident.mended["mmlu"].fitted) == BASE + CHAT


def test_the_judged_questions_have_no_say_in_the_temperature():
    made = small()
    fitting = shared.fitting_half(np.arange(200), np.random.default_rng(0))
    keys = made.keys.copy()
    keys[~fitting] = (keys[~fitting] + 1) % 4
    other = Recorded("arc", made.questions, keys, made.probabilities)
    assert mend(other).fitted == mend(made).fitted
    np.testing.assert_array_equal(mend(other).keys, keys[~fitting])


def test_temperature_one_is_what_was_recorded_and_accuracy_stays():
    made = small()
    fitting = shared.fitting_half(np.arange(200), np.random.default_rng(0))
    found = mend(made)
    recorded, fitted, papers = temperature.STATES
    for model in CHAT:
        table = np.maximum(made.probabilities[model, 5][~fitting], 1e-7)
        for state, expected in ((recorded, table), (papers, table**0.4)):
            expected = expected / expected.sum(axis=1, keepdims=True)
            np.testing.assert_allclose(found.probabilities[model, state], expected)
        right = [found.tops[model, state][1].mean() for state in (recorded, fitted, papers)]
        assert right[0] == right[1] == right[2]


def test_impossible_options_do_not_break_the_fit():
    made = small()
    table = made.probabilities["llama-7b", 5].copy()
    table[0] = [1, 0, 0, 0]
    made.probabilities["llama-7b", 5] = table
    found = mend(made)
    assert np.isfinite(list(found.fitted.values())).all()


def test_the_gain_is_the_difference_of_mean_squared_errors_over_options_and_models():
    found = mend(small())
    gain = temperature.brier_gain(found, CHAT, "fitted", np.random.default_rng(0), 200)
    truth = np.eye(4)[found.keys]
    errors = [
        np.mean([((found.probabilities[model, state] - truth) ** 2).mean() for model in CHAT])
        for state in ("as recorded", "fitted")
    ]
    assert gain.value == pytest.approx(errors[0] - errors[1])
    assert gain.low < gain.value < gain.high
    assert gain.n == 100


def test_the_same_half_judges_every_model():
    found = mend(small())
    assert {len(p) for p, _ in found.tops.values()} == {100}
    assert len(found.tops) == len(BASE + CHAT) * 3
    assert found.excess.questions == 100
