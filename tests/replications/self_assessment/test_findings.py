import numpy as np
import pandas as pd
import pytest

from common.claims import Status
from common.stats.estimates import Undefined
from replications.self_assessment import arrangements, shifts
from replications.self_assessment import control as live
from replications.self_assessment import estimates as findings
from replications.self_assessment import experiment as asking
from replications.self_assessment.answers import TEMPLATES
from replications.self_assessment.inventories import respondents
from tests.replications import judging
from tests.replications.self_assessment import scripted
from tests.replications.self_assessment.test_live import ITEMS, ask, boot

READ = pd.DataFrame({"template": TEMPLATES, "n": 100, "dropped": 0})
SAID = pd.DataFrame({"template": TEMPLATES, "mass": 0.99})


def found(answer, count=6):
    answers = ask(answer, count)
    w = boot(answers)
    return findings.estimates(answers, w, live.passing(answers, w), READ, SAID)


def verdicts(answer, count=6):
    return {v.id: v for v in judging.judge("self_assessment", found(answer, count))}


def test_a_nearly_honest_respondent_contradicts_claims_of_unreliability():
    judged = verdicts(scripted.nearly_honest, 12)
    assert judged["profile-recovered"].verdict == Status.SUPPORTED
    for claim in ("order-symmetry", "order-reliability", "template-shift-options", "negation"):
        assert judged[claim].verdict == Status.CONTRADICTED, claim


def test_a_wholly_honest_respondent_leaves_no_width_to_any_interval():
    estimates, judged = found(scripted.honest), verdicts(scripted.honest)
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
        assert estimates[claim].value == pytest.approx(value, abs=1e-6)
        assert judged[claim].verdict == Status.NOT_TESTABLE
        assert "has no width" in judged[claim].method


def test_answers_that_were_not_read_and_labels_that_would_not_be_said_are_no_evidence():
    answers = ask(scripted.nearly_honest, 12)
    w = boot(answers)
    estimates = findings.estimates(answers, w, TEMPLATES, READ.assign(dropped=30), SAID.assign(mass=[0.9, 0.9, 0.2]))
    assert estimates["order-shift"].reason == "30 of 100 answers to MPI were dropped or unread: at most 20% may be"
    only_who = findings.estimates(answers, w, ["WHO"], READ.assign(dropped=[30, 0, 0]), SAID)
    assert not isinstance(only_who["order-shift"], Undefined)
    assert "answers to MPI" in only_who["keying"].reason  # about all three, whichever pass
    assert "the labels of ENFJ hold 20.0% of the probability" in estimates["order-shift-options"].reason
    assert not isinstance(estimates["label-over-place"], Undefined)  # about the two lists alone


def test_a_respondent_that_was_never_understood_is_judged_on_nothing_that_needs_the_control():
    for answer in (scripted.first_label, scripted.refusing):
        judged = verdicts(answer)
        untestable = [claim for claim, verdict in judged.items() if verdict.verdict == Status.NOT_TESTABLE]
        assert set(untestable) >= set(judged) - {"keying"}
        assert "passing: none" in judged["order-shift"].method


def test_claims_about_pairs_of_templates_need_two_that_pass():
    estimates = found(scripted.only_who)
    assert "2 needed, passing: WHO" in estimates["template-shift"].reason
    assert estimates["order-shift"].value == pytest.approx(0)
    assert estimates["label-over-place"].value == pytest.approx(0)


def test_label_over_place_tells_a_label_locked_answer_from_a_place_locked_one():
    for answer, kept in ((scripted.first_label, 1), (scripted.first_place, -1)):
        answers = ask(answer)
        assert findings.label_over_place(answers, boot(answers), ["MPI", "WHO"]).value == kept
    table = findings.kept_table(ask(scripted.first_label), boot(ask(scripted.first_label))).set_index("arrangement")
    assert table["value"].groupby(level=0, sort=False).first().to_dict() == {"reversed": 0, "moved": 1, "relabelled": 0}


def test_an_order_effect_is_measured_in_points_where_the_label_is_locked():
    """Always the first label: 5 in original order and 1 in reversed, which keying turns into no shift at all."""
    answers = ask(scripted.first_label)
    w = boot(answers)
    assert findings.order_shift(answers.unkeyed, w, TEMPLATES).value == pytest.approx(4 - 4 * np.sqrt(2 / np.pi / 4))
    assert findings.order_shift(answers.keyed, w, TEMPLATES).value < 0
    assert findings.keying(answers, w).value > 0.4


