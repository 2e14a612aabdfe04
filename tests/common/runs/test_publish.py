import json
import subprocess
import sys
from dataclasses import replace

import pytest

from common import paths, subjects
from common.errors import InputError
from common.runs import publish as module
from common.runs.cells import Cell
from common.runs.publish import publish, publishable
from common.subjects import Subject

CELL = Cell("toy-lab", "toy", "nb", subjects.find("lab-1.3m"), "facts")


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "RESULTS", tmp_path / "results")
    return tmp_path / "results" / "toy" / "nb" / "lab-1.3m" / "facts"


@pytest.fixture
def run(tmp_path):
    """A finished run."""
    folder = tmp_path / "run"
    (folder / "figures").mkdir(parents=True)
    for name in ("a.svg", "a.png", "a.pdf"):
        (folder / "figures" / name).write_text(name)
    (folder / "figures" / "captions.json").write_text('{"a": "caption"}')
    (folder / "results.json").write_text('{"metrics": 1}')
    return folder


def test_results_svgs_and_captions_are_published_and_old_figures_go(run, results):
    (results / "figures").mkdir(parents=True)
    (results / "figures" / "old.svg").write_text("old")
    assert publish(CELL, run) == results
    assert {file.name for file in (results / "figures").iterdir()} == {"a.svg", "captions.json"}
    assert json.loads((results / "results.json").read_text()) == {"metrics": 1}
    assert {file.name for file in results.iterdir()} == {"figures", "results.json"}


def test_a_publication_that_fails_leaves_what_was_published_before(run, results, monkeypatch):
    publish(CELL, run)
    (run / "results.json").write_text('{"metrics": 2}')
    copy = module.shutil.copy

    def full_disk(source, target):
        if source.name == "results.json":
            raise OSError(28, "No space left on device")
        return copy(source, target)

    monkeypatch.setattr(module.shutil, "copy", full_disk)
    with pytest.raises(OSError, match="No space"):
        publish(CELL, run)
    assert json.loads((results / "results.json").read_text()) == {"metrics": 1}
    assert (results / "figures" / "a.svg").is_file()
    assert not list(results.rglob(".*"))


def test_a_task_of_ones_own_is_not_published(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "TASKS", tmp_path)
    mine = replace(CELL, task="facts+mine")
    publishable(mine)
    (tmp_path / "mine.yaml").touch()
    publishable(CELL)
    with pytest.raises(InputError, match=r"^toy-lab: mine is a task of one's own \(tasks/\), its results are not pub"):
        publishable(mine)


def test_answers_of_ones_own_are_not_published():
    mine = Subject(id="mine", route="recorded", answers=("answers/mine",))
    with pytest.raises(
        InputError, match=r"^toy-lab: the answers of mine are one's own \(answers/\), nobody else could"
    ):
        publishable(replace(CELL, subject=mine))


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository of the test's own, with DVC."""
    for command in (["git", "init", "-q"], [sys.executable, "-m", "dvc", "init", "-q"]):
        subprocess.run(command, cwd=tmp_path, check=True)
    monkeypatch.setattr("common.dvc.ROOT", tmp_path)
    return tmp_path


def status(repository):
    command = [sys.executable, "-m", "dvc", "status", "results/toy/nb/lab-1.3m/facts/samples.parquet.dvc"]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout


def test_samples_are_dvcs_and_git_ignores_them(run, results, repository):
    (run / "samples.parquet").write_text("rows")
    publish(CELL, run)
    assert (results / "samples.parquet").read_text() == "rows"
    assert (results / ".gitignore").read_text() == "/samples.parquet\n"
    (run / "samples.parquet").write_text("more rows")
    publish(CELL, run)
    assert (results / "samples.parquet").read_text() == "more rows"
    assert "up to date" in status(repository)
    assert {file.name for file in results.iterdir()} == {"figures", *module.FILES}


def test_an_interruption_leaves_no_half_of_the_samples(run, results, repository, monkeypatch):
    (run / "samples.parquet").write_text("rows")
    publish(CELL, run)
    (run / "samples.parquet").write_text("more rows")
    (run / "results.json").write_text('{"metrics": 2}')
    copy = module.shutil.copy

    def interrupted(source, target):
        if source.name == "samples.parquet":
            (target / source.name).write_text("more")
            raise KeyboardInterrupt
        return copy(source, target)

    monkeypatch.setattr(module.shutil, "copy", interrupted)
    with pytest.raises(KeyboardInterrupt):
        publish(CELL, run)
    assert (results / "samples.parquet").read_text() == "rows"
    assert json.loads((results / "results.json").read_text()) == {"metrics": 1}
    assert "up to date" in status(repository)
    assert {file.name for file in results.iterdir()} == {"figures", *module.FILES}


def test_samples_that_dvc_refuses_are_one_line_and_nothing_is_published(run, results, repository):
    publish(CELL, run)
    (repository / ".dvc" / "cache").write_text("in the way")
    (run / "samples.parquet").write_text("rows")
    (run / "results.json").write_text('{"metrics": 2}')
    with pytest.raises(InputError, match=r"^dvc add: unexpected error - \[Errno 20\] Not a directory: '.*'$"):
        publish(CELL, run)
    assert json.loads((results / "results.json").read_text()) == {"metrics": 1}
    assert {file.name for file in results.iterdir()} == {"figures", "results.json"}
