from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from common.claims import Status
from replications.p_true.ladder import NO_LADDER, Model
from replications.p_true.p_true import estimates as claimed
from replications.p_true.p_true.experiment import Experiment, Key
from tests.replications import judging
from tests.replications.p_true.made_up_models import CHANCE, MadeUp, insider, letter
from tests.replications.p_true.p_true.made_up_experiment import MODELS, PARAMS, SCORING, estimates, perform

BEST = "comparison, 20 shots"
SMALL = ("small", "small-seed1")


@pytest.fixture(scope="module")
def say(noisy):
    """What an evaluator said about facts of a writer's samples, by the words of claims.yaml."""

    def found(evaluator="large", condition=BEST, writer=""):
        return noisy.experiment.judged[Key("facts", evaluator, writer or evaluator, condition)]

    return found


def auroc(rows, score="p_true"):
    return roc_auc_score(rows["right"], rows[score])


def brier(rows):
    return brier_score_loss(rows["right"], rows["p_true"])


def gain(a, b):
    """AUROC of a less that of b, on the questions of both."""
    shared = a.index.intersection(b.index)
    return auroc(a.loc[shared]) - auroc(b.loc[shared])


def test_there_is_an_estimate_for_every_claim_with_a_rule(noisy):
    assert set(noisy.found) == set(judging.ruled("p_true/p_true"))
    verdicts = judging.judge("p_true/p_true", noisy.found)
    assert len(verdicts) == len(judging.stated("p_true/p_true"))
    assert {v.id for v in verdicts if v.verdict == Status.NOT_TESTABLE} == {"entropy-worsens", "long-answers"}


def test_estimates_about_one_condition_are_those_of_another_library(noisy, say):
    rows = say()
    base = rows["right"].mean()
    by_hand = {
        "separates": auroc(rows),
        "better-than-base-rate": brier(rows) - base * (1 - base),
        "conditional-accuracy": rows.loc[rows["p_true"] > 0.5, "right"].mean() - base,
        "label-swap": auroc(say(condition="comparison, 20 shots, labels swapped")),
        "beats-likelihood": auroc(rows) - auroc(rows, "likelihood"),
        "beats-entropy": auroc(rows) - auroc(rows, "certainty"),
        "beats-agreement": auroc(rows) - auroc(rows, "agreement"),
    }
    assert {claim: noisy.found[claim].value for claim in by_hand} == pytest.approx(by_hand)
    assert len({round(value, 6) for value in by_hand.values()}) == len(by_hand)


def test_estimates_about_two_conditions_compare_what_the_claim_names(noisy, say):
    one_six, six = say(condition="one example, six fixed"), say(condition="comparison, six fixed")
    one_20, best = say(condition="one example, 20 shots"), say()
    by_hand = {
        "ideas-help": auroc(six) - auroc(one_six),
        "ideas-help-at-20": brier(best) - brier(one_20),
        "shots-calibrate": brier(best) - brier(six),
        "shots-alone": brier(one_20) - brier(one_six),
        "shots-not-ranking": auroc(best) - auroc(six),
        "best-everywhere": max(brier(best) - brier(other) for other in (six, one_six, one_20)),
    }
    assert {claim: noisy.found[claim].value for claim in by_hand} == pytest.approx(by_hand)
    assert len({round(value, 6) for value in (*by_hand.values(), 0)}) >= len(by_hand)


def test_calibration_is_that_of_the_condition_the_claim_names(noisy):
    cells = noisy.cells.query("task == 'facts' and model == 'large'").set_index("condition")["excess"]
    assert noisy.found["prompt-uncalibrated"].value == pytest.approx(cells["comparison, six fixed"])
    assert noisy.found["twenty-calibrated"].value == pytest.approx(cells[BEST])
    assert cells["comparison, six fixed"] != cells[BEST]


def test_calibration_errors_do_not_depend_on_the_models_asked_after(noisy):
    again = claimed.measure_excess(noisy.experiment, PARAMS, 0)
    other = claimed.measure_excess(noisy.experiment, PARAMS, 1)
    assert again["facts", "large"].floors[BEST].mean == noisy.errors["facts", "large"].floors[BEST].mean
    assert other["facts", "large"].floors[BEST].mean != noisy.errors["facts", "large"].floors[BEST].mean


def test_sizes_are_compared_with_the_weakest_seed_of_the_smallest_on_the_questions_of_both(noisy, say):
    gains = [gain(say(), say(small)) for small in SMALL]
    assert noisy.found["p-true-size"].value == pytest.approx(min(gains))
    assert len(say("small-seed1")) < 80
    case = claimed.Case(noisy.experiment, "facts", "large", noisy.errors, SCORING)
    each = claimed.p_true_size(case, MODELS)
    assert [estimate.value for estimate in each] == pytest.approx(gains)
    assert [estimate.n for estimate in each] == [80, len(say("small-seed1"))]


def test_cross_judging_is_judged_by_the_weakest_evaluator_and_writer(noisy, say):
    easier = [gain(say(judge, writer="small"), say(judge, writer="large")) for judge in ("small", "large")]
    better = [gain(say("large", writer=writer), say("small", writer=writer)) for writer in ("small", "large")]
    assert noisy.found["small-models-easier"].value == pytest.approx(min(easier))
    assert noisy.found["large-models-judge-better"].value == pytest.approx(min(better))


def test_doses_are_compared_at_one_size(noisy, say):
    assert noisy.found["untaught"].value == pytest.approx(auroc(say("small-none")))
    assert noisy.found["dose"].value == pytest.approx(gain(say("small"), say("small-low")))


