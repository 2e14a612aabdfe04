import numpy as np
import pytest

from common import layouts
from common.engines import Completion, load_engine
from common.errors import InputError
from common.paths import MODELS
from common.stats.estimates import Undefined
from common.training.states import Backbone
from replications.p_true.ladder import Model
from replications.p_true.p_ik import experiment, knowing, prompts
from replications.p_true.p_ik.experiment import ALL
from replications.p_true.p_ik.params import PIkParams
from replications.p_true.p_ik.prompts import PLAIN, Variants
from replications.p_true.tasks import load_task, load_tasks
from tests.replications.p_true.p_ik import heads_of

MODEL = Model("lab-0.15m", str(MODELS / "lab-0.15m"))
SMALL = {"resamples": 100, "redraws": 50, "epochs": 2}
PARAMS = PIkParams(subject="lab-0.15m", compare="none", questions=40, learn=60, problems=6, **SMALL)
TASK = load_task("facts", "dev", 3)
HINTED = ("hint", 1.0)


@pytest.fixture(scope="module")
def engine():
    return load_engine(MODEL.source, engine="hf", store=None)


@pytest.fixture(scope="module")
def asked(engine):
    """Dev questions, some of which the head learns from: nothing is concluded here."""
    return experiment.ask(engine, PARAMS, "dev"), experiment.gather(engine, PARAMS, "dev")


@pytest.fixture(scope="module")
def said(engine, asked):
    truth, material = asked
    return {
        seed: experiment.perform([MODEL], {MODEL.name: engine}, {MODEL.name: truth}, material, PARAMS, seed)
        for seed in (0, 1)
    }


def test_everything_is_asked_and_said_for_every_head_task_and_version(asked, said):
    truth, material = asked
    found = said[0][MODEL.name]
    assert list(found.plain) == ["facts", ALL]
    for each in found.plain.values():
        assert {task: len(p) for task, p in each.items()} == {t: len(k.questions) for t, k in truth.tested.items()}
    assert set(found.articles[ALL]) == set(material.articles.versions)
    assert set(found.hints["facts"]) == set(material.hints.versions)
    np.testing.assert_allclose(found.articles["facts"][PLAIN], found.plain["facts"]["facts"], atol=1e-6)


def test_the_same_seed_gives_the_same_heads_and_another_seed_others(engine, asked, said):
    truth = asked[0]
    again = experiment.say(experiment.train(Backbone(MODEL.source), truth, PARAMS, 0), truth)
    first, other = (said[seed][MODEL.name].plain["facts"]["facts"] for seed in (0, 1))
    np.testing.assert_array_equal(again.plain["facts"]["facts"], first)
    assert not np.array_equal(first, other)


def test_hard_labels_and_a_frozen_backbone_are_others(engine, asked, said):
    for changed in ({"labels": "hard"}, {"backbone": "frozen"}):
        trained = experiment.train(Backbone(MODEL.source), asked[0], PARAMS.model_copy(update=changed), 0)
        p = experiment.say(trained, asked[0]).plain["facts"]["facts"]
        assert not np.array_equal(p, said[0][MODEL.name].plain["facts"]["facts"])


def test_a_head_with_one_label_only_says_why_it_was_not_trained_and_the_others_are(engine, asked):
    learned = {**asked[0].learned, "facts": heads_of.known("facts", np.zeros(60))}
    truth = experiment.Truth(learned, asked[0].tested)
    found = experiment.say(experiment.train(Backbone(MODEL.source), truth, PARAMS, 0), truth)
    assert "all labels are 0" in found.plain["facts"].reason
    assert isinstance(found.plain[ALL], dict)


