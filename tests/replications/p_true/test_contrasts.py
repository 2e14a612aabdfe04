import numpy as np
import pytest
from scipy import stats

from common.claims import Status
from common.stats.estimates import Undefined
from replications.p_true import contrasts, method
from replications.p_true.recorded import SIZES
from tests.replications.p_true.conftest import PARAMS


def verdicts(world, absent=None):
    found = contrasts.estimates(world.errors, world.mended, absent or {}, PARAMS)
    return {verdict.id: verdict for verdict in method.judge("reanalysis", found)}


def statuses(world):
    return {claim: verdict.verdict for claim, verdict in verdicts(world).items()}


def test_means_add_up_to_one_and_comparisons_to_zero():
    assert sum(contrasts.largest().values()) == pytest.approx(1)
    for weights in (contrasts.slope(), contrasts.examples(), contrasts.chat_less_base()):
        assert sum(weights.values()) == pytest.approx(0)
    assert sum(contrasts.half_less_fitted().values()) == pytest.approx(-0.5)


def test_the_slope_is_the_mean_of_two_regressions():
    rng = np.random.default_rng(0)
    value = {(model, 5): rng.random() for family in SIZES.values() for model in family}
    ours = sum(weight * value[cell] for cell, weight in contrasts.slope().items())
    theirs = [
        stats.linregress(np.log10(list(SIZES[family].values())), [value[m, 5] for m in SIZES[family]]).slope
        for family in ("LLaMA", "Llama-2")
    ]
    assert ours == pytest.approx(np.mean(theirs))


def test_chat_models_are_compared_with_the_models_of_their_size():
    weights = contrasts.chat_less_base()
    assert weights["Llama-2-7b-chat-hf", 5] == -weights["Llama-2-7b-hf", 5] == pytest.approx(1 / 3)
    assert {SIZES["Llama-2"].get(model) or SIZES["Llama-2-chat"][model] for model, _ in weights} == {7, 13, 70}


def test_a_world_as_the_paper_claims_supports_every_claim(as_claimed):
    assert set(statuses(as_claimed).values()) == {Status.SUPPORTED}


def test_calibrated_models_support_that_and_nothing_that_is_not_so(calibrated):
    found = statuses(calibrated)
    assert found["calibrated-recorded"] == found["calibrated-arc"] == Status.SUPPORTED
    assert found["temperature-2.5-recorded"] == Status.CONTRADICTED
    others = [claim for claim in found if claim.split("-")[0] in ("size", "shots", "chat", "one")]
    assert len(others) == 8
    assert Status.SUPPORTED not in {found[claim] for claim in others}


def test_models_that_are_all_overconfident_contradict_calibration_and_are_mended(overconfident):
    found = statuses(overconfident)
    assert found["calibrated-recorded"] == found["calibrated-arc"] == Status.CONTRADICTED
    assert found["one-temperature-recorded"] == found["one-temperature-brier-recorded"] == Status.SUPPORTED
    assert Status.SUPPORTED not in {found["shots-recorded"], found["chat-worse-recorded"]}


def test_claims_about_absent_data_are_not_testable_and_say_why(as_claimed):
    found = verdicts(as_claimed, {"mmlu": "the files are not here"})
    for claim, verdict in found.items():
        assert (verdict.verdict == Status.NOT_TESTABLE) == claim.endswith("-recorded")
        assert (verdict.method == "the files are not here") == claim.endswith("-recorded")
    assert found["size-arc"].estimate == verdicts(as_claimed)["size-arc"].estimate


def test_without_any_data_every_claim_is_not_testable():
    found = contrasts.estimates({}, {}, {"mmlu": "no network", "arc": "no network"}, PARAMS)
    assert set(found.values()) == {Undefined("no network")}
    assert {verdict.verdict for verdict in method.judge("reanalysis", found)} == {Status.NOT_TESTABLE}
