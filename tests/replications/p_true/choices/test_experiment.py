import numpy as np
import pytest

from replications.p_true.choices import experiment, prompts
from replications.p_true.tasks import load_task, load_tasks
from tests.replications.p_true.made_up_models import MadeUp, insider


@pytest.fixture(scope="module")
def facts():
    return prompts.set_exam(load_task("facts", "dev", 60), np.random.default_rng(0))


def test_questions_of_all_tasks_stand_one_after_the_other(exam):
    answers = exam.answers
    assert len(answers.keys) == len(answers.true) == 300
    assert {scored.probabilities.shape[0] for scored in answers.scores.values()} == {300}
    assert len(answers.scores) == 3 * 4 * 2
    table, right = answers.options(("large", "true or false", 5))
    assert table.shape == (300, 2)
    np.testing.assert_array_equal(right == 0, answers.true)
    np.testing.assert_array_equal(answers.options(("large", "texts", 0))[1], answers.keys)


def test_the_same_seed_sets_the_same_exam_and_another_seed_another():
    first, again, other = (experiment.set_exams(load_tasks(("facts",), "dev", 30, 0), seed) for seed in (0, 0, 1))
    assert first == again
    assert first[0].questions != other[0].questions


@pytest.mark.parametrize("kind", prompts.KINDS)
def test_five_examples_with_their_answers_stand_before_the_same_prompt(facts, kind):
    engine = MadeUp()
    experiment.ask_one(engine, facts, kind, 0)
    bare, engine.asked = engine.asked, []
    experiment.ask_one(engine, facts, kind, prompts.SHOTS)
    header = "".join("".join(prompts.put(example, kind)) + "\n" for example in facts.examples)
    assert engine.asked == [header + prompt for prompt in bare]
    assert header.count("Question: ") == 5
    assert header.endswith("\n\n")


def test_scores_come_question_by_question(facts):
    found = experiment.ask_one(MadeUp(judge=insider), facts, "true or false", 5)
    np.testing.assert_allclose(found.probabilities[:, 0], np.where(facts.true, 0.9, 0.1), atol=1e-6)
    texts = experiment.ask_one(MadeUp(), facts, "texts", 0)
    letters = experiment.ask_one(MadeUp(), facts, "letters", 0)
    np.testing.assert_allclose(texts.probabilities, letters.probabilities, atol=1e-6)
    np.testing.assert_allclose(texts.mass, 0.5, atol=1e-6)
    assert (letters.mass == 0.75).all()
