import numpy as np
import pandas as pd
import pytest

from common.errors import InputError
from replications.p_true import explorer
from replications.p_true.tasks import load_task
from tests.replications.p_true.made_up_models import QUESTIONS, MadeUp, insider

TASK = load_task("facts", "dev", 40)


@pytest.fixture(scope="module")
def rows():
    return explorer.judge(MadeUp("insider", insider), TASK, 0)


@pytest.fixture
def few():
    return pd.DataFrame(
        {
            "p_true": [0.9, 0.8, 0.5, 0.4, 0.1],
            "right": [1.0, 0.0, 1.0, 1.0, 0.0],
            "question": list("abcde"),
            "answer": list("vwxyz"),
        }
    )


def test_answers_are_sorted_by_what_the_model_says_of_them(rows):
    assert rows["p_true"].is_monotonic_decreasing
    assert len(rows) == 40
    np.testing.assert_allclose(rows["p_true"], np.where(rows["right"] == 1, 0.9, 0.1), atol=1e-6)


def test_every_answer_stands_with_its_own_question_level_and_ideas(rows):
    for row in rows.itertuples():
        question = QUESTIONS[row.question]
        assert row.level == question.level
        assert row.right == (row.answer == question.answer)
        ideas = row.ideas.split(", ")
        assert (ideas[0], len(ideas)) == (row.answer, 5)


def test_the_same_seed_gives_the_same_answers_and_another_seed_others(rows):
    pd.testing.assert_frame_equal(explorer.judge(MadeUp("insider", insider), TASK, 0), rows)
    assert not explorer.judge(MadeUp("insider", insider), TASK, 1)["answer"].equals(rows["answer"])


def test_right_and_wrong_stand_side_by_side_from_the_surest_to_the_least_sure(few):
    table = explorer.side_by_side(few, 10)
    assert table["right", "question"].tolist() == ["a", "c", "d"]
    assert table["wrong", "question"].tolist()[:2] == ["b", "e"]
    assert table["wrong"].iloc[2].isna().all()
    assert explorer.side_by_side(few, 2)["right", "answer"].tolist() == ["v", "y"]


def test_a_side_without_answers_is_empty(few):
    table = explorer.side_by_side(few[few["right"] == 1], 10)
    assert table["wrong"].isna().all(axis=None)
    assert len(table) == 3


def test_a_threshold_keeps_the_answers_above_it(few):
    found = explorer.at(few, 0.5)  # strictly above
    assert found["answered"] == 2
    assert found["coverage"] == pytest.approx(0.4)
    assert found["accuracy"] == pytest.approx(0.5)
    assert found["low"] < 0.5 < found["high"]
    everything = explorer.at(few, 0.0)
    assert (everything["coverage"], everything["accuracy"]) == (1.0, pytest.approx(0.6))
    nothing = explorer.at(few, 1.0)
    assert (nothing["coverage"], nothing["answered"]) == (0.0, 0.0)
    assert np.isnan([nothing[name] for name in ("accuracy", "low", "high")]).all()


@pytest.mark.parametrize("threshold", [-0.1, 1.1])
def test_a_threshold_outside_the_scale_is_refused(few, threshold):
    with pytest.raises(InputError, match=r"a threshold must lie in \[0, 1\], got"):
        explorer.at(few, threshold)


def test_the_trade_covers_the_scale_and_never_answers_more_for_a_higher_threshold(few):
    trade = explorer.trade(few)
    assert trade["threshold"].tolist() == pytest.approx(np.arange(100) / 100)
    assert trade["coverage"].is_monotonic_decreasing
    row = trade[np.isclose(trade["threshold"], 0.45)].iloc[0]
    assert (row["answered"], row["accuracy"]) == (3, pytest.approx(2 / 3))


def test_the_figure_holds_every_answer_and_marks_the_threshold(few):
    left, right = explorer.figure(few, 0.45).axes
    assert [sum(bar.get_height() for bar in side) for side in left.containers] == [3, 2]
    marks = [tuple(line.get_xydata()[0]) for line in right.get_lines() if line.get_marker() == "o"]
    assert sorted(marks) == [(0.45, pytest.approx(0.6)), (0.45, pytest.approx(2 / 3))]
    assert all(ax.get_lines()[-1].get_xdata()[0] == 0.45 for ax in (left, right))


def test_one_class_of_outcome_and_an_empty_threshold_can_be_drawn(few):
    explorer.figure(few[few["right"] == 1], 1.0)


def test_a_model_without_readable_answers_is_refused():
    with pytest.raises(InputError, match="0 of 40 questions have five readable samples"):
        explorer.judge(MadeUp("x", unreadable=1.0), TASK, 0)
