import subprocess
import sys

import pytest

from common import stages
from common.datasets import registry
from common.paths import ROOT

PIPELINE = """
stages:
  toy-live:
    cmd: python -m common.runs run replications/toy/live.ipynb --size quick
    deps: [Makefile, data/nowhere]
  toy-live-full:
    frozen: true
    cmd: python -m common.runs run replications/toy/live.ipynb --size full --publish
    deps: [Makefile]
  report:
    cmd: python -m common.report
    deps: [Makefile]
"""


@pytest.fixture
def pipeline(tmp_path):
    file = tmp_path / "dvc.yaml"
    file.write_text(PIPELINE)
    return file


def test_quick_and_full_stages_are_told_apart(pipeline):
    quick, full = stages.notebook_stages(file=pipeline), stages.notebook_stages(full=True, file=pipeline)
    assert [stage.name for stage in quick] == ["toy-live"]
    assert [stage.name for stage in full] == ["toy-live-full"]
    assert quick[0].paper == "toy"
    assert full[0].command[-1] == "--publish"


def test_missing_inputs_are_named(pipeline):
    assert stages.notebook_stages(file=pipeline)[0].missing == ["data/nowhere"]


def test_without_data_a_notebook_is_not_run_and_says_why(monkeypatch, pipeline):
    monkeypatch.setattr(stages, "notebook_stages", lambda **options: original(file=pipeline, **options))
    assert stages.why_not_run("toy", "live") == "not run: data not available (data/nowhere)"
    assert stages.why_not_run("toy", "other") == "not run"


original = stages.notebook_stages


def test_data_that_is_not_as_pinned_counts_as_missing(monkeypatch, tmp_path):
    pin = registry.Entry("toys/a.json", "", "0" * 64, 3, 1, "none")
    monkeypatch.setattr(registry, "load_registry", lambda: {pin.path: pin})
    monkeypatch.setattr(stages, "DATA", tmp_path)
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys" / "a.json").write_text("xyz")
    monkeypatch.setattr(stages, "ROOT", tmp_path)
    (tmp_path / "data" / "toys").mkdir(parents=True)
    assert stages.Stage("toy-live", [], ["data/toys"]).missing == ["data/toys"]
    assert stages.Stage("toy-live", [], ["data/other"]).missing == ["data/other"]


def test_an_unknown_paper_exits_2_with_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "common.stages", "nonsense"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "no stages for 'nonsense'; there are:" in done.stderr


def test_every_full_stage_publishes_and_every_quick_one_does_not():
    for stage in stages.notebook_stages(full=True):
        assert stage.command[-3:] == ["--size", "full", "--publish"]
    for stage in stages.notebook_stages():
        assert stage.command[-2:] == ["--size", "quick"]
        assert f"replications/{stage.paper}/" in " ".join(stage.command)
