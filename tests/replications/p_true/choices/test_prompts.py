import numpy as np
import pytest

from common.layouts import NONE_OF_THE_ABOVE
from replications.p_true.choices import prompts
from replications.p_true.tasks import load_task


@pytest.fixture(scope="module")
def exam():
    return prompts.set_exam(load_task("facts", "dev", 60), np.random.default_rng(0))


def test_every_question_has_four_distinct_options_with_the_answer_at_the_key(exam):
    for item in (*exam.questions, *exam.examples):
        assert len(set(item.options)) == prompts.OPTIONS
        assert item.options[item.key] == item.question.answer
        assert item.true == (item.proposed == item.question.answer)
    assert len(exam.examples) == prompts.SHOTS
    assert set(exam.keys) == {0, 1, 2, 3}
    assert 0.3 < exam.true.mean() < 0.7


def test_options_are_the_same_for_the_same_generator(exam):
    assert prompts.set_exam(exam.task, np.random.default_rng(0)).questions == exam.questions
    assert prompts.set_exam(exam.task, np.random.default_rng(1)).questions != exam.questions


def test_only_the_last_option_is_replaced_and_the_label_stays(exam):
    for item in exam.questions:
        usual, replaced = (prompts.put(item, kind) for kind in ("letters", "replaced"))
        assert replaced[0] == usual[0].replace(f"(D) {item.options[-1]}\n", f"(D) {NONE_OF_THE_ABOVE}\n")
        assert replaced[1] == usual[1] == f" ({'ABCD'[item.key]})\n"


def test_a_proposed_answer_is_labelled_true_where_it_is(exam):
    for item in exam.questions:
        prompt, label = prompts.put(item, "true or false")
        assert f"Proposed Answer: {item.proposed}\n" in prompt
        assert label == (" (A)\n" if item.true else " (B)\n")
