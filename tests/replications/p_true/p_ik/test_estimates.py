from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from common.claims import Status
from common.stats.estimates import Undefined
from replications.p_true.ladder import NO_LADDER
from replications.p_true.p_ik import estimates as claimed
from replications.p_true.p_ik.estimates import Case
from replications.p_true.p_ik.experiment import ALL
from tests.replications import judging
from tests.replications.p_true.p_ik import heads_of


@pytest.fixture(scope="module")
def case():
    return heads_of.case([heads_of.LARGE, *heads_of.SMALL])


@pytest.fixture(scope="module")
def found(case):
    return claimed.estimates(case)


def test_there_is_an_estimate_for_every_claim_with_a_rule(found):
    assert set(found) == set(judging.ruled("p_true/p_ik"))


def test_measures_are_those_of_another_library_against_what_is_known(case, found):
    home, away = case.known("facts"), case.known("arithmetic")
    assert found["p-ik-separates"].value == pytest.approx(roc_auc_score(home.known, case.p_ik("facts", "facts")))
    assert found["p-ik-transfers"].value == pytest.approx(roc_auc_score(away.known, case.p_ik("facts", "arithmetic")))
    both, one = (brier_score_loss(away.known, case.p_ik(head, "arithmetic")) for head in (ALL, "facts"))
    assert found["p-ik-both-tasks"].value == pytest.approx(both - one)
    gains = [
        roc_auc_score(case.known(task).known, case.p_ik(ALL, task))
        - roc_auc_score(case.known(task).known, case.known(task).likelihood)
        for task in ("facts", "arithmetic")
    ]
    assert found["p-ik-beats-likelihood"].value == pytest.approx(min(gains))


def test_underconfidence_is_about_the_share_right_not_about_what_is_known(case, found):
    shares = case.known("arithmetic").shares
    assert found["p-ik-underconfident"].value == pytest.approx((case.p_ik("facts", "arithmetic") - shares).mean())
    assert found["p-ik-underconfident"].high < 0


def test_size_is_judged_by_the_weakest_seed_of_the_smallest_model_on_what_each_knows_itself(case, found):
    def auroc(name):
        return roc_auc_score(case.known("arithmetic", name).known, case.p_ik("facts", "arithmetic", name))

    gains = [auroc("lab-1.3m") - auroc(model.name) for model in heads_of.SMALL]
    assert found["p-ik-size"].value == pytest.approx(min(gains))


def test_models_are_compared_on_the_questions_that_both_have(case):
    small = heads_of.SMALL[0].name
    truth = case.truths[small]
    known = truth.tested["arithmetic"]
    fewer = replace(
        known, questions=known.questions[:50], shares=known.shares[:50], likelihood=known.likelihood[:50], left_out=10
    )
    said = case.said[small]
    short = replace(said, plain={head: {task: p[:50] for task, p in each.items()} for head, each in said.plain.items()})
    truths = {**case.truths, small: replace(truth, tested={**truth.tested, "arithmetic": fewer})}
    partly = Case(case.models[:2], truths, {**case.said, small: short}, case.params, 0)
    assert claimed.estimates(partly)["p-ik-size"].n == 50


def test_material_is_compared_question_by_question(found):
    assert found["article-raises"].value == pytest.approx(0.5)
    assert found["article-control"].value == pytest.approx(0.4)
    assert found["hints-fraction"].value == pytest.approx(0.6)
    assert found["hints-good-over-bad"].value == pytest.approx(0.4)
    assert found["hints-good-over-bad"].n == 50  # ten problems have no bad hint
    assert found["hints-distract"].value == pytest.approx(-0.1)


def test_a_calibrated_head_has_no_excess_and_one_that_says_half_has(found):
    assert abs(found["p-ik-calibrated"].value) < 0.12  # known is sharper than the share that it learned
    assert found["p-ik-transfer-uncalibrated"].value > 0.15


def test_verdicts_follow():
    noisy = claimed.estimates(heads_of.case(noise=0.4))
    verdicts = {verdict.id: verdict.verdict for verdict in judging.judge("p_true/p_ik", noisy)}
    assert verdicts["p-ik-separates"] == Status.SUPPORTED
    assert verdicts["two-models"] == Status.NOT_TESTABLE
    assert verdicts["article-control"] == Status.NOT_TESTABLE  # every question gains as much: no width


def test_one_model_has_no_ladder_and_one_task_nothing_to_carry_over_to():
    alone = heads_of.case()
    assert claimed.estimates(alone)["p-ik-size"] == NO_LADDER
    one = Case(
        alone.models,
        alone.truths,
        {"lab-1.3m": replace(alone.said["lab-1.3m"], plain={"facts": alone.said["lab-1.3m"].plain["facts"]})},
        alone.params.model_copy(update={"task": "facts"}),
        0,
    )
    found = claimed.estimates(one)
    assert set(found) == set(judging.ruled("p_true/p_ik"))
    assert found["p-ik-transfers"] == claimed.NO_SECOND
    assert not isinstance(found["p-ik-beats-likelihood"], Undefined)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_one_class_of_outcome_only_is_not_testable_and_says_so(share):
    case = heads_of.case()
    truth = {name: heads_of.known(name, np.full(200, share)) for name in heads_of.TASKS}
    truths = {"lab-1.3m": replace(case.truths["lab-1.3m"], tested=truth)}
    found = claimed.estimates(Case(case.models, truths, case.said, case.params, 0))
    for claim in ("p-ik-separates", "p-ik-transfers", "p-ik-beats-likelihood"):
        assert "both classes" in found[claim].reason
    assert "at least 10 of either are needed" in found["p-ik-calibrated"].reason


def test_fewer_questions_than_bins_leave_no_calibration_error():
    case = heads_of.case()
    said = case.said["lab-1.3m"]
    short = {head: {task: p[:8] for task, p in each.items()} for head, each in said.plain.items()}
    tested = {name: heads_of.known(name, case.known(name).shares[:8]) for name in heads_of.TASKS}
    truths = {"lab-1.3m": replace(case.truths["lab-1.3m"], tested=tested)}
    found = claimed.estimates(Case(case.models, truths, {"lab-1.3m": replace(said, plain=short)}, case.params, 0))
    assert "10 bins need at least 10 rows" in found["p-ik-calibrated"].reason
    assert "at least 10 of either are needed" in found["p-ik-underconfident"].reason


def test_a_head_that_could_not_be_trained_gives_its_reason_to_every_claim_about_it():
    case = heads_of.case()
    untrained = Undefined("a head needs labels of two kinds to learn from, but all labels are 0")
    said = replace(case.said["lab-1.3m"], plain={"facts": untrained, ALL: case.said["lab-1.3m"].plain[ALL]})
    found = claimed.estimates(Case(case.models, case.truths, {"lab-1.3m": said}, case.params, 0))
    for claim in ("separates", "calibrated", "transfers", "transfer-uncalibrated", "underconfident", "both-tasks"):
        assert found[f"p-ik-{claim}"] == untrained
    assert not isinstance(found["p-ik-beats-likelihood"], Undefined)


def test_no_problem_with_a_bad_hint_is_not_testable():
    case = heads_of.case()
    said = case.said["lab-1.3m"]
    none = {v: np.full(60, np.nan) if v[0] == "bad" else p for v, p in said.hints[ALL].items()}
    other = replace(said, hints={ALL: none, "facts": none})
    found = claimed.estimates(Case(case.models, case.truths, {"lab-1.3m": other}, case.params, 0))
    assert "0 questions have both versions" in found["hints-good-over-bad"].reason
