import numpy as np
import pandas as pd
import pytest

from common import paths
from common import recorded as common_recorded
from common.errors import InputError
from common.subjects import Subject
from common.tasks import find
from replications.p_true.p_true import recorded

SUBJECT = Subject(id="mine", route="recorded", answers=("answers/mine",))


@pytest.fixture
def keep(tmp_path, monkeypatch):
    """Lay answers to the example in their place."""
    monkeypatch.setattr(paths, "ANSWERS", tmp_path)

    def write(rows):
        (tmp_path / "mine").mkdir()
        columns = {"completion": "", "logprob": None, "p_true": None, "grade": None}
        types = {"logprob": "Float64", "p_true": "Float64", "grade": "boolean"}
        table = pd.DataFrame([columns | row for row in rows]).astype(types)
        table.to_parquet(common_recorded.place("mine", "example"), index=False)

    return write


def test_answers_that_can_be_read_are_rows_and_all_are_counted(keep):
    test = find("example").load("test", 4)
    dev = find("example").load("dev", 1)[0]
    keep(
        [
            {"id": test[0].id, "completion": test[0].answer, "p_true": 0.75, "logprob": -0.5},
            {"id": test[1].id, "completion": "nowhere", "p_true": 0.25},
            {"id": test[2].id, "completion": " ", "p_true": 0.5},
            {"id": test[3].id, "completion": "nowhere", "grade": True, "logprob": 0.0},
            {"id": dev.id, "completion": dev.answer, "p_true": 0.5},
        ]
    )
    found = recorded.read(SUBJECT, "example")
    assert found.answered == 4
    assert list(found.rows.index) == [test[0].id, test[1].id, test[3].id]
    assert found.rows["right"].tolist() == [1, 0, 1]
    np.testing.assert_array_equal(found.rows["p_true"], [0.75, 0.25, np.nan])
    np.testing.assert_allclose(found.rows["likelihood"], [np.exp(-0.5), np.nan, 1])
    assert list(found.judged("p_true").index) == [test[0].id, test[1].id]
    assert list(found.judged("p_true", "likelihood").index) == [test[0].id]


def test_answers_none_of_which_can_be_read_leave_no_rows(keep):
    keep([{"id": find("example").load("test", 1)[0].id, "completion": " "}])
    found = recorded.read(SUBJECT, "example")
    assert (found.answered, len(found.rows), len(found.judged("p_true"))) == (1, 0, 0)


def test_answers_to_no_test_question_are_said_to_be_none(keep):
    keep([{"id": find("example").load("dev", 1)[0].id, "completion": "Vienna", "p_true": 0.5}])
    with pytest.raises(InputError, match=r"^mine has no answer to a test question of example, which are what claims"):
        recorded.read(SUBJECT, "example")
