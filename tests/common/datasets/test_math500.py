from collections import Counter

import pytest

from common.datasets import math500
from common.errors import InputError

LINE = {"unique_id": "a", "problem": "p", "solution": "s", "answer": "1", "subject": "Algebra", "level": "Level 3"}


@pytest.mark.usefixtures("mirror")
def test_the_500_problems_have_known_levels_and_boxed_answers():
    problems = math500.load()
    assert len(problems) == 500
    assert Counter(problem.level for problem in problems) == {1: 43, 2: 90, 3: 105, 4: 128, 5: 134}
    assert Counter(problem.subject for problem in problems)["Algebra"] == 124
    assert all("\\boxed{" + problem.answer in problem.solution for problem in problems)
    assert (problems[0].id, problems[0].level) == ("test/precalculus/807.json", 2)
    assert problems[0].answer == r"\left( 3, \frac{\pi}{2} \right)"


def test_duplicate_id_is_refused(shelf):
    shelf.put_jsonl("math/math500_test.jsonl", [LINE, LINE])
    with pytest.raises(InputError, match="unique_id 'a' comes 2 times"):
        math500.load()


@pytest.mark.parametrize("level", ["Level ?", "Level 6", 3])
def test_level_outside_1_to_5_is_refused(shelf, level):
    shelf.put_jsonl("math/math500_test.jsonl", [LINE | {"level": level}])
    with pytest.raises(InputError, match=r"line 1: column 'level': Input should be 'Level 1'"):
        math500.load()
