from dataclasses import replace

import numpy as np
import pytest

from common.claims import Status
from common.engines import OptionScores
from common.errors import InputError
from common.stats.estimates import Undefined
from replications.p_true.choices import estimates as claimed
from replications.p_true.ladder import NO_LADDER, Model
from tests.replications import judging
from tests.replications.p_true.choices import made_up_exam
from tests.replications.p_true.choices.made_up_exam import MODELS, PARAMS, estimates
from tests.replications.p_true.made_up_models import MadeUp


@pytest.fixture(scope="module")
def found(exam):
    return estimates(exam)


def squared(exam, model, layout):
    table = exam.answers.scores[model, layout, 5].probabilities
    return ((table - np.eye(4)[exam.answers.keys]) ** 2).mean()


def excess(exam, model, layout="letters", shots=5):
    mine = exam.cells[(exam.cells["model"] == model) & (exam.cells["layout"] == layout)]
    return (mine["ece"] - mine["floor"])[mine["shots"] == shots].item()


def test_what_is_said_of_a_proposal_is_p_true_and_whether_it_is_true(exam):
    p, c = exam.stated["small-seed1", "true or false", 5]
    np.testing.assert_allclose(p, np.where(exam.answers.true, 0.9, 0.1), atol=1e-6)
    np.testing.assert_array_equal(c, exam.answers.true)
    assert exam.tops["small-seed1", "true or false", 5][0].min() == pytest.approx(0.9)


def test_fewer_questions_than_bins_are_refused_in_one_line():
    with pytest.raises(InputError, match="10 bins need at least 10 rows and at least one bin, got 8 rows"):
        made_up_exam.sit({"large": MadeUp("large")}, questions=8, names=("facts",))


def test_there_is_an_estimate_for_every_claim_with_a_rule(found):
    assert set(found) == set(judging.ruled("p_true/choices"))


def test_calibration_is_that_of_the_first_model_after_five_examples(exam, found):
    assert found["calibrated"].value == pytest.approx(excess(exam, "large"))
    assert found["true-false-calibrated"].value == pytest.approx(excess(exam, "large", "true or false"))
    other = estimates(exam, [MODELS[1]])
    assert other["calibrated"].value == pytest.approx(excess(exam, "small"))
    assert other["calibrated"].low > 0.05


def test_the_slope_is_that_of_least_squares_through_the_means_of_the_sizes(exam, found):
    y = [excess(exam, "large"), np.mean([excess(exam, name) for name in ("small", "small-seed1")])]
    assert found["size"].value == pytest.approx(np.polyfit([6, 5], y, 1)[0])
    assert found["size"].high < 0


def test_the_slope_has_the_weights_of_least_squares_for_any_sizes():
    sizes = [[MODELS[1]], [MODELS[0]], [Model("huge", "", "9m", 0, "high", 9_000_000)]]
    weights = claimed.slope(sizes)
    y = {("small", "letters", 5): 0.3, ("large", "letters", 5): 0.1, ("huge", "letters", 5): 0.25}
    expected = np.polyfit(np.log10([100_000, 1_000_000, 9_000_000]), list(y.values()), 1)[0]
    assert sum(weights[cell] * y[cell] for cell in y) == pytest.approx(expected)
    assert set(weights) == set(y)


def test_examples_are_compared_within_every_model_and_sizes_count_alike(exam, found):
    gain = {model.name: excess(exam, model.name, shots=0) - excess(exam, model.name) for model in MODELS}
    by_hand = (gain["large"] + (gain["small"] + gain["small-seed1"]) / 2) / 2
    assert found["shots"].value == pytest.approx(by_hand)
    assert found["shots"].value < -0.02  # one of three models boasts after examples alone


@pytest.mark.parametrize("model", [MODELS[0], MODELS[2]], ids=lambda model: model.name)
def test_letters_and_texts_are_compared_over_all_options(exam, model):
    value = estimates(exam, [model])["letters-better"].value
    assert value == pytest.approx(squared(exam, model.name, "texts") - squared(exam, model.name, "letters"))
    if model.name == "small-seed1":
        assert value < -0.02  # it boasts of letters and is modest about texts


def test_one_model_has_no_sizes_to_compare(exam):
    one = estimates(exam, MODELS[:1])
    assert one["size"] == one["shots"] == NO_LADDER
    assert {claim for claim, estimate in one.items() if estimate == NO_LADDER} == {"size", "shots"}


def test_none_of_the_above_is_not_judged_for_lab_models_which_never_read_it(found):
    assert found["nota-accuracy"] == found["nota-calibration"] == claimed.NEVER_READ


def test_none_of_the_above_is_judged_for_models_that_may_have_read_it(exam):
    judged = estimates(exam, MODELS[:1], "model")
    usual, replaced = (exam.tops["large", layout, 5][1].mean() for layout in ("letters", "replaced"))
    assert judged["nota-accuracy"].value == pytest.approx(usual - replaced)
    last = exam.answers.keys == 3
    errors = [
        (exam.answers.scores["large", layout, 5].probabilities[:, 3] - last) ** 2 for layout in ("replaced", "letters")
    ]
    assert judged["nota-calibration"].value == pytest.approx((errors[0] - errors[1]).mean())


def test_tails_hold_the_proposals_with_a_sure_label_and_no_others(exam, found):
    p = exam.answers.scores["large", "true or false", 5].probabilities[:, 0].astype(float)
    sure = np.maximum(p, 1 - p) >= 0.9
    right = (p > 0.5) == exam.answers.true
    assert found["true-false-tails"].n == sure.sum() < len(p)
    assert found["true-false-tails"].value == pytest.approx((np.maximum(p, 1 - p) - right)[sure].mean())


def test_overconfidence_by_hand_and_without_tails():
    p = np.array([[0.9, 0.1], [0.02, 0.98], [0.5, 0.5]])
    assert claimed.overconfidence(p, np.array([0, 0, 1])).value == pytest.approx(0.44)
    with pytest.raises(InputError, match=r"fewer than two proposals got a label of probability 0\.9 or more"):
        claimed.overconfidence(np.array([[0.6, 0.4], [0.95, 0.05]]), np.array([0, 0]))


def test_no_tails_are_no_verdict_and_no_crash(exam):
    answers = exam.answers
    cell = ("large", "true or false", 5)
    dull = OptionScores(np.full((300, 2), 0.5, np.float32), answers.scores[cell].mass)
    changed = replace(answers, scores={**answers.scores, cell: dull})
    tails = claimed.estimates(MODELS, changed, exam.tops, exam.errors, PARAMS, 0, "lab")
    assert "there are no tails" in tails["true-false-tails"].reason


def test_the_same_seed_gives_the_same_intervals(exam, found):
    again = estimates(exam)
    for claim, estimate in found.items():
        if not isinstance(estimate, Undefined):
            assert (again[claim].low, again[claim].high) == (estimate.low, estimate.high), claim


def test_every_claim_gets_a_verdict_under_its_route(exam, found):
    by_id = {verdict.id: verdict for verdict in judging.judge("p_true/choices", found)}
    assert by_id["tuned-policy"].verdict == by_id["nota-accuracy"].verdict == Status.NOT_TESTABLE
    assert by_id["size"].verdict == Status.SUPPORTED
    assert by_id["shots"].verdict == Status.CONTRADICTED
    assert {verdict.route for verdict in by_id.values()} == {"lab"}
    assert {v.route for v in judging.judge("p_true/choices", estimates(exam, MODELS[:1], "model"), "some/model")} == {
        "model"
    }
