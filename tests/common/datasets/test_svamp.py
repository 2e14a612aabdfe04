import pytest

from common.datasets import svamp
from common.errors import InputError

LINE = {"ID": "chal-1", "Body": "Ann has 3 pens", "Question": "How many? ", "Answer": 1200.0, "Type": "Addition"}


@pytest.mark.usefixtures("mirror")
def test_the_problems_are_those_published_and_their_answers_whole_numbers():
    problems = svamp.load()
    assert len(problems) == len({problem.id for problem in problems}) == 1000
    assert len({problem.question for problem in problems}) == 1000
    assert all(str(int(problem.answer)) == problem.answer for problem in problems)
    assert problems[0].question.endswith("oranges are organized into 93 groups. How big is each group of bananas?")
    assert (problems[0].id, problems[0].answer) == ("chal-777", "145")


@pytest.mark.parametrize("body", ["Ann has 3 pens", "Ann has 3 pens. "])
def test_body_and_question_are_joined_by_one_full_stop(shelf, body):
    shelf.put_jsonl("word_problems/svamp.jsonl", [LINE | {"Body": body}])
    assert svamp.load() == [svamp.Problem("chal-1", "Ann has 3 pens. How many?", "1200")]


def test_an_answer_that_is_no_whole_number_is_refused(shelf):
    shelf.put_jsonl("word_problems/svamp.jsonl", [LINE | {"Answer": 1.5}])
    with pytest.raises(InputError, match=r"^SVAMP chal-1: the answer 1.5 is no whole number$"):
        svamp.load()


def test_an_id_that_comes_twice_is_refused(shelf):
    shelf.put_jsonl("word_problems/svamp.jsonl", [LINE, LINE])
    with pytest.raises(InputError, match="ID 'chal-1' comes 2 times"):
        svamp.load()
