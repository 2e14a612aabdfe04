from dataclasses import replace

import pytest

from common.engines import Completion
from common.errors import InputError
from common.tasks import PUBLIC
from replications.p_true import tasks
from replications.p_true.params import LAB_TASKS
from replications.p_true.tasks import load_task
from tests.replications.p_true.made_up_models import MadeUp


def test_the_labs_tasks_come_first():
    assert tuple(tasks.TASKS)[:2] == LAB_TASKS


@pytest.mark.parametrize("name", LAB_TASKS)
def test_examples_are_dev_questions_that_no_split_is_asked(name):
    dev = {q.text for q in tasks.TASKS[name].load("dev", tasks.POOL)}
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


def test_a_lab_answer_is_its_own_form_and_unknown_words_are_unreadable():
    task = load_task("facts", "dev", 1)
    question = task.questions[0]
    assert task.grade(question, f" {question.answer}")
    assert not task.grade(question, "Qwertz")
    assert (task.answer("farmer hunter"), task.answer("Qwertz"), task.answer(" ")) == ("farmer hunter", None, None)


def test_a_text_that_states_no_answer_is_its_own(mirror):
    task = load_task("gsm8k", "test", 1)
    question = task.questions[0]
    assert task.grade(question, question.shown)
    assert task.answer(question.shown) == task.answer(f" {question.answer}.") == question.answer
    assert task.grade(question, f" {question.answer}.")
    assert task.answer("I cannot tell") == "i cannot tell"
    assert task.answer("\n") is None


@pytest.mark.parametrize("name", PUBLIC)
def test_examples_of_public_tasks_are_no_questions_and_state_the_right_answer(name, mirror):
    task = load_task(name, "dev", 5)
    assert len(task.questions) == 5
    assert not {q.id for q in task.questions} & {q.id for q in task.examples}
    assert all(task.grade(example, example.shown) for example in task.examples)


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
    assert len(tasks.quiz(load_task("arc", "test", 1).questions[0]).values) == 4
    with pytest.raises(InputError, match="has no options to choose from: take a task that has, such as arc"):
        tasks.quiz(load_task("triviaqa", "test", 1).questions[0])


def test_three_options_are_too_few_to_be_lettered():
    question = replace(load_task("example", "test", 1).questions[0], values=("Rome", "Oslo", "Paris"))
    with pytest.raises(InputError, match="question example/40 has 3 options, not four, to choose from"):
        tasks.quiz(question)


def test_a_task_of_ones_own_has_examples_as_any_other():
    first, second = (load_task("example", "test", 50, seed) for seed in (0, 1))
    assert first.questions == second.questions
    assert len(first.questions) == len(first.examples) == 20
    assert first.examples != second.examples
    assert first.grade(first.questions[0], " helsinki.")


def test_an_unknown_task_is_named_with_those_there_are():
    with pytest.raises(InputError, match="no task 'trivia': one of facts, arithmetic, triviaqa"):
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