def test_arithmetic_decides_no_verdict_whatever_is_said_of_it(noisy):
    rows = noisy.experiment.judged[Key("arithmetic", "large", "large", BEST)]
    assert auroc(rows) < 0.5 < auroc(noisy.experiment.judged[Key("facts", "large", "large", BEST)])
    of = noisy.experiment
    facts = Experiment(
        {"facts": of.tasks["facts"]},
        {key: written for key, written in of.written.items() if key[0] == "facts"},
        {key: said for key, said in of.judged.items() if key.task == "facts"},
    )
    alone = estimates(facts, MODELS)
    for claim, estimate in noisy.found.items():
        same = (alone[claim].value, alone[claim].n, alone[claim].low, alone[claim].high)
        assert (estimate.value, estimate.n, estimate.low, estimate.high) == same, claim


def test_asked_about_arithmetic_alone_nothing_is_judged_and_the_reason_is_given(noisy):
    of = noisy.experiment
    alone = estimates(replace(of, tasks={"arithmetic": of.tasks["arithmetic"]}), MODELS, noisy.errors)
    assert set(alone) == set(judging.ruled("p_true/p_true"))
    verdicts = judging.judge("p_true/p_true", alone)
    assert {verdict.verdict for verdict in verdicts} == {Status.NOT_TESTABLE}
    reasons = {verdict.method for verdict in verdicts if verdict.id in alone}
    assert len(reasons) == 1
    assert "missed the lab's gate: run with tasks that include facts" in reasons.pop()


def test_of_two_tasks_that_are_judged_the_weaker_one_is(noisy):
    """As on the model route, where every task counts."""
    of = noisy.experiment
    renamed = Experiment(
        {"facts": of.tasks["facts"], "lambada": of.tasks["arithmetic"]},
        {(name(task), model): written for (task, model), written in of.written.items()},
        {key._replace(task=name(key.task)): said for key, said in of.judged.items()},
    )
    both = estimates(renamed, MODELS[:1])
    weaker = renamed.judged[Key("lambada", "large", "large", BEST)]
    base = weaker["right"].mean()
    assert both["separates"].value == pytest.approx(auroc(weaker))
    assert both["better-than-base-rate"].value == pytest.approx(brier(weaker) - base * (1 - base))
    assert both["twenty-calibrated"].value > 0.2


def name(task):
    return {"arithmetic": "lambada"}.get(task, task)


def test_a_judge_that_follows_the_letter_is_found_out():
    made = perform({"large": MadeUp("large", letter)}, MODELS[:1], ("facts",))
    one = estimates(made, MODELS[:1])
    assert one["separates"].value > 0.8
    assert one["label-swap"].value < 0.2
    verdicts = {verdict.id: verdict.verdict for verdict in judging.judge("p_true/p_true", one)}
    assert verdicts["label-swap"] == Status.CONTRADICTED
    assert verdicts["separates"] == Status.SUPPORTED


def test_without_a_ladder_or_doses_their_claims_say_so(noisy):
    one = estimates(noisy.experiment, [Model("large", "")], noisy.errors)
    assert {claim for claim, estimate in one.items() if estimate == NO_LADDER} == set(claimed.LADDER)
    sizes = estimates(noisy.experiment, MODELS[:2], noisy.errors)
    assert sizes["dose"] == sizes["untaught"] == claimed.NO_DOSE


def test_a_model_that_is_always_right_leaves_nothing_to_tell_apart():
    made = perform({"large": MadeUp("large", chance=dict.fromkeys(CHANCE, 1.0))}, MODELS[:1], ("facts",), 20)
    one = estimates(made, MODELS[:1])
    for claim in ("separates", "ideas-help", "shots-not-ranking", "label-swap", "beats-likelihood", "beats-agreement"):
        assert "outcomes of both classes" in one[claim].reason, claim
    for claim in ("conditional-accuracy", "shots-calibrate", "twenty-calibrated", "better-than-base-rate"):
        assert "20 judged answers are right and 0 wrong: at least 10" in one[claim].reason, claim


def test_labels_that_the_model_would_not_say_are_no_judgement(noisy):
    rows = {key: frame.assign(mass=0.04) for key, frame in noisy.experiment.judged.items()}
    one = estimates(replace(noisy.experiment, judged=rows), MODELS[:1], noisy.errors)
    for claim in claimed.ONE_MODEL:
        assert "True and False hold 4.0% of the probability" in one[claim].reason, claim


def test_no_probability_above_one_half_has_no_conditional_accuracy():
    made = perform({"large": MadeUp("large", lambda *_: 0.5)}, MODELS[:1], ("facts",), 20)
    assert "no probability is above 0.5" in estimates(made, MODELS[:1])["conditional-accuracy"].reason


def test_fewer_rows_than_bins_leave_no_calibration_and_the_rest_stands():
    made = perform({"large": MadeUp("large", insider)}, MODELS[:1], ("facts",), questions=9)
    errors = claimed.measure_excess(made, PARAMS, 0)
    one = claimed.estimates(made, MODELS[:1], errors, SCORING)
    assert one["twenty-calibrated"] == one["prompt-uncalibrated"] == errors["facts", "large"]
    assert "10 bins need at least 10 rows" in one["twenty-calibrated"].reason
    assert "at least 10 of either are needed" in one["separates"].reason


def test_every_estimate_is_named_by_how_it_was_made(noisy):
    assert {np.isfinite(found.value) for found in noisy.found.values()} == {True}
    assert {"question" in found.method for found in noisy.found.values()} == {True}
