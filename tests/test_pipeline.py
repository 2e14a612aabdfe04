"""dvc.yaml, dvc.lock and the files they speak of."""

import json
import subprocess
import sys

import pytest
import yaml

from common.datasets import registry
from common.paths import ROOT


def dvc(*arguments):
    command = [sys.executable, "-m", "dvc", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def pipeline():
    return yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]


def test_the_lock_was_written_after_the_last_change_of_code(pipeline):
    never_ran = set(pipeline) - set(yaml.safe_load((ROOT / "dvc.lock").read_text())["stages"])
    changed = [
        f"{stage}: {path}"
        for stage, entries in json.loads(dvc("status", "--json")).items()
        for entry in entries
        if isinstance(entry, dict) and stage not in never_ran
        for path, state in entry.get("changed deps", {}).items()
        if state == "modified" and not path.startswith(("outputs", "data"))
    ]
    assert not changed, "run `dvc repro` and commit dvc.lock"


def test_the_data_lock_covers_exactly_the_registry():
    lock = yaml.safe_load((ROOT / "data.dvc").read_text())["outs"][0]
    pins = registry.load_registry().values()
    assert lock["nfiles"] == len(pins)
    assert lock["size"] == sum(pin.bytes for pin in pins)


def test_every_code_dependency_exists(pipeline):
    for name, stage in pipeline.items():
        for path in stage["deps"]:
            assert path.startswith(("data", "outputs/")) or (ROOT / path).exists(), f"{name}: {path}"


def test_published_outputs_survive_a_failed_run_and_live_in_git(pipeline):
    for name, stage in pipeline.items():
        if not stage.get("frozen"):
            continue
        for entry in stage["outs"] + stage["metrics"]:
            for path, options in entry.items():
                assert options == {"cache": False, "persist": True}, f"{name}: {path}"


def test_every_notebook_of_a_replication_has_a_quick_and_a_full_stage(pipeline):
    for notebook in ROOT.glob("replications/*/*.ipynb"):
        name = f"{notebook.parent.name}-{notebook.stem}"
        assert {name, f"{name}-full"} <= set(pipeline)
        own = {str(file.relative_to(ROOT)) for file in notebook.parent.glob("*.py")}
        assert own <= set(pipeline[name]["deps"]), f"{name} misses a module of its folder"
