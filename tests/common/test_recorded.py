import pandas as pd
import pytest

from common import paths, recorded
from common.datasets import registry
from common.errors import InputError
from common.subjects import Subject
from common.tasks import find

SUBJECT = Subject(id="mine", route="recorded", answers=("answers/mine",))


@pytest.fixture
def keep(tmp_path, monkeypatch):
    """Lay answers to the example in their place."""
    monkeypatch.setattr(paths, "ANSWERS", tmp_path)

    def write(rows):
        (tmp_path / "mine").mkdir(exist_ok=True)
        columns = {"completion": "", "logprob": None, "p_true": None, "grade": None}
        types = {"logprob": "Float64", "p_true": "Float64", "grade": "boolean"}
        table = pd.DataFrame([columns | row for row in rows]).astype(types)
        table.to_parquet(recorded.place("mine", "example"), index=False)

    return write


def test_answers_come_in_the_tasks_order_graded_by_it_or_by_the_user(keep, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_used", {})
    task = find("example")
    first, second, third, fourth = (question.id for question in task.load("test", 4))
    keep(
        [
            {"id": third, "completion": "Accra, I believe", "grade": True, "logprob": -0.5, "p_true": 0.0},
            {"id": second, "completion": "The answer is Ulaanbaatar."},
            {"id": first, "completion": "Oslo"},
            {"id": fourth, "completion": " "},
            {"id": task.load("dev", 1)[0].id, "completion": "Vienna"},
        ]
    )
    found = recorded.answers(SUBJECT, task)
    assert [one.question.id for one in found] == [first, second, third, fourth]
    expected = [task.right(one.question, task.read(one.completion)) for one in found]
    assert [one.right for one in found] == [expected[0], expected[1], True, False]
    assert [one.logprob for one in found] == [None, None, -0.5, None]
    assert [one.p_true for one in found] == [None, None, 0.0, None]
    assert [one.unread for one in found] == [False, False, False, True]
    assert [one.right for one in recorded.answers(SUBJECT, task, "dev")] == [True]
    assert f"{tmp_path}/mine/example.parquet" in registry.used()


def test_answers_that_are_not_here_are_named_with_how_to_import_them(keep):
    with pytest.raises(
        InputError, match=r"^mine has no answers to example here: `python -m common\.subjects import FILE"
    ):
        recorded.answers(SUBJECT, find("example"))


def test_what_the_user_graded_need_not_be_readable(keep):
    first, second = (question.id for question in find("example").load("test", 2))
    keep([{"id": first, "completion": " ", "grade": True}, {"id": second, "completion": " "}])
    assert [(one.unread, one.right) for one in recorded.answers(SUBJECT, find("example"))] == [
        (False, True),
        (True, False),
    ]


def test_answers_to_questions_that_the_task_no_longer_has_are_refused(keep):
    keep([{"id": "example/99", "completion": "Oslo"}])
    with pytest.raises(InputError, match=r"example\.parquet: example has no question 'example/99': import the answers"):
        recorded.answers(SUBJECT, find("example"))


def without_a_column(file):
    pd.read_parquet(file).drop(columns="p_true").to_parquet(file, index=False)


@pytest.mark.parametrize(
    "spoil",
    [lambda file: file.write_bytes(b""), lambda file: file.write_bytes(file.read_bytes()[:-40]), without_a_column],
)
def test_a_file_that_is_broken_is_named(keep, spoil):
    keep([{"id": "example/40", "completion": "Oslo"}])
    spoil(recorded.place("mine", "example"))
    with pytest.raises(InputError, match=r"example\.parquet holds no answers that can be read: import them again$"):
        recorded.answers(SUBJECT, find("example"))
