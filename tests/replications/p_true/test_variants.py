from types import SimpleNamespace

import numpy as np
import pytest

from common.engines import Completion
from replications.p_true import variants
from replications.p_true.tasks import load_task
from replications.p_true.variants import PLAIN, Variants

TASK = load_task("facts", "dev", 3)
HINTED = ("hint", 1.0)


class Parrot:
    """An engine whose greedy answer is the last word of the first line of its prompt, unless that has none."""

    def sample(self, prompts, sampling):
        self.sampling = sampling
        texts = [prompt.splitlines()[0].split()[-1] for prompt in prompts]
        return [[Completion(f" {text}", (0,), (-1.0,), "stop", 1)] for text in texts]


@pytest.fixture
def made():
    """Every question alone; with its answer before it; and the second one without such a version."""
    first, _, third = TASK.questions
    told = [variants.beside(q, f"It is {q.answer}\n{q.prompt}") for q in (first, third)]
    return Variants(TASK, {PLAIN: TASK.questions, HINTED: (told[0], None, told[1])})


def test_a_version_changes_the_prompt_and_nothing_else(made):
    told = made.versions[HINTED][0]
    assert (told.id, told.answer) == (TASK.questions[0].id, TASK.questions[0].answer)
    assert told.prompt != TASK.questions[0].prompt
    assert made.questions == TASK.questions


def test_answers_are_greedy_and_graded_where_there_is_a_version(made):
    engine = Parrot()
    found = variants.answered(engine, made, 3)
    np.testing.assert_array_equal(found[HINTED], [1, np.nan, 1])
    np.testing.assert_array_equal(found[PLAIN], [0, 0, 0])
    assert (engine.sampling.temperature, engine.sampling.max_tokens) == (0, TASK.max_tokens)


def test_p_ik_is_read_from_the_prompt_of_each_version(made, monkeypatch):
    monkeypatch.setattr(variants.heads, "read", lambda head, prompts: np.array([head(p) for p in prompts]))
    found = variants.p_ik(SimpleNamespace(), lambda prompt: float(prompt.startswith("It is")), made)
    np.testing.assert_array_equal(found[PLAIN], [0, 0, 0])
    np.testing.assert_array_equal(found[HINTED], [1, np.nan, 1])
