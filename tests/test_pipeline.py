"""dvc.yaml, dvc.lock, params.yaml and the files they speak of."""

import subprocess
import sys

import pytest
import yaml

from common.datasets import registry
from common.paths import ROOT
from common.runs import cells


def dvc(*arguments):
    command = [sys.executable, "-m", "dvc", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def locked():
    return yaml.safe_load((ROOT / "dvc.lock").read_text())["stages"]


def test_every_published_cell_is_a_stage_and_is_locked_and_no_other(locked):
    published = yaml.safe_load((ROOT / "params.yaml").read_text())["cells"]
    named = dvc("stage", "list", "--name-only", "dvc.yaml").split()
    assert {name for name in named if name.startswith("publish@")} == {f"publish@{cell}" for cell in published}
    assert set(locked) == set(named)


def test_what_is_published_is_what_was_locked_and_a_plain_repro_runs_nothing(locked):
    for _ in range(2):
        said = dvc("repro")
        assert "Running stage" not in said
        assert "Updating lock" not in said
    assert yaml.safe_load((ROOT / "dvc.lock").read_text())["stages"] == locked


def test_stages_publish_where_their_cells_lie(locked):
    every = cells.load()
    for name, stage in locked.items():
        if name.startswith("publish@"):
            cell = every[name.removeprefix("publish@")]
            assert stage["cmd"] == f"python -m common.runs cells {cell.name} --size full"
            assert {out["path"].rpartition("/")[0] for out in stage["outs"]} == {f"results/{cell.place}"}


def test_published_outputs_survive_a_failed_run_and_live_in_git():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    for name, stage in stages.items():
        stage = stage.get("do", stage)
        assert stage["frozen"], name
        for entry in stage["outs"] + stage["metrics"]:
            for path, options in entry.items():
                assert options == {"cache": False, "persist": True}, f"{name}: {path}"


def test_the_data_lock_covers_exactly_the_registry():
    lock = yaml.safe_load((ROOT / "data.dvc").read_text())["outs"][0]
    pins = registry.load_registry().values()
    assert lock["nfiles"] == len(pins)
    assert lock["size"] == sum(pin.bytes for pin in pins)
