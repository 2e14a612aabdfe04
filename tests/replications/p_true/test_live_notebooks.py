"""The live notebooks put to a model that is no lab model: small, random, with a chat template, on real questions.

Its answers are noise, so nothing is known and no head can be trained: what is tested is that every notebook ends, with
a verdict or a reason on each claim. GSM8K, whose solutions are long, goes through the same functions with short ones.
"""

import json
import os
from dataclasses import replace
from functools import partial

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from common import engines
from common.engines import load_engine
from common.errors import InputError
from common.labels import LAYOUTS
from common.runs.cells import find
from common.training.states import Backbone
from replications.p_true.ladder import Model
from replications.p_true.p_ik import experiment as p_ik
from replications.p_true.p_ik import hints, knowing
from replications.p_true.p_ik.params import PIkParams
from replications.p_true.p_ik.prompts import PLAIN
from replications.p_true.p_true import experiment, prompts
from replications.p_true.tasks import load_task
from tests.replications.judging import ruled

FAST = {"resamples": 100, "redraws": 50, "engine": "hf"}
ASKED = {
    "choices about arc": {"task": "arc", "questions": 12, "seeds": 2, "layout": "whole"},
    "choices about one's own": {"task": "example", "questions": 12, "layout": "whole"},
    "p_true about one's own": {"task": "example", "questions": 10, "layout": "chat"},
    "p_ik about one's own": {"task": "example", "questions": 12, "learn": 600, "epochs": 1, "learning_rate": 1e-5},
    "p_true about triviaqa": {"task": "triviaqa", "questions": 10, "layout": "chat"},
    "p_ik about lambada": {
        **{"task": "lambada", "questions": 12, "learn": 12, "epochs": 1, "seeds": 2, "learning_rate": 1e-5}
    },
}
WITHOUT_A_LADDER = {
    "choices": {"size", "shots"},
    "p_true": {"p-true-size", "small-models-easier", "large-models-judge-better", "untaught", "dose"},
    "p_ik": set(),
}


@pytest.fixture
def run(chat_model, mirror, tmp_path, monkeypatch):
    """Run a notebook in this process, which has loaded all libraries, and give what it wrote."""
    monkeypatch.setitem(os.environ, "RUN_DIR", str(tmp_path))
    monkeypatch.setattr(engines, "load_engine", partial(engines.load_engine, store=None, device="cpu"))

    def execute(notebook, given):
        space = {"display": None}
        with plt.rc_context():
            for cell in nbformat.read(find("p_true", notebook), as_version=4).cells:
                if cell.cell_type == "code":
                    exec(compile(cell.source, cell.id, "exec"), space)
                if "parameters" in cell.metadata.get("tags", []):
                    space |= {"subject": str(chat_model), **FAST, **given}
        return json.loads((tmp_path / "results.json").read_text())

    return execute


def reasons(results):
    return {claim["id"]: claim["method"] for claim in results["claims"] if claim["verdict"] == "not testable here"}


@pytest.mark.parametrize("asked", ASKED)
def test_any_model_can_be_asked_and_claims_about_a_ladder_are_not_judged(asked, run):
    notebook, given = asked.split()[0], ASKED[asked]
    results = run(notebook, given)
    assert {claim["route"] for claim in results["claims"]} == {"model"}
    without = {claim for claim, why in reasons(results).items() if "needs a family" in why}
    assert without == WITHOUT_A_LADDER[notebook]
    assert {row["seed"] for row in results["tables"]["by_seed"]} == set(range(given.get("seeds", 1)))
    assert all(0 <= row.get("mass", 1) <= 1 for row in results["tables"]["cells"])
    assert results["data"]
    if notebook == "p_ik":
        why = reasons(results)
        assert set(why) >= set(ruled("p_true/p_ik", "some/model"))  # noise is never right: there is nothing to learn
        assert "labels of two kinds" in why["p-ik-separates"]
        assert "needs a second task" in why["p-ik-transfers"]
        assert "articles are written about facts" in why["article-raises"]
        assert "hints take problems with worked solutions" in why["hints-fraction"]


@pytest.fixture(scope="module")
def engine(chat_model):
    return load_engine(chat_model, engine="hf", store=None, device="cpu")


@pytest.fixture
def problems(mirror):
    """Real problems; answers are cut short, since noise does not get better with length."""
    return replace(load_task("gsm8k", "dev", 3), max_tokens=4)


def test_p_true_is_asked_about_worked_solutions(engine, problems, chat_model):
    model = Model(str(chat_model), str(chat_model))
    made = experiment.perform({model.name: engine}, [model], {"gsm8k": problems}, 0, LAYOUTS["chat"])
    assert {key.condition for key in made.judged} == {condition.name for condition in prompts.CONDITIONS}
    for rows in made.judged.values():
        assert len(rows) == 3
        assert rows["p_true"].between(0, 1).all()
        assert rows["mass"].between(0, 1).all()


def test_p_ik_is_trained_on_worked_problems_and_read_beside_hints(engine, problems, chat_model):
    known = replace(knowing.ask(engine, [problems], 0, 2), shares=np.array([0.0, 0.5, 1.0]))  # noise is never right
    assert all(engine.render(prompt) == prompt for prompt in known.prompts)  # a chat model is asked in plain text, too
    truth = p_ik.Truth({"gsm8k": known}, {"gsm8k": known})
    params = PIkParams(subject=str(chat_model), task="gsm8k", epochs=1, batch_size=3, learning_rate=1e-5)
    head = p_ik.train(Backbone(str(chat_model), device="cpu"), truth, params, 0)["gsm8k"]
    made = hints.set_out(engine, problems, hints.problems(problems, "dev", 3), 0, 2)
    said = p_ik.p_ik(head, made)
    good = said[hints.GOOD, 1.0]
    assert ((good > 0) & (good < 1)).all()
    assert not np.array_equal(good, said[PLAIN])
    assert p_ik.greedy_right(engine, made, 0)[hints.GOOD, 1.0].shape == (3,)


def test_examples_longer_than_the_context_are_refused_in_one_line(engine):
    long = [prompts.Judged("A long question. " * 6000, ("yes",) * 5, True)]
    with pytest.raises(InputError, match="too many for the model's context of 12288") as refused:
        experiment.p_true(engine, long, prompts.SIX_IN_WORDS, prompts.COMPARISON_20, LAYOUTS["whole"])
    assert "\n" not in str(refused.value)
