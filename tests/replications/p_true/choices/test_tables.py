import numpy as np
import pytest

from common.stats.calibration import binned, scores
from replications.p_true.choices import tables
from replications.p_true.ladder import NO_LADDER
from tests.replications.p_true.choices import made_up_exam
from tests.replications.p_true.made_up_models import CHANCE, MadeUp


def row(table, **wanted):
    """The only row with these values."""
    found = table.loc[np.logical_and.reduce([table[name] == value for name, value in wanted.items()])]
    assert len(found) == 1
    return found.iloc[0]


def test_a_row_holds_what_the_measures_say(exam):
    answers = exam.answers
    found = row(exam.cells, model="small", layout="letters", shots=5)
    p, c = exam.stated["small", "letters", 5]
    table = answers.scores["small", "letters", 5].probabilities
    assert found["ece"] == binned.ece(p, c)
    assert found["brier"] == pytest.approx(scores.brier(p, c))
    assert found["accuracy"] == (table.argmax(axis=1) == answers.keys).mean()
    assert found["brier_all_options"] == pytest.approx(((table - np.eye(4)[answers.keys]) ** 2).mean())
    assert (found["n"], found["parameters"], found["mass"], found["mass_5%"]) == (300, 100_000, 0.75, 0.75)
    proposals = row(exam.cells, model="small-seed1", layout="true or false", shots=0)
    assert proposals["accuracy"] == 1.0
    assert proposals["base_rate_brier"] == pytest.approx(answers.true.mean() * (1 - answers.true.mean()))


def test_a_model_that_knows_its_limits_is_calibrated_and_one_that_boasts_is_not(exam):
    letters = exam.cells[exam.cells["layout"] == "letters"]
    assert letters.loc[letters["model"] == "large", "excess"].abs().max() < 0.05
    assert letters.loc[letters["model"] == "small", "excess"].min() > 0.2


def test_curves_have_ten_points_a_cell_with_the_means_of_its_bins(exam):
    curves = tables.curve_table(exam.stated)
    assert len(curves) == 10 * len(exam.stated)
    mine = curves[(curves["model"] == "large") & (curves["layout"] == "texts") & (curves["shots"] == 0)]
    p, c = exam.stated["large", "texts", 0]
    assert mine["mean_p"].mean() == pytest.approx(p.mean())
    assert mine["right"].mean() == pytest.approx(c.mean())


def test_none_of_the_above_is_split_by_whether_it_is_right(exam):
    table = tables.replaced_table(exam.answers, exam.tops)
    key_last = exam.answers.keys == 3
    assert len(table) == 3 * 2 * 2 * 3
    for part, among in (("all", slice(None)), ("is the key", key_last), ("is a distractor", ~key_last)):
        found = row(table, model="large", layout="replaced", shots=5, part=part)
        assert found["accuracy"] == pytest.approx(exam.tops["large", "replaced", 5][1][among].mean())
        assert found["last"] == pytest.approx(
            exam.answers.scores["large", "replaced", 5].probabilities[among, 3].mean()
        )
        assert found["low"] < found["accuracy"] < found["high"]
    assert table.loc[table["part"] == "is the key", "n"].unique() == [key_last.sum()]


def test_levels_are_those_of_the_tasks_in_order_and_hold_their_own_questions(exam):
    levels = tables.level_table(exam.answers, exam.tops)
    mine = levels[levels["model"] == "large"]
    assert list(mine["level"]) == list(CHANCE)
    assert mine["n"].sum() == 300
    for _, found in mine.iterrows():
        assert found["mean_p"] == pytest.approx(0.25 + 0.75 * CHANCE[found["level"]])


def test_a_task_that_a_model_always_gets_right_has_measures_all_the_same():
    sure = MadeUp("large", chance=dict.fromkeys(CHANCE, 1 - 1e-7))
    always = made_up_exam.sit({"large": sure}, questions=20, names=("facts",))
    letters = row(always.cells, model="large", layout="letters", shots=5)
    assert (letters["accuracy"], letters["base_rate_brier"]) == (1.0, 0.0)
    assert max(letters["brier"], letters["ece"], letters["brier_high"], letters["excess_high"]) < 1e-6
    found = made_up_exam.estimates(always, made_up_exam.MODELS[:1], "model")
    assert {claim for claim, estimate in found.items() if estimate == NO_LADDER} == {"size", "shots"}
    for claim in ("nota-accuracy", "calibrated"):
        assert "20 questions are right and 0 wrong" in found[claim].reason
