import numpy as np
import pandas as pd
import pytest

from common.claims import Status
from common.stats.estimates import Undefined
from replications.self_assessment import control, estimates, experiment, shifts, tables
from replications.self_assessment.answers import TEMPLATES
from tests.replications import judging
from tests.replications.self_assessment import scripted
from tests.replications.self_assessment.asked import ask, boot

READ = pd.DataFrame({"template": TEMPLATES, "n": 100, "dropped": 0})
SAID = pd.DataFrame({"template": TEMPLATES, "mass": 0.99})


def test_verdicts_follow_from_estimates_and_rules(data, weights):
    verdicts = {v.id: v for v in judging.judge("self_assessment", estimates.recorded(data, weights), "chat-models")}
    assert verdicts["counts"].verdict == Status.SUPPORTED
    assert verdicts["most-significant"].estimate == pytest.approx((12 + 10 + 13 + 4) / 120)
    assert verdicts["keying"].estimate == pytest.approx((98 - 59) / 120)
    assert verdicts["beyond-noise"].verdict == Status.NOT_TESTABLE
    assert "one run a prompt" in verdicts["beyond-noise"].method
    assert verdicts["humans-differ"].verdict == Status.NOT_TESTABLE


def test_the_notebooks_alpha_does_not_move_a_verdict(data, weights):
    made = estimates.recorded(data, weights)
    assert made["counts"].value == 4
    assert made["most-significant-as-published"].value == pytest.approx(98 / 120)


def found(answer, count=6):
    answers = ask(answer, count)
    w = boot(answers)
    return estimates.live(answers, w, control.passing(answers, w), READ, SAID)


def verdicts(answer, count=6):
    return {v.id: v for v in judging.judge("self_assessment", found(answer, count))}


def test_a_nearly_honest_respondent_contradicts_claims_of_unreliability():
    judged = verdicts(scripted.nearly_honest, 12)
    assert judged["profile-recovered"].verdict == Status.SUPPORTED
    for claim in ("order-symmetry", "order-reliability", "template-shift-options", "negation"):
        assert judged[claim].verdict == Status.CONTRADICTED, claim


def test_a_wholly_honest_respondent_leaves_no_width_to_any_interval():
    made, judged = found(scripted.honest), verdicts(scripted.honest)
    for claim, value in {
        "profile-recovered": 1,
        "template-shift": 0,
        "order-shift": 0,
        "order-symmetry": 1,
        "order-reliability": 1,
        "template-shift-options": 0,
        "order-shift-options": 0,
        "negation": 1,
        "alpha": 1,
        **dict.fromkeys(("beyond-noise", "untaught-order", "cyclic-average", "label-over-place"), 0),
    }.items():
        assert made[claim].value == pytest.approx(value, abs=1e-6)
        assert judged[claim].verdict == Status.NOT_TESTABLE
        assert "has no width" in judged[claim].method


def test_answers_that_were_not_read_and_labels_that_would_not_be_said_are_no_evidence():
    answers = ask(scripted.nearly_honest, 12)
    w = boot(answers)
    made = estimates.live(answers, w, TEMPLATES, READ.assign(dropped=30), SAID.assign(mass=[0.9, 0.9, 0.2]))
    assert made["order-shift"].reason == "30 of 100 answers to MPI were dropped or unread: at most 20% may be"
    only_who = estimates.live(answers, w, ["WHO"], READ.assign(dropped=[30, 0, 0]), SAID)
    assert not isinstance(only_who["order-shift"], Undefined)
    assert "answers to MPI" in only_who["keying"].reason  # about all three, whichever pass
    assert "the labels of ENFJ hold 20.0% of the probability" in made["order-shift-options"].reason
    assert not isinstance(made["label-over-place"], Undefined)  # about the two lists alone


def test_a_respondent_that_was_never_understood_is_judged_on_nothing_that_needs_the_control():
    for answer in (scripted.first_label, scripted.refusing):
        judged = verdicts(answer)
        untestable = [claim for claim, verdict in judged.items() if verdict.verdict == Status.NOT_TESTABLE]
        assert set(untestable) >= set(judged) - {"keying"}
        assert "passing: none" in judged["order-shift"].method


def test_claims_about_pairs_of_templates_need_two_that_pass():
    made = found(scripted.only_who)
    assert "2 needed, passing: WHO" in made["template-shift"].reason
    assert made["order-shift"].value == pytest.approx(0)
    assert made["label-over-place"].value == pytest.approx(0)


def test_an_order_effect_is_measured_in_points_where_the_label_is_locked():
    """Always the first label: 5 in original order and 1 in reversed, which keying turns into no shift at all."""
    answers = ask(scripted.first_label)
    w = boot(answers)
    assert estimates.order_shift(answers.unkeyed, w, TEMPLATES).value == pytest.approx(4 - 4 * np.sqrt(2 / np.pi / 4))
    assert estimates.order_shift(answers.keyed, w, TEMPLATES).value < 0
    assert estimates.keying(answers, w).value > 0.4


def test_draws_under_two_prompts_are_compared_with_draws_under_one():
    rng = np.random.default_rng(0)
    answers = ask(scripted.honest)
    w = boot(answers)
    noise = [shifts.Ratings(rng.integers(1, 6, (6, 5, 6, 4)).astype(float)) for _ in range(4)]
    between, within = estimates.distances(noise, w)
    assert between.mean() == pytest.approx(within.mean(), rel=0.1)
    moved = [shifts.Ratings(r.values + np.where(np.arange(6)[:, None] >= 3, 3.0, 0.0)) for r in noise]
    between, within_again = estimates.distances(moved, w)
    assert between[..., 3:].mean() == pytest.approx(3, abs=0.2)
    assert (within_again == within).all()


def test_a_model_that_answers_for_itself_has_no_truth_and_no_alpha():
    made = found(scripted.honest, 1)
    assert "several respondents, got 1" in made["alpha"].reason
    answers = ask(scripted.honest, 1)
    unknown = experiment.Answers(**{**vars(answers), "levels": np.full_like(answers.levels, np.nan)})
    w = boot(unknown)
    made = estimates.live(unknown, w, control.passing(unknown, w), READ, SAID)
    assert made["profile-recovered"] == made["cyclic-average"] == Undefined(estimates.TRUTH)
    assert "taught" in made["untaught-order"].reason
    assert made["order-shift"].value == 0
    assert tables.recovery_table(unknown, w).empty


def test_flips_need_two_answers_and_a_side():
    answers = ask(scripted.deaf_to_not)
    original = answers.original
    assert (estimates.flips(answers)[original != 3] == 0).all()
    assert np.isnan(estimates.flips(answers)[original == 3]).all()
    flipped = estimates.flips(ask(scripted.honest))
    assert (flipped[original != 3] == 1).all()
