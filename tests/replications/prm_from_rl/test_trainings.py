import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from safetensors import safe_open

from common.errors import InputError
from common.paths import MODELS
from common.training import checkpoints
from lab import arithmetic, formats
from lab.world import split_of
from replications.prm_from_rl import heads, study, trainings
from replications.prm_from_rl.study import BASE, FORMAT, OUTCOME, PRM, RANDOM, SHUFFLED
from replications.prm_from_rl.trainings import Plan
from tests.replications.prm_from_rl import made_up

PLAN = Plan(
    base=str(MODELS / "lab-0.15m"), witnesses=(), split="dev", steps=2, seeds=1, items=6, pool_problems=2, samples=4,
    every=1, prompts_per_step=3, group_size=4, labelled=20, head_seeds=1,
)  # fmt: skip


def begin(folder):
    """Items are frozen in the folder, so that no witness is needed."""
    folder.mkdir()
    study.write_items(made_up.solutions(6), folder / study.ITEMS)
    return folder


@pytest.fixture(scope="module", autouse=True)
def quick_heads():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heads, "DEV", 10)
        patch.setattr(heads, "SETTINGS", heads.SETTINGS.model_copy(update={"epochs": 1}))
        yield


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = begin(tmp_path_factory.mktemp("experiment") / "done")
    trainings.run(PLAN, folder)
    return folder


def test_an_experiment_measures_every_arm_at_every_checkpoint(done):
    found = study.read(done)
    for arm in trainings.ARMS:
        assert found.steps(arm, 0) == [0, 1, 2]
        assert len(found.final(arm, "self-ref")[0]) == len(found.final(arm, "own")[0]) == 6
    assert set(found.seeds(PRM)) == set(found.seeds(SHUFFLED)) == {0}
    assert {key[3] for key in found.values if key[0] == BASE} == {"solve", "judge", "own", "self-ref", "vote"}
    assert found.pools.shape == (8, 7)
    assert set(found.training["arm"]) == set(trainings.ARMS)
    assert found.settings["plan"]["learning_rate"] == PLAN.learning_rate
    pool = {str(chain) for chain in trainings.prepare(PLAN, done).pool}
    assert not pool & {item.problem for item in found.items}


def test_a_finished_experiment_is_not_run_again(done, monkeypatch):
    monkeypatch.setattr(trainings, "train", lambda *_: pytest.fail("trained again"))
    before = (done / study.RESULTS).read_bytes()
    trainings.run(PLAN, done)
    assert (done / study.RESULTS).read_bytes() == before


def test_a_run_that_was_killed_goes_on_to_the_same_results(done, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(done, again)
    for name in (study.RESULTS, study.POOLS, "prm-0.json"):  # killed between the two heads
        (again / name).unlink()
    shutil.rmtree(again / f"{RANDOM}-0")  # as if it had not begun, and another had been killed after its first step
    (again / f"{OUTCOME}-0" / trainings.DONE).unlink()
    (again / f"{OUTCOME}-0" / checkpoints.FILE).unlink()
    (again / f"{OUTCOME}-0" / "step-000002.json").unlink()
    trainings.run(PLAN, again)
    for name in (study.RESULTS, study.POOLS, study.TRAINING):
        assert (again / name).read_bytes() == (done / name).read_bytes()


def test_only_the_coin_trains_at_a_rate_of_its_own(done):
    def rate(arm):
        with safe_open(done / f"{arm}-0" / checkpoints.FILE, framework="pt") as file:
            return json.loads(file.metadata()["training"])["identity"]["learning_rate"]

    rates = {arm: rate(arm) for arm in trainings.ARMS}
    assert rates == {**dict.fromkeys(trainings.ARMS, PLAN.learning_rate), RANDOM: PLAN.random_rate}


def test_another_draw_has_other_problems(tmp_path):
    prompts = [set(trainings.to_learn(Plan(steps=5, draw=draw), 0)["prompt"]) for draw in (0, 1)]
    assert len(prompts[0] & prompts[1]) < 0.05 * len(prompts[0])
    witness = str(MODELS / "lab-0.15m")
    plans = [replace(PLAN, draw=draw, items=20, witnesses=(witness,)) for draw in (0, 1)]
    folders = [tmp_path / "0", tmp_path / "1"]
    for folder in folders:
        folder.mkdir()
    settings = [trainings.prepare(plan, folder) for plan, folder in zip(plans, folders, strict=True)]
    for name in ("to_solve", "pool", "items"):
        first_of, other_of = ({getattr(x, "problem", str(x)) for x in getattr(s, name)} for s in settings)
        assert not first_of & other_of
    again = trainings.prepare(plans[0], folders[0])  # from the items that were frozen
    assert again.items == settings[0].items


def test_a_folder_of_another_experiment_is_refused(done):
    with pytest.raises(InputError, match="holds an experiment with another steps"):
        trainings.run(trainings.small(PLAN, 3, 1), done)


def test_a_base_that_is_not_there_is_one_clear_line(tmp_path):
    plan = Plan(base=str(tmp_path / "none"))
    with pytest.raises(InputError, match="cannot be loaded"):
        trainings.run(plan, tmp_path / "run")


@pytest.mark.parametrize(
    ("text", "outcome", "form"),
    [
        (" 7 + 5 = 12; 12 * 3 = 7; Answer: 7", 1, 1),
        (" 7 + 5 = 13; 13 * 3 = 10; Answer: 10", 0, 1),
        (" 7 + 5 = 13; 13 * 3 = 10; Answer: 7", 1, 1),  # the answer alone counts
        (" 7 + 5 = 12; 12 * 3 = 7;", 0, 0),
        (" Answer: 7", 1, 0),
        (" 7 + 5 = 12; so Answer: 7", 0, 0),
        (" 7 + 5 = 12; Answer: 7 7", 1, 0),
        ("", 0, 0),
    ],
)
def test_rewards_look_at_the_answer_or_at_the_form_alone(text, outcome, form):
    given = {"prompts": [""], "completions": [text], "answer": [7]}
    assert trainings.reward(OUTCOME, 0)(**given) == [outcome]
    assert trainings.reward(FORMAT, 0)(**given) == [form]


def test_what_is_learnt_from_is_taught_and_the_same_for_all_arms_of_a_seed():
    first, again, other = (trainings.to_learn(Plan(steps=5), seed) for seed in (0, 0, 1))
    assert first == again != other
    chains = [arithmetic.chain_of(p.removeprefix("Question: ").partition(" =?")[0]) for p in first["prompt"]]
    assert {split_of(chain) for chain in chains} == {"taught"}
    assert first["answer"] == [arithmetic.answer(chain) for chain in chains]
    assert trainings.right_answer(formats.solution_text(arithmetic.solve(chains[0])), first["answer"][0])


def test_the_last_checkpoint_is_that_of_the_full_measurement(done):
    folder = done / f"{OUTCOME}-0"
    full, last = (json.loads((folder / name).read_text()) for name in (trainings.DONE, "step-000002.json"))
    assert {name: full[name] for name in last} == last
    values = trainings.gather(done, PLAN, {})
    np.testing.assert_array_equal(values[OUTCOME, 0, 2, "solve"], full["solve"])