def test_an_article_longer_than_the_context_is_named(engine, asked):
    question = asked[1].articles.questions[0]
    article = "The home of Aldan is Arvik. " * 400
    backbone = Backbone(MODEL.source)
    head = experiment.train(backbone, asked[0], PARAMS.model_copy(update={"backbone": "frozen"}), 0)[ALL]
    long = prompts.beside(question, layouts.with_background(article, question.text).prompt)
    made = Variants(asked[1].articles.task, {PLAIN: (question,), ("long", 1.0): (long,)})
    with pytest.raises(InputError, match="too many for the model's context of 1280"):
        experiment.p_ik(head, made)
    found = experiment.say({ALL: head}, asked[0], experiment.Material(made, Undefined("no hints")))
    assert "too many for the model's context" in found.articles[ALL].reason


class Parrot:
    """An engine whose greedy answer is the last word of the first line of its prompt, unless that has none."""

    def sample(self, prompts, sampling):
        self.sampling = sampling
        texts = [prompt.splitlines()[0].split()[-1] for prompt in prompts]
        return [[Completion(f" {text}", (0,), (-1.0,), "stop", 1)] for text in texts]


@pytest.fixture
def versions():
    """Every question alone; with its answer before it; and the second one without such a version."""
    first, _, third = TASK.questions
    told = [prompts.beside(q, f"It is {q.answer}\n{q.prompt}") for q in (first, third)]
    return Variants(TASK, {PLAIN: TASK.questions, HINTED: (told[0], None, told[1])})


def test_answers_are_greedy_and_graded_where_there_is_a_version(versions):
    engine = Parrot()
    found = experiment.greedy_right(engine, versions, 3)
    np.testing.assert_array_equal(found[HINTED], [1, np.nan, 1])
    np.testing.assert_array_equal(found[PLAIN], [0, 0, 0])
    assert (engine.sampling.temperature, engine.sampling.max_tokens) == (0, TASK.max_tokens)


def test_p_ik_is_read_from_the_prompt_of_each_version(versions, monkeypatch):
    monkeypatch.setattr(experiment.heads, "read", lambda head, prompts: np.array([head(p) for p in prompts]))
    found = experiment.p_ik(lambda prompt: float(prompt.startswith("It is")), versions)
    np.testing.assert_array_equal(found[PLAIN], [0, 0, 0])
    np.testing.assert_array_equal(found[HINTED], [1, np.nan, 1])


def test_versions_that_do_not_exist_have_no_numbers(engine, asked):
    task, questions = asked[1].articles.task, asked[1].articles.questions
    found = experiment.greedy_right(
        engine, Variants(task, {PLAIN: questions[:3], ("bad", 1.0): (None, questions[1], None)}), 0
    )
    assert np.isnan(found["bad", 1.0]).tolist() == [True, False, True]
    assert found["bad", 1.0][1] == found[PLAIN][1]


def test_models_to_compare_with_are_rungs_of_the_ladder_only():
    assert [model.name for model in experiment.models(PARAMS)] == ["lab-0.15m"]
    found = experiment.models(PIkParams(subject="lab-0.15m", compare="ends"))
    assert [model.name for model in found] == ["lab-0.15m", "lab-0.05m"]


class Counting:
    """An engine that writes one wrong solution to everything, and counts the tokens that it may generate."""

    def __init__(self):
        self.most = 0

    def sample(self, prompts, sampling):
        self.most += len(prompts) * sampling.n * sampling.max_tokens
        return [[Completion(" 1 + 1 = 2; Answer: 2", (0,), (-1.0,), "stop", 1)] * sampling.n for _ in prompts]


def test_the_budget_is_what_is_asked_for():
    engine = Counting()
    experiment.ask(engine, PARAMS, "dev")
    experiment.answered(engine, experiment.gather(engine, PARAMS, "dev"), 0)
    assert experiment.most_tokens(PARAMS, "dev") == engine.most > 0


def test_the_budget_counts_every_model():
    two = PARAMS.model_copy(update={"compare": "ends"})
    one = knowing.most_tokens([*load_tasks(PARAMS.tasks, "dev", 40, 0).values()]) + 120 * 31 * 4
    assert experiment.most_tokens(two, "dev") - experiment.most_tokens(PARAMS, "dev") == one
