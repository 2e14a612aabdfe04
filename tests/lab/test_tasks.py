import pytest

from lab import arithmetic, formats, tasks
from lab.world import split_of

TASKS = (tasks.FACTS, tasks.ARITHMETIC, tasks.PROBLEMS)
SPLITS = ("taught", "dev", "test")


@pytest.fixture(params=TASKS, ids=lambda task: task.name)
def task(request):
    return request.param


def test_splits_share_no_question(task):
    taught, dev, test = ({question.text for question in task.load(split, 200)} for split in SPLITS)
    assert len(taught) == len(dev) == len(test) == 200
    assert len(taught | dev | test) == 600


def test_a_question_is_asked_up_to_its_answer_and_what_an_example_shows_is_right(task):
    for question in task.load("dev", 50):
        assert question.text in question.prompt
        assert question.prompt.endswith(":")
        assert task.right(question, task.read(f" {question.shown}"))
        assert not task.right(question, "farmer")
        assert not question.values or question.answer in question.values


def test_facts_are_all_of_a_split_and_problems_of_one_step_are_few():
    facts, problems = tasks.FACTS.load("test", 800), tasks.ARITHMETIC.load("test", 600)
    assert len(facts) == 800
    assert [problem.level[:6] for problem in problems].count("1 step") == 300
    assert len({problem.text for problem in problems}) == 600
    assert {fact.level for fact in facts} == set(tasks.FACTS.levels)
    assert {problem.level for problem in problems} == set(tasks.ARITHMETIC.levels)


def test_a_word_is_read_as_it_stands_and_only_if_it_is_in_the_vocabulary():
    read = tasks.FACTS.read
    assert (read(" farmer hunter"), read("Qwertz"), read(" ")) == ("farmer hunter", None, None)


@pytest.mark.parametrize("split", SPLITS)
def test_long_problems_come_from_their_split_and_in_equal_numbers_of_each_length(split):
    questions = tasks.long(split, 25, seed=3)
    chains = [arithmetic.chain_of(question.id) for question in questions]
    assert {split_of(chain) for chain in chains} == {split}
    assert [sum(len(chain.operations) == steps for chain in chains) for steps in range(2, 7)] == [5] * 5
    assert all(q.hard == (chain.rare_steps >= 2) for q, chain in zip(questions, chains, strict=True))
    assert questions == tasks.long(split, 25, seed=3) != tasks.long(split, 25, seed=4)
    assert questions[0].prompt == formats.solution(chains[0]).prompt


@pytest.mark.parametrize("text", ["", " 3 + 4 = 7;", " Answer", " what Answer: 3"])
def test_a_solution_without_an_answer_states_none(text):
    assert tasks.PROBLEMS.read(text) is None
