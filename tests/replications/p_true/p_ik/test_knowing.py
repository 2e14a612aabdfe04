import numpy as np
import pytest

from common.completions import Completion
from common.engines import load_engine
from common.errors import InputError
from common.paths import MODELS
from replications.p_true.p_ik import knowing
from replications.p_true.tasks import load_task


class Scripted:
    """An engine whose samples to the nth question are the nth texts, and whose greedy answer is the first of them."""

    def __init__(self, texts, logprobs=(-1.0, -2.0)):
        self.texts, self.logprobs = texts, logprobs

    def sample(self, prompts, sampling):
        self.prompts = prompts
        drawn = self.texts if sampling.temperature else [several[:1] for several in self.texts]
        return [[Completion(text, (0, 1), self.logprobs, "stop", 1) for text in several] for several in drawn]


@pytest.fixture
def task():
    return load_task("facts", "dev", 4)


def test_shares_leave_unreadable_samples_out_and_count_them(task):
    right = [question.answer for question in task.questions]
    texts = [
        [right[0], right[0], "qqq", "qqq"],
        [right[1], "Nirgends", right[1], "7"],
        ["7", "7", "7", right[2]],
        ["qqq"] * 4,
    ]
    texts[1][1] = "8"
    engine = Scripted(texts)
    with pytest.raises(ValueError, match="zip"):  # the greedy answers of three questions
        knowing.ask(Scripted(texts[:3]), [task], 0, 4)
    found = knowing.ask(engine, [task], 0, 4)
    assert found.shares.tolist() == [1.0, 0.5, 0.25]
    assert found.known.tolist() == [1, 0, 0]
    assert (found.unreadable, found.left_out) == (6, 1)
    assert found.questions == task.questions[:3]


def test_likelihood_is_the_geometric_mean_of_the_greedy_answers_tokens(task):
    texts = [[question.answer] for question in task.questions]
    found = knowing.ask(Scripted(texts, (-1.0, -3.0)), [task], 0, 1)
    np.testing.assert_allclose(found.likelihood, np.exp(-2.0))


def test_no_readable_sample_at_all_is_refused(task):
    with pytest.raises(InputError, match="take a model that answers"):
        knowing.ask(Scripted([["qqq"]] * 4), [task], 0, 1)


@pytest.mark.parametrize("name", ["facts", "arithmetic"])
def test_heads_learn_from_dev_and_taught_questions_and_never_from_test_or_example_ones(name):
    few, many = (knowing.to_learn(name, count, 0) for count in (100, 500))
    ids = [question.id for task in many for question in task.questions]
    assert len(ids) == len(set(ids)) == 500
    dev = {question.id for question in load_task(name, "dev", 400).questions}
    assert {question.id for question in few[0].questions} <= dev
    assert sum(one in dev for one in ids) == knowing.DEV
    test = {question.id for question in load_task(name, "test", 800).questions}
    assert not test & set(ids)
    assert not {example.id for example in many[0].examples} & set(ids)


def test_what_a_lab_model_knows_does_not_depend_on_what_else_is_asked():
    engine = load_engine(MODELS / "lab-0.15m", engine="hf", store=None)
    one, two = (knowing.ask(engine, [load_task("facts", "dev", count)], 0, 10) for count in (6, 12))
    np.testing.assert_array_equal(one.shares, two.shares[:6])
    assert 0 <= one.likelihood.min() <= one.likelihood.max() <= 1


def test_the_budget_counts_samples_and_greedy_answers(task):
    assert knowing.most_tokens([task, task]) == 2 * 4 * 31 * task.max_tokens
