import numpy as np
import pytest

from common.stats.estimates import Undefined
from replications.p_true.p_ik import tables as measure
from replications.p_true.p_ik.articles import CONTROL, TELLING
from replications.p_true.p_ik.experiment import ALL, Material
from replications.p_true.p_ik.hints import BAD, GOOD, THIRDS
from replications.p_true.p_ik.prompts import PLAIN, Variants
from replications.p_true.tasks import load_task
from tests.replications.p_true.p_ik import heads_of


@pytest.fixture(scope="module")
def case():
    return heads_of.case([heads_of.LARGE, *heads_of.SMALL])


@pytest.fixture(scope="module")
def cells(case):
    return measure.cell_table(case)


@pytest.fixture(scope="module")
def material():
    facts = heads_of.TASKS["facts"]
    return Material(Variants(facts, dict.fromkeys((PLAIN, TELLING, CONTROL), facts.questions)), Undefined("none"))


def test_every_model_head_and_task_has_a_row_with_its_references(case, cells):
    assert len(cells) == 4 * 2 * 2
    row = cells.query("model == 'lab-1.3m' and head == 'facts' and task == 'arithmetic'").iloc[0]
    known, p = case.known("arithmetic"), case.p_ik("facts", "arithmetic")
    assert row["brier"] == pytest.approx(np.mean((p - known.known) ** 2))
    assert row["base_rate_brier"] == pytest.approx(known.known.mean() * (1 - known.known.mean()))
    assert row["excess"] == pytest.approx(row["ece"] - row["floor"])
    assert row["size"] == "1.3m"


def test_a_head_that_states_the_share_is_calibrated_against_shares_and_not_against_what_is_known():
    exact = measure.cell_table(heads_of.case(noise=0.0)).query("head == @ALL and task == 'facts'").iloc[0]
    assert exact["ece_share"] < 1e-9
    assert exact["ece"] > 0.05
    assert exact["floor_share"] < exact["floor"]


def test_the_transfer_table_has_a_row_a_head_and_a_column_a_task_and_measure(cells):
    table = measure.transfer_table(cells, "lab-1.3m")
    assert table.index.tolist() == ["facts", ALL]
    assert table.columns.tolist()[:2] == [("facts", "auroc"), ("facts", "brier")]
    row = cells.query("model == 'lab-1.3m' and head == @ALL and task == 'arithmetic'").iloc[0]
    assert table.loc[ALL, ("arithmetic", "floor")] == row["floor"]


def test_samples_and_levels_add_up(case):
    rows = measure.samples([case])
    assert len(rows) == 4 * 2 * 2 * 200
    levels = measure.level_table(rows)
    assert levels["n"].sum() == len(rows)
    one = levels.query("model == 'lab-1.3m' and head == 'facts' and task == 'facts' and level == '0'").iloc[0]
    mine = rows.query("model == 'lab-1.3m' and head == 'facts' and task == 'facts' and level == '0'")
    assert one["p_ik"] == pytest.approx(mine["p_ik"].mean())


def test_what_was_asked_and_left_out_is_counted(case):
    table = measure.known_table(case.truths)
    assert table.columns.tolist()[-2:] == ["unreadable_samples", "cut_off"]
    assert len(table) == 4 * 2 * 2


def test_material_has_its_mean_and_the_share_of_right_answers(case, material):
    answered = {"articles": {PLAIN: np.zeros(200), TELLING: np.ones(200), CONTROL: np.full(200, np.nan)}}
    table = measure.material_table(case, material, answered)
    assert table["material"].unique().tolist() == ["articles"]
    telling = table[(table["kind"] == TELLING[0]) & (table["head"] == "facts")].iloc[0]
    assert (telling["p_ik"], telling["right"], telling["n"]) == (pytest.approx(0.9), 1.0, 200)
    assert np.isnan(table[table["kind"] == CONTROL[0]].iloc[0]["right"])
    levels = measure.article_levels(case, material)
    assert levels.groupby("kind")["n"].sum().tolist() == [200] * 3


def test_hints_without_a_version_are_not_counted(case):
    task = load_task("arithmetic", "dev", 60)
    there = dict.fromkeys(case.said["lab-1.3m"].hints[ALL], task.questions)
    answered = {"hints": dict.fromkeys(there, np.ones(60))}
    made = Material(Undefined("none"), Variants(task, there))
    table = measure.material_table(case, made, answered)
    assert table[table["kind"] == BAD]["n"].tolist() == [50] * 6
    assert table[(table["kind"] == GOOD) & (table["head"] == ALL)]["share"].tolist() == list(THIRDS)
    assert len(measure.article_levels(case, made)) == 0


def test_metrics_hold_what_has_a_value(cells):
    found = measure.headline(cells[cells["model"] == "lab-1.3m"])
    assert set(found["facts on arithmetic"]) == {"auroc", "brier", "base_rate_brier", "excess"}
    assert measure.headline(cells.head(1).assign(auroc=np.nan))["facts on facts"].keys() == {
        "brier",
        "base_rate_brier",
        "excess",
    }


def test_no_curve_where_there_are_fewer_questions_than_bins():
    few = heads_of.case()
    short = {head: {task: p[:8] for task, p in each.items()} for head, each in few.said["lab-1.3m"].plain.items()}
    tested = {name: heads_of.known(name, few.known(name).shares[:8]) for name in heads_of.TASKS}
    few.truths["lab-1.3m"].tested.update(tested)
    for head, each in short.items():
        few.said["lab-1.3m"].plain[head].update(each)
    assert len(measure.curve_table(few)) == 0
    assert "ece" not in measure.cell_table(few)
