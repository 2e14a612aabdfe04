import pytest

from common.datasets import word_problems
from common.datasets.word_problems import Problem
from common.errors import InputError

LINE = {"ID": "chal-1", "Body": "Ann has 3 pens", "Question": "How many? ", "Answer": 1200.0, "Type": "Addition"}


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize(
    ("load", "size", "first", "words"),
    [
        (word_problems.multiarith, 600, ("multiarith/0", "39"), "For Halloween Debby and her sister combined"),
        (word_problems.svamp, 1000, ("chal-777", "145"), "There are 87 oranges and 290 bananas"),
    ],
)
def test_the_problems_are_those_published_and_their_answers_whole_numbers(load, size, first, words):
    problems = load()
    assert len(problems) == len({problem.id for problem in problems}) == size
    assert all(str(int(problem.answer)) == problem.answer for problem in problems)
    assert problems[0].question.startswith(words)
    assert (problems[0].id, problems[0].answer) == first


def test_an_answer_becomes_text(shelf):
    shelf.put_jsonl("word_problems/multiarith.jsonl", [{"input": "q", "target": 1200}])
    assert word_problems.multiarith() == [Problem("multiarith/0", "q", "1200")]


@pytest.mark.parametrize("body", ["Ann has 3 pens", "Ann has 3 pens. "])
def test_body_and_question_are_joined_by_one_full_stop(shelf, body):
    shelf.put_jsonl("word_problems/svamp.jsonl", [LINE | {"Body": body}])
    assert word_problems.svamp() == [Problem("chal-1", "Ann has 3 pens. How many?", "1200")]


def test_an_answer_that_is_no_whole_number_is_refused(shelf):
    shelf.put_jsonl("word_problems/svamp.jsonl", [LINE | {"Answer": 1.5}])
    with pytest.raises(InputError, match=r"^SVAMP chal-1: the answer 1.5 is no whole number$"):
        word_problems.svamp()


def test_an_id_that_comes_twice_is_refused(shelf):
    shelf.put_jsonl("word_problems/svamp.jsonl", [LINE, LINE])
    with pytest.raises(InputError, match="ID 'chal-1' comes 2 times"):
        word_problems.svamp()
