import pytest

from common import subjects
from common.errors import InputError
from common.runs.cells import find
from common.runs.parameters import check
from common.subjects import Subject


def given(**values):
    return check(find("p_true", "p_true_recorded"), values)


@pytest.mark.parametrize("subject", ["my-model", "llama", "lab-1.3m"])
def test_only_what_a_user_imported_is_taken_and_how_to_import_is_said(subject):
    with pytest.raises(InputError) as refused:
        given(subject=subject, task="arc")
    assert str(refused.value) == (
        f"p_true_recorded.ipynb: {subject} is no subject with imported answers: "
        "`python -m common.subjects import FILE --subject NAME --task arc` makes one"
    )


def test_a_task_that_there_is_not_is_named(monkeypatch):
    mine = Subject(id="mine", route="recorded", answers=("answers/mine",))
    monkeypatch.setattr(subjects, "listed", lambda: {"mine": mine})
    assert given(subject="mine")["task"] == "example"
    with pytest.raises(InputError, match=r"^p_true_recorded\.ipynb: no task 'facts': one of triviaqa, "):
        given(subject="mine", task="facts")
