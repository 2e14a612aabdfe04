import json

import pytest

from common.training import loop
from replications.prm_from_rl import study, train, trainings
from tests.replications.prm_from_rl import made_up


@pytest.fixture
def ran(monkeypatch, tmp_path):
    plans = []

    def run(plan, folder):
        plans.append((plan, folder))
        write(folder / "outcome-0", [{"step": 1, "rollout": 0.5, "update": 0.1, "tokens": 1000}] * 2)
        write(folder / "outcome-1", [{"step": 1, "rollout": 1.5, "update": 0.3, "tokens": 3000}] * 2)
        write(folder / "rejection-0", [{"step": 1, "update": 9.0}])

    monkeypatch.setattr(trainings, "run", run)
    monkeypatch.setattr(train, "OUTPUTS", tmp_path)
    return plans


def write(folder, points):
    folder.mkdir(parents=True)
    (folder / loop.TIMINGS).write_text("".join(json.dumps(point) + "\n" for point in points))


def test_options_make_the_plan_and_name_the_folder(ran, capsys):
    assert train.main(["--steps", "3", "--seeds", "1", "--split", "dev", "--witnesses", "a", "b"]) == 0
    ((plan, folder),) = ran
    assert (plan.steps, plan.seeds, plan.split, plan.witnesses, plan.every) == (3, 1, "dev", ("a", "b"), 3)
    assert (plan.labelled, plan.head_seeds) == (400, 1)  # of 40,000 at 300 steps
    assert folder.name == "train-lab-0.15m-dev-3x1"
    said = capsys.readouterr().out
    assert "1.20 s a step of reinforcement (1.00 s sampling, 0.20 s learning), 2,000 tokens sampled a second" in said
    assert f"results: {folder}" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--steps", "0"], "--steps and --seeds must be at least 1, got 0 and 6"),
        (["--steps", "3", "--publish"], "only the whole experiment is published"),
        (["--base", "models/lab-0.45m", "--publish"], "only the whole experiment is published"),
    ],
)
def test_bad_options_are_one_line_and_exit_code_2(ran, capsys, arguments, said):
    assert train.main(arguments) == 2
    assert said in capsys.readouterr().err
    assert not ran


def test_publishing_copies_results_and_one_model(tmp_path):
    folder = made_up.write(made_up.make(), tmp_path / "work")
    (folder / train.WEIGHTS / "model").mkdir(parents=True)
    (folder / train.WEIGHTS / "model" / "model.safetensors").write_bytes(b"weights")
    train.publish(folder, tmp_path / "published")
    assert study.read(tmp_path / "published").items == study.read(folder).items
    assert (tmp_path / "published" / train.WEIGHTS / "model.safetensors").read_bytes() == b"weights"