def test_draws_under_two_prompts_are_compared_with_draws_under_one():
    rng = np.random.default_rng(0)
    answers = ask(scripted.honest)
    w = boot(answers)
    noise = [shifts.Ratings(rng.integers(1, 6, (6, 5, 6, 4)).astype(float)) for _ in range(4)]
    between, within = findings.distances(noise, w)
    assert between.mean() == pytest.approx(within.mean(), rel=0.1)
    moved = [shifts.Ratings(r.values + np.where(np.arange(6)[:, None] >= 3, 3.0, 0.0)) for r in noise]
    between, within_again = findings.distances(moved, w)
    assert between[..., 3:].mean() == pytest.approx(3, abs=0.2)
    assert (within_again == within).all()


def test_a_model_that_answers_for_itself_has_no_truth_and_no_alpha():
    estimates = found(scripted.honest, 1)
    assert "several respondents, got 1" in estimates["alpha"].reason
    answers = ask(scripted.honest, 1)
    unknown = live.Answers(**{**vars(answers), "levels": np.full_like(answers.levels, np.nan)})
    w = boot(unknown)
    estimates = findings.estimates(unknown, w, live.passing(unknown, w), READ, SAID)
    assert estimates["profile-recovered"] == estimates["cyclic-average"] == Undefined(findings.TRUTH)
    assert estimates["order-shift"].value == 0
    assert findings.recovery_table(unknown, w).empty


def test_labels_liked_whatever_they_mean_show_over_the_cyclic_shifts():
    asked = asking.questions(ITEMS, respondents("lab", 2, "dev"), [*shifts.CONDITIONS, *arrangements.SHIFTED])
    for answer, first in ((scripted.first_label, 0.6), (scripted.honest, 0.2)):
        table = findings.label_preference(asking.options(scripted.Scripted(answer), asked))
        assert table["template"].tolist() == ["MPI", "WHO"]
        assert table["p1"].to_numpy() == pytest.approx(first, abs=1e-5)


def test_tables_hold_a_row_for_every_cell():
    answers = ask(scripted.honest)
    w = boot(answers)
    assert len(findings.recovery_table(answers, w)) == 12
    assert len(findings.shift_table(answers, w)) == 24
    assert len(findings.profile_table(answers)) == 6 * 6 * 5
    assert findings.reliability_table(answers)["alpha"].to_numpy() == pytest.approx(1)
    assert (findings.count_table(answers).set_index("test").loc["keyed_paired_holm"] == 0).all()
    opposite = findings.negation_table(answers, w)
    assert (opposite["value"] == 1).all()
    assert (opposite["yea_saying"] == 0).all()
    assert findings.negation_counts(answers).sum() == 3 * len(ITEMS) * 6


def test_a_table_of_nothing_readable_says_so_with_empty_cells():
    answers = ask(scripted.refusing)
    w = boot(answers)
    assert findings.reliability_table(answers)["n"].eq(0).all()
    assert findings.negation_table(answers, w)["value"].isna().all()
    assert findings.shift_table(answers, w).query("series == 'text'")["value"].isna().all()


def test_the_two_readouts_are_compared_answer_by_answer():
    greedy = pd.DataFrame(
        {"model": "x", "template": "MPI", "order": "original", "item": [1, 2, 3], "label": [1.0, 2.0, np.nan]}
    )
    options = greedy.assign(label=[1.0, 3.0, 3.0], mass=[0.9, 0.8, 0.1])
    row = findings.readout_table(greedy, options).iloc[0]
    assert (row["n"], row["read"], row["same"], row["mass"]) == (3, pytest.approx(2 / 3), 0.5, pytest.approx(0.6))


def test_metrics_name_what_exists():
    answers = ask(scripted.only_who)
    w = boot(answers)
    estimates = findings.estimates(answers, w, ["WHO"], READ, SAID)
    losses = pd.DataFrame({"n": [10, 10], "dropped": [1, 0], "refusals": [1, 0]})
    metrics = findings.metrics(estimates, ["WHO"], losses, live.readable(answers))
    assert (metrics["asked"], metrics["dropped"], metrics["refusals"], metrics["templates_that_pass"]) == (20, 1, 1, 1)
    assert "order-shift" in metrics["estimates"]
    assert "template-shift" not in metrics["estimates"]
