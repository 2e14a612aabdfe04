import pytest

from common.grading import grade
from common.tasks import EVERY, PUBLIC

pytestmark = pytest.mark.usefixtures("mirror")
SPLITS = ("taught", "dev", "test")
SIZES = {
    "triviaqa": (1800, 300, 900),
    "arc": (699, 117, 350),
    "lambada": (3091, 515, 1545),
    "gsm8k": (6725, 748, 1319),
    "arc_easy": (1420, 235, 709),
    "math500": (300, 50, 150),
    "multiarith": (348, 58, 174),
    "svamp": (600, 100, 300),
}


@pytest.fixture(params=PUBLIC)
def task(request):
    return PUBLIC[request.param]


def test_splits_have_their_sizes_and_share_no_question(task):
    parts = [task.load(split, EVERY) for split in SPLITS]
    assert tuple(map(len, parts)) == SIZES[task.name]
    every = [question for part in parts for question in part]
    assert len({question.text for question in every}) == len({question.id for question in every}) == len(every)


def test_few_questions_are_the_first_of_many(task):
    assert task.load("dev", 7) == task.load("dev", EVERY)[:7]


def test_a_question_is_asked_up_to_its_answer_and_shown_with_it(task):
    for question in task.load("dev", EVERY):
        assert question.text in question.prompt
        assert question.prompt[-1] in ":>"
        assert question.answer in question.shown
        assert question.level in task.levels
        assert not question.values or question.answer in question.values


def test_what_an_example_shows_is_right_and_nothing_is_not(task):
    for question in task.load("dev", 40):
        assert task.right(question, task.read(question.shown))
        assert not task.right(question, "surely not this")
        assert not task.right(question, None)


def test_hard_questions_are_some_where_hardness_is_explained(task):
    assert len({question.hard for question in task.load("test", 50)}) == (2 if task.hardness else 1)


def test_every_alias_counts_in_any_case():
    task = PUBLIC["triviaqa"]
    question = max(task.load("test", 50), key=lambda question: len(question.aliases))
    assert len(question.aliases) > 1
    assert all(task.right(question, f"{alias.upper()}.") for alias in question.aliases)
    assert task.read(" \n") is None


def test_a_worked_solution_states_its_answer_and_a_word_problem_ends_in_it():
    worked, told = PUBLIC["gsm8k"], PUBLIC["svamp"]
    question = worked.load("test", 1)[0]
    assert worked.right(question, worked.read(f"First 1 + 1 = 2.\n#### {question.answer}"))
    assert not worked.right(question, worked.read(f"{question.answer} at first\n#### 123456"))
    assert worked.read("it may be 5") is None
    assert told.read("it may be 5") == "5"


def test_answers_in_latex_are_compared_as_mathematics():
    task = PUBLIC["math500"]
    question = next(q for q in task.load("taught", EVERY) if q.answer == r"\frac{1}{2}")
    assert task.right(question, task.read(r"So it is $\boxed{0.5}$."))


def test_grading_agrees_with_that_of_votes():
    task = PUBLIC["gsm8k"]
    for question in task.load("dev", 20):
        said = [question.answer, f"{question.answer}.0", f"{question.answer}1", "none", None]
        assert [task.right(question, one) for one in said] == grade(said, question.answer).tolist()
