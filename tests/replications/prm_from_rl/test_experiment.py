import shutil

import numpy as np
import pytest

from common import subjects
from common.engines import load_engine
from common.errors import InputError
from common.paths import MODELS
from replications.prm_from_rl import estimates, experiment, judging, study, tables, trainings
from replications.prm_from_rl.params import Params
from tests.replications.judging import judge
from tests.replications.prm_from_rl import made_up


@pytest.fixture
def load(tmp_path):
    """Load a study; its subject, if it is asked, keeps its answers apart. `change` is done to the engine first."""

    def load_(params, change=lambda engine: engine):
        def ask(name):
            return change(load_engine(subjects.find(name).source, engine="hf", store=tmp_path / "s.sqlite"))

        return experiment.load(params, ask)

    return load_


def test_any_model_judges_real_items_and_noise_is_counted_as_unparseable(load, chat_model, mirror, capsys):
    params = Params(subject=str(chat_model), task="processbench-gsm8k", items=4, max_tokens=8)
    found = load(params)
    assert f"4 solutions to judge; at most {4 * 11 * 8:,} tokens" in capsys.readouterr().out
    assert {key[3] for key in found.values} == {"judge", "self-ref", "vote"}
    rng = np.random.default_rng(0)
    resampled = judging.Resampled(found.items, rng, 100)
    table = tables.judges(found, resampled).set_index("judge")
    assert table.loc["model", ["f1", "unparseable"]].tolist() == [0, 1]
    assert tables.dependences(found).empty
    assert tables.best_of_n(found, {}, rng, 100).empty
    verdicts = judge("prm_from_rl", estimates.by_claim(found, resampled, {}, rng, 100, "model"), "some/model")
    assert {verdict.verdict for verdict in verdicts} == {"not testable here"}


def test_a_smaller_model_judges_the_same_solutions(load, chat_model, mirror, tmp_path):
    other = shutil.copytree(chat_model, tmp_path / "other")
    params = Params(subject=str(chat_model), task="processbench-gsm8k", items=4, max_tokens=8, vote=False)
    found = load(params.model_copy(update={"beside": str(other)}))
    assert set(found.values) == {
        ("model", 0, 0, "judge"),
        ("model", 0, 0, "self-ref"),
        ("smaller model", 0, 0, "judge"),
    }
    table = tables.judges(found, judging.Resampled(found.items, np.random.default_rng(0), 100))
    assert table["judge"].tolist() == ["model", "smaller model"]
    with pytest.raises(ValueError, match="is the subject itself"):
        Params(subject=str(chat_model), task="processbench-gsm8k", beside=str(chat_model))


def test_a_lab_model_is_measured_on_published_items_and_other_problems(load, tmp_path, monkeypatch):
    made = made_up.write(made_up.make(12), tmp_path / "made")
    params = Params(subject="lab-0.15m", measure=True, results=str(made), items=8, problems=3, samples=4, vote=False)
    found = load(params)
    assert len(found.items) == 8
    assert {item.problem for item in found.items} <= {item.problem for item in study.read(made).items}
    assert set(found.values) == {("model", 0, 0, what) for what in ("judge", "self-ref", "own", "solve")}
    assert len(found.pools) == 12
    assert len(found.values["model", 0, 0, "solve"]) == 8
    table = tables.starting_point(found, judging.Resampled(found.items, np.random.default_rng(0), 100))
    assert "solving" in table["measure"].tolist()


def test_a_part_of_the_items_takes_the_pool_of_the_published_trainings(load, tmp_path, monkeypatch):
    made = made_up.write(made_up.make(12), tmp_path / "made")
    drawn = []
    monkeypatch.setattr(
        experiment.pools, "sample", lambda engine, form, pool, *_, **__: drawn.append(pool) or study_pool()
    )
    load(Params(subject="lab-0.15m", measure=True, results=str(made), items=4, problems=2, samples=4, vote=False))
    plan = trainings.Plan(base=str(MODELS / "lab-0.15m"), items=12, pool_problems=2)
    assert drawn == [trainings.prepare(plan, made).pool]


def study_pool():
    return made_up.pool(np.random.default_rng(0), 2, 4).assign(text="")


def test_no_more_tokens_are_generated_than_said(load, tmp_path, monkeypatch, capsys):
    made = made_up.write(made_up.make(12), tmp_path / "made")
    written = []

    def counting(engine):
        sample = engine.sample

        def counted(prompts, sampling):
            written.append(len(prompts) * sampling.n * sampling.max_tokens)
            return sample(prompts, sampling)

        engine.sample = counted
        return engine

    load(Params(subject="lab-0.15m", measure=True, results=str(made), items=4, problems=2, samples=4), counting)
    most = int(capsys.readouterr().out.split("at most ")[1].split(" tokens")[0].replace(",", ""))
    assert sum(written) <= most <= 1.2 * sum(written)


def test_recorded_results_are_the_default(load, tmp_path):
    made = made_up.make()
    folder = made_up.write(made, tmp_path)
    assert load(Params(results=str(folder))).values.keys() == made.values.keys()
    with pytest.raises(InputError, match="run `make train-prm`"):
        load(Params(results=str(tmp_path / "none")))


def test_trainings_of_now_have_the_size_asked_for(load, monkeypatch):
    plans = []
    monkeypatch.setattr(trainings, "run", lambda plan, folder: plans.append((plan, folder)))
    load(Params(steps=3, seeds=2, items=20, problems=5, samples=8))
    ((plan, folder),) = plans
    assert (plan.steps, plan.seeds, plan.items, plan.pool_problems, plan.samples, plan.every) == (3, 2, 20, 5, 8, 3)
    assert plan.base == str(MODELS / "lab-0.15m")
    assert folder.name == "train-lab-0.15m-test-3x2-20-5x8"


def test_a_model_that_the_trainings_did_not_begin_with_is_measured(load, tmp_path):
    made = made_up.write(made_up.make(12), tmp_path / "made")
    found = load(Params(subject="lab-0.05m", results=str(made), items=4, problems=0, vote=False))
    assert {key[0] for key in found.values} == {"model"}
    assert {item.problem for item in found.items} <= {item.problem for item in study.read(made).items}
