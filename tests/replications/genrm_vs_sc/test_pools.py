import numpy as np
import pandas as pd
import pytest

from common.errors import InputError
from common.grading import parse_verdict
from replications.genrm_vs_sc import pools


def solutions(answers, targets):
    return pd.DataFrame(
        [
            {"question_id": question, "answer": answer, "target": targets[question]}
            for question, given in answers.items()
            for answer in given
        ]
    )


def test_verdicts_are_one_zero_or_missing():
    texts = [["Verification: Is the answer correct (Yes/No)? Yes", "I am not sure."], ["Is the answer correct? No", ""]]
    assert np.array_equal(pools.read_verdicts(texts, parse_verdict), [[1, np.nan], [0, np.nan]], equal_nan=True)


def test_answers_are_classed_and_graded_within_their_question():
    rows = pools.graded(solutions({5: ["0.5", r"\frac{1}{2}", "2", None], 6: ["2", "0.5"]}, {5: "1/2", 6: "2"}))
    assert rows["answer_class"].tolist() == [0, 0, 1, -1, 0, 1]
    assert rows["right"].tolist() == [True, True, False, False, True, False]


def test_rows_of_a_question_need_not_be_together():
    rows = pools.graded(solutions({1: ["3", "4"], 2: ["4", "4"]}, {1: "3", 2: "4"})).iloc[[0, 2, 1, 3]]
    verdicts = np.array([[1.0], [0.0], [np.nan], [1.0]])
    pool = pools.build(rows, verdicts, smallest=2)
    assert pool.questions.tolist() == [1, 2]
    assert pool.correct.tolist() == [[1, 0], [1, 1]]
    assert np.array_equal(pool.verdicts[..., 0], [[1, np.nan], [0, 1]], equal_nan=True)


def test_pools_below_the_smallest_size_are_left_out_and_larger_ones_padded():
    rows = pools.graded(solutions({1: ["3"], 2: ["4", "5"], 3: ["4", "5", "6"]}, {1: "3", 2: "4", 3: "6"}))
    pool = pools.build(rows, np.arange(6.0)[:, None] % 2, smallest=2)
    assert pool.questions.tolist() == [2, 3]
    assert pool.sizes.tolist() == [2, 3]
    assert pool.answers.tolist() == [[0, 1, -1], [0, 1, 2]]
    assert pool.share_right == pytest.approx([1 / 2, 1 / 3])
    assert np.isnan(pool.verdicts[0, 2]).all()


def test_missing_pools_and_verdicts_are_refused():
    rows = pools.graded(solutions({1: ["3"]}, {1: "3"}))
    with pytest.raises(InputError, match="no question has 2 solutions"):
        pools.build(rows, np.ones((1, 4)), smallest=2)
    with pytest.raises(InputError, match="1 solutions but verdicts of 2"):
        pools.build(rows, np.ones((2, 4)), smallest=1)
