import numpy as np
import pytest

from common.layouts import NONE_OF_THE_ABOVE
from replications.p_true import lettered
from replications.p_true.tasks import load_task
from tests.replications.p_true.made_up_models import MadeUp, insider


@pytest.fixture(scope="module")
def exam():
    return lettered.set_exam(load_task("facts", "dev", 60), np.random.default_rng(0))


def test_every_question_has_four_distinct_options_with_the_answer_at_the_key(exam):
    for item in (*exam.items, *exam.examples):
        assert len(set(item.options)) == lettered.OPTIONS
        assert item.options[item.key] == item.question.answer
        assert item.true == (item.proposed == item.question.answer)
    assert len(exam.examples) == lettered.SHOTS
    assert set(exam.keys) == {0, 1, 2, 3}
    assert 0.3 < exam.true.mean() < 0.7


def test_options_are_the_same_for_the_same_generator(exam):
    assert lettered.set_exam(exam.task, np.random.default_rng(0)).items == exam.items
    assert lettered.set_exam(exam.task, np.random.default_rng(1)).items != exam.items


@pytest.mark.parametrize("kind", lettered.KINDS)
def test_five_examples_with_their_answers_stand_before_the_same_prompt(exam, kind):
    engine = MadeUp()
    lettered.ask(engine, exam, kind, 0)
    bare, engine.asked = engine.asked, []
    lettered.ask(engine, exam, kind, lettered.SHOTS)
    header = "".join("".join(lettered.put(example, kind)) + "\n" for example in exam.examples)
    assert engine.asked == [header + prompt for prompt in bare]
    assert header.count("Question: ") == 5
    assert header.endswith("\n\n")


def test_only_the_last_option_is_replaced_and_the_label_stays(exam):
    for item in exam.items:
        usual, replaced = (lettered.put(item, kind) for kind in ("letters", "replaced"))
        assert replaced[0] == usual[0].replace(f"(D) {item.options[-1]}\n", f"(D) {NONE_OF_THE_ABOVE}\n")
        assert replaced[1] == usual[1] == f" ({'ABCD'[item.key]})\n"


def test_a_proposed_answer_is_labelled_true_where_it_is(exam):
    for item in exam.items:
        prompt, label = lettered.put(item, "true or false")
        assert f"Proposed Answer: {item.proposed}\n" in prompt
        assert label == (" (A)\n" if item.true else " (B)\n")


def test_scores_come_question_by_question(exam):
    found = lettered.ask(MadeUp(judge=insider), exam, "true or false", 5)
    np.testing.assert_allclose(found.probabilities[:, 0], np.where(exam.true, 0.9, 0.1), atol=1e-6)
    texts = lettered.ask(MadeUp(), exam, "texts", 0)
    letters = lettered.ask(MadeUp(), exam, "letters", 0)
    np.testing.assert_allclose(texts.probabilities, letters.probabilities, atol=1e-6)
    np.testing.assert_allclose(texts.mass, 0.5, atol=1e-6)
    assert (letters.mass == 0.75).all()
