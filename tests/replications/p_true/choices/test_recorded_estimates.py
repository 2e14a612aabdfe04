import numpy as np
import pytest
from scipy import stats

from common.claims import Status
from replications.p_true.choices import recorded_estimates
from replications.p_true.choices.params import RecordedParams
from replications.p_true.choices.recorded import SIZES
from tests.replications import judging
from tests.replications.p_true.choices import made_up
from tests.replications.p_true.choices.conftest import PARAMS


def statuses(world, dataset):
    found = recorded_estimates.estimates(world.errors[dataset], world.mended[dataset], dataset, PARAMS)
    return {verdict.id: verdict.verdict for verdict in judging.judge("p_true/choices", found, "llama")}


def test_every_step_of_every_data_set_has_random_numbers_of_its_own():
    first = {
        (seed, dataset, step): recorded_estimates.generator(RecordedParams(seed=seed), dataset, step).random()
        for seed in (0, 1)
        for dataset in ("arc", "mmlu")
        for step in recorded_estimates.STEPS
    }
    assert len(set(first.values())) == len(first)
    assert first[1, "mmlu", "gain"] == recorded_estimates.generator(RecordedParams(seed=1), "mmlu", "gain").random()


def test_top_letters_cover_every_model_and_number_of_shots():
    made = made_up.recorded("arc", made_up.calibrated, 40)
    tops = recorded_estimates.tops(made, PARAMS)
    assert list(tops) == list(made.probabilities)
    p, c = tops["llama-65b", 5]
    np.testing.assert_array_equal(c, made.probabilities["llama-65b", 5].argmax(axis=1) == made.keys)
    np.testing.assert_array_equal(p, made.probabilities["llama-65b", 5].max(axis=1))


def test_means_add_up_to_one_and_comparisons_to_zero():
    assert sum(recorded_estimates.largest().values()) == pytest.approx(1)
    for weights in (recorded_estimates.slope(), recorded_estimates.examples(), recorded_estimates.chat_less_base()):
        assert sum(weights.values()) == pytest.approx(0)
    assert sum(recorded_estimates.half_less_fitted().values()) == pytest.approx(-0.5)


def test_the_slope_is_the_mean_of_two_regressions():
    rng = np.random.default_rng(0)
    value = {(model, 5): rng.random() for family in SIZES.values() for model in family}
    ours = sum(weight * value[cell] for cell, weight in recorded_estimates.slope().items())
    theirs = [
        stats.linregress(np.log10(list(SIZES[family].values())), [value[m, 5] for m in SIZES[family]]).slope
        for family in ("LLaMA", "Llama-2")
    ]
    assert ours == pytest.approx(np.mean(theirs))


def test_chat_models_are_compared_with_the_models_of_their_size():
    weights = recorded_estimates.chat_less_base()
    assert weights["Llama-2-7b-chat-hf", 5] == -weights["Llama-2-7b-hf", 5] == pytest.approx(1 / 3)
    assert {SIZES["Llama-2"].get(model) or SIZES["Llama-2-chat"][model] for model, _ in weights} == {7, 13, 70}


@pytest.mark.parametrize("dataset", ["mmlu", "arc"])
class TestEveryDataSet:
    def test_a_world_as_the_paper_claims_supports_every_claim(self, as_claimed, dataset):
        found = statuses(as_claimed, dataset)
        assert set(found) == judging.ruled("p_true/choices", "llama")
        assert set(found.values()) == {Status.SUPPORTED}

    def test_calibrated_models_support_that_and_nothing_that_is_not_so(self, calibrated, dataset):
        found = statuses(calibrated, dataset)
        assert found["calibrated"] == Status.SUPPORTED
        assert found["temperature-2.5"] == Status.CONTRADICTED
        others = ["size", "shots", "chat-worse", "one-temperature", "one-temperature-brier"]
        assert Status.SUPPORTED not in {found[claim] for claim in others}

    def test_models_that_are_all_overconfident_contradict_calibration_and_are_mended(self, overconfident, dataset):
        found = statuses(overconfident, dataset)
        assert found["calibrated"] == Status.CONTRADICTED
        assert found["one-temperature"] == found["one-temperature-brier"] == Status.SUPPORTED
        assert Status.SUPPORTED not in {found["shots"], found["chat-worse"]}
