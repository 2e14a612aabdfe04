import json
import os
import signal
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from common.errors import InputError
from common.paths import ROOT
from lab import train
from lab.train import Recipe

RECIPE = Recipe("0.05m", tokens=1_200_000)
STEPS = 30
KILLED_AT = 14  # between two checkpoints, after a point of the curve that the last checkpoint does not know
SCRIPT = """
import os, signal, sys
from pathlib import Path
import torch
from common.training import checkpoints
from lab import train
torch.set_num_threads(1)
train.LOG_EVERY = 3
folder, steps, killed_at = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
step, update, save = 0, train.update, checkpoints.save
def dying(*arguments):
    global step
    step += 1
    if step == killed_at:
        os.kill(os.getpid(), signal.SIGKILL)
    update(*arguments)
def seldom(folder, model, optimizers, at, identity):
    if at % 9 == 0 or at == steps:
        save(folder, model, optimizers, at, identity)
train.update, checkpoints.save, train.CHECKPOINT_SECONDS = dying, seldom, 0
train.train(train.Recipe("0.05m", tokens=1_200_000), folder, stop_after=steps)
"""


def training(folder, killed_at=0):
    command = [sys.executable, "-c", SCRIPT, str(folder), str(STEPS), str(killed_at)]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "TQDM_DISABLE": "1"}, check=False).returncode


def points(folder):
    path = folder / "curve.jsonl"
    return path.read_text().splitlines() if path.exists() else []


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    assert training(folder) == 0
    return folder


def test_a_training_killed_and_resumed_gives_the_same_curve_and_weights(undisturbed, tmp_path):
    assert training(tmp_path, KILLED_AT) == -signal.SIGKILL
    assert [json.loads(point)["step"] for point in points(tmp_path)] == [3, 6, 9, 12]
    assert training(tmp_path) == 0
    assert points(tmp_path) == points(undisturbed)
    ours, theirs = (load_file(folder / "checkpoint.safetensors") for folder in (tmp_path, undisturbed))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_loss_falls(undisturbed):
    losses = [json.loads(point)["loss"] for point in points(undisturbed)]
    assert losses[-1] < losses[0] - 0.1


def test_the_exported_model_is_the_trained_one(undisturbed, tmp_path):
    model = train.train(RECIPE, undisturbed, stop_after=STEPS)
    train.export(model, tmp_path)
    loaded = AutoModelForCausalLM.from_pretrained(tmp_path)
    ids = torch.tensor([[0, 5, 6, 7]])
    assert torch.equal(loaded(ids).logits, model(ids).logits)
    assert not list(tmp_path.glob("*.bin"))


def test_a_damaged_checkpoint_says_what_to_do(tmp_path):
    (tmp_path / "checkpoint.safetensors").write_bytes(b"half a file")
    with pytest.raises(InputError, match=r"is damaged .*delete it"):
        train.train(RECIPE, tmp_path, stop_after=1)


def test_a_checkpoint_of_another_recipe_is_refused(undisturbed):
    with pytest.raises(InputError, match="a training with another seed"):
        train.train(Recipe("0.05m", seed=1, tokens=1_200_000), undisturbed, stop_after=1)


def test_a_size_that_is_not_in_the_ladder_names_those_that_are(tmp_path):
    with pytest.raises(InputError, match=r"no size '7b'.*0\.05m, 0\.15m, 0\.45m, 1\.3m"):
        train.train(Recipe("7b"), tmp_path)


def test_a_training_cut_short_is_never_published(tmp_path):
    with pytest.raises(InputError, match="leave out --steps"):
        train.run(RECIPE, tmp_path, steps=5, publish=True)


def test_the_command_line_refuses_an_unknown_size():
    command = [sys.executable, "-m", "lab", "train", "7b"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith("error: no size '7b'")


def test_names_tell_size_dose_and_seed():
    assert Recipe("1.3m").name == "lab-1.3m"
    assert Recipe("0.45m", seed=2, dose="none").name == "lab-0.45m-dose-none-seed2"
