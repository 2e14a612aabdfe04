import pytest

from common.engines import Completion
from common.errors import InputError
from replications.p_true import tasks
from replications.p_true.tasks import LAB_TASKS, load_task
from tests.replications.p_true.made_up_models import MadeUp

PUBLIC = [name for name in tasks.LOADERS if name not in LAB_TASKS]


def asked(name, split, count=200, seed=0):
    return {question.text for question in load_task(name, split, count, seed).questions}


@pytest.mark.parametrize("name", LAB_TASKS)
def test_splits_of_the_lab_share_no_question(name):
    taught, dev, test = (asked(name, split) for split in ("taught", "dev", "test"))
    assert len(taught) == len(dev) == len(test) == 200
    assert len(taught | dev | test) == len(taught) + len(dev) + len(test)


@pytest.mark.parametrize("name", PUBLIC)
def test_splits_of_public_tasks_share_no_question(name, mirror):
    taught, dev, test = (asked(name, split, 60) for split in ("taught", "dev", "test"))
    assert len(taught) == len(dev) == len(test) == 60
    assert len(taught | dev | test) == len(taught) + len(dev) + len(test)


@pytest.mark.parametrize("name", LAB_TASKS)
def test_examples_are_dev_questions_that_no_split_is_asked(name):
    dev = {q.text for q in tasks.LOADERS[name]("dev", tasks.POOL)}
    for split in ("dev", "test"):
        task = load_task(name, split, 100)
        examples = {example.text for example in task.examples}
        assert len(examples) == tasks.RESERVED
        assert examples <= dev
        assert not examples & {question.text for question in task.questions}


def test_the_seed_draws_the_examples_and_not_the_questions():
    first, second = (load_task("facts", "test", 50, seed) for seed in (0, 1))
    assert first.questions == second.questions
    assert first.examples != second.examples
    assert load_task("facts", "test", 50, 0).examples == first.examples


def test_more_questions_begin_with_the_same_ones():
    for name in LAB_TASKS:
        few, many = (load_task(name, "test", count) for count in (40, 160))
        assert few.questions == many.questions[:40]
        assert few.examples == many.examples


def test_the_lab_has_the_questions_that_the_claims_are_about():
    facts, problems = tasks.load_tasks(LAB_TASKS, "test", 800, 0).values()
    assert len(facts.questions) == 800
    assert [q.level[:6] for q in problems.questions].count("1 step") == 300
    assert len({q.text for q in problems.questions}) == 600
    assert {q.level for q in facts.questions} == set(facts.levels)
    assert {q.level for q in problems.questions} == set(problems.levels)


def test_a_lab_answer_is_right_as_it_stands_and_unknown_words_are_unreadable():
    task = load_task("facts", "dev", 1)
    question = task.questions[0]
    assert task.grade(question, f" {question.answer}")
    assert not task.grade(question, "farmer")
    assert task.read("farmer hunter") == "farmer hunter"
    assert task.read("Qwertz") is None
    assert task.read(" ") is None


def test_public_answers_are_compared_in_normal_form_against_every_alias(mirror):
    task = load_task("triviaqa", "test", 50)
    question = max(task.questions, key=lambda question: len(question.accepted))
    assert len(question.accepted) > 1
    assert task.grade(question, f" {question.answer.upper()}.")
    assert not task.grade(question, f"{question.answer} and more")
    assert task.read("\n") is None


def test_solutions_are_graded_by_the_number_after_the_marks(mirror):
    task = load_task("gsm8k", "test", 1)
    question = task.questions[0]
    assert task.grade(question, f"First 1 + 1 = 2.\n#### {question.answer}")
    assert task.grade(question, question.shown)
    assert not task.grade(question, f"{question.answer} at first\n#### 123456")
    assert task.read("I cannot tell") == "i cannot tell"


def test_a_passage_is_asked_as_a_blank_to_fill(mirror):
    task = load_task("lambada", "test", 1)
    prompt = task.open_prompt(task.questions[0])
    assert prompt.endswith(" ____. ->")
    assert prompt.count("____. -> ") == tasks.OPEN_SHOTS
    assert task.examples[0].answer in prompt


def test_the_lab_is_asked_without_examples_and_in_the_words_it_was_taught():
    task = load_task("arithmetic", "dev", 1)
    assert task.open_prompt(task.questions[0]) == f"Question: {task.questions[0].text}\nAnswer:"


def test_only_questions_with_known_values_can_be_lettered(mirror):
    assert len(load_task("arc", "test", 1).questions[0].quiz.values) == 4
    with pytest.raises(InputError, match="has no options to choose from: take a task that has, such as arc"):
        _ = load_task("triviaqa", "test", 1).questions[0].quiz


def test_an_unknown_task_is_named_with_those_there_are():
    with pytest.raises(InputError, match="no task 'trivia': choose from facts, arithmetic, triviaqa"):
        load_task("trivia", "test", 1)


def test_samples_carry_their_answer_grade_and_mean_log_probability():
    task = load_task("facts", "dev", 3)
    engine = MadeUp(unreadable=0.5)
    drawn = tasks.draw(engine, task, task.questions, seed=3)
    assert [len(samples) for samples in drawn] == [tasks.SAMPLES] * 3
    for question, samples in zip(task.questions, drawn, strict=True):
        for sample in samples:
            assert sample.right == (sample.answer == question.answer)
            if sample.answer is None:
                assert (sample.text, sample.logprob) == ("Qwertz", -3.0)
    assert {sample.answer is None for samples in drawn for sample in samples} == {True, False}
    assert isinstance(engine.sample([task.open_prompt(task.questions[0])], tasks.Sampling())[0][0], Completion)
