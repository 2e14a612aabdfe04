import pytest

from common.datasets import gsm8k
from common.errors import InputError


@pytest.mark.usefixtures("mirror")
def test_splits_have_their_published_sizes_and_integer_answers():
    for split, size in (("train", 7473), ("test", 1319)):
        problems = gsm8k.load(split)
        assert len(problems) == size
        assert len({problem.id for problem in problems}) == size
        assert all(str(int(problem.answer)) == problem.answer for problem in problems)
        assert not any("####" in problem.solution for problem in problems)


@pytest.mark.usefixtures("mirror")
def test_first_problem_of_each_split_is_the_known_one():
    natalia, janet = gsm8k.load("train")[0], gsm8k.load("test")[0]
    assert natalia.question.startswith("Natalia sold clips to 48 of her friends in April")
    assert (natalia.id, natalia.answer) == ("train/0", "72")
    assert (janet.id, janet.answer) == ("test/0", "18")
    assert janet.solution.endswith("She makes 9 * 2 = $<<9*2=18>>18 every day at the farmer’s market.")


def test_final_answer_loses_its_commas_and_the_solution_its_last_line(shelf):
    shelf.put_jsonl("gsm8k/test.jsonl", [{"question": "q", "answer": "a * b = 1,234,500\n#### -1,234,500 "}])
    assert gsm8k.load("test") == [gsm8k.Problem("test/0", "q", "a * b = 1,234,500", "-1234500")]


@pytest.mark.parametrize("answer", ["It is 5.", "It is 5.\n#### "])
def test_solution_without_a_final_answer_is_refused(shelf, answer):
    shelf.put_jsonl("gsm8k/test.jsonl", [{"question": "q", "answer": answer}])
    with pytest.raises(InputError, match=r"^GSM8K test/0: no final answer after '####'$"):
        gsm8k.load("test")


def test_unknown_split_is_refused():
    with pytest.raises(InputError, match="unknown split 'dev'"):
        gsm8k.load("dev")
