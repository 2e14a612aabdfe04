import pytest

from common.datasets import multiarith


@pytest.mark.usefixtures("mirror")
def test_the_problems_are_those_published_and_their_answers_whole_numbers():
    problems = multiarith.load()
    assert len(problems) == 600
    assert len({problem.id for problem in problems}) == 600
    assert all(str(int(problem.answer)) == problem.answer for problem in problems)
    assert problems[0].question.startswith("For Halloween Debby and her sister combined the candy")
    assert (problems[0].id, problems[0].answer) == ("multiarith/0", "39")


def test_an_answer_becomes_text(shelf):
    shelf.put_jsonl("word_problems/multiarith.jsonl", [{"input": "q", "target": 1200}])
    assert multiarith.load() == [multiarith.Problem("multiarith/0", "q", "1200")]
