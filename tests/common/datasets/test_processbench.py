import pytest

from common.datasets import processbench
from common.errors import InputError

RECORD = {
    "id": "math-0",
    "generator": "g",
    "problem": "p",
    "steps": ["one", "two"],
    "label": 1,
    "final_answer_correct": False,
}


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize(
    ("subset", "size", "without_error", "largest"),
    [("gsm8k", 400, 193, 7), ("math", 1000, 406, 14), ("olympiadbench", 1000, 339, 25), ("omnimath", 1000, 241, 21)],
)
def test_subset_has_its_known_size_and_labels(subset, size, without_error, largest):
    solutions = processbench.load(subset)
    assert len(solutions) == size
    assert sum(solution.label == -1 for solution in solutions) == without_error
    assert max(solution.label for solution in solutions) == largest
    assert all(solution.final_answer_correct for solution in solutions if solution.label == -1)


@pytest.mark.usefixtures("mirror")
def test_right_answers_with_a_wrong_step_do_occur():
    mixed = [row for row in processbench.load("gsm8k") if row.final_answer_correct and row.label >= 0]
    assert len(mixed) == 7


@pytest.mark.parametrize("label", [-1, 0, 1])
def test_label_may_be_minus_one_or_any_step(shelf, label):
    shelf.put_json("processbench/math.json", [RECORD | {"label": label}])
    assert processbench.load("math")[0].label == label


@pytest.mark.parametrize("label", [-2, 2])
def test_label_that_is_no_step_is_refused(shelf, label):
    shelf.put_json("processbench/math.json", [RECORD | {"label": label}])
    with pytest.raises(InputError, match=rf"^math-0: label {label} is neither -1 nor one of its steps$"):
        processbench.load("math")


def test_duplicate_id_is_refused(shelf):
    shelf.put_json("processbench/math.json", [RECORD, RECORD], rows=2)
    with pytest.raises(InputError, match="id 'math-0' comes 2 times"):
        processbench.load("math")


def test_another_number_of_solutions_than_pinned_is_refused(shelf):
    shelf.put_json("processbench/math.json", [RECORD], rows=1000)
    with pytest.raises(InputError, match="has 1 rows, 1,000 pinned"):
        processbench.load("math")


def test_unknown_subset_is_refused():
    with pytest.raises(InputError, match="unknown subset 'aime'"):
        processbench.load("aime")
