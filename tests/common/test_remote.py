import subprocess
import sys

import pytest

from common import remote

PLACE = "results/toy/nb/lab-1.3m/facts"


def run(folder, *command):
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture
def published(tmp_path):
    """A repository with a published sample."""
    folder = tmp_path / "here"
    (folder / PLACE).mkdir(parents=True)
    (folder / PLACE / "samples.parquet").write_text("rows")
    run(folder, "git", "init", "-q")
    run(folder, sys.executable, "-m", "dvc", "init", "-q")
    run(folder, sys.executable, "-m", "dvc", "add", "-q", f"{PLACE}/samples.parquet")
    run(folder, "git", "add", "-A")
    run(folder, "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "published")
    return folder


def test_what_is_pushed_is_there_after_a_clone_and_a_pull(published, tmp_path, monkeypatch):
    store = tmp_path / "store"
    monkeypatch.setattr("common.dvc.ROOT", published)
    assert remote.main(["push", str(store)]) == 0
    clone = tmp_path / "clone"
    run(tmp_path, "git", "clone", "-q", str(published), str(clone))
    assert not (clone / PLACE / "samples.parquet").exists()
    monkeypatch.setattr("common.dvc.ROOT", clone)
    assert remote.main(["pull", str(store)]) == 0
    assert (clone / PLACE / "samples.parquet").read_text() == "rows"
    status = subprocess.run(["git", "status", "--short"], cwd=clone, capture_output=True, text=True, check=True)
    assert status.stdout == ""


@pytest.mark.parametrize(
    ("address", "message"),
    [("", "push where? Say make push REMOTE=<folder or cloud address>"), ("nowhere://x", "error: dvc ")],
)
def test_an_address_that_is_none_is_one_line_and_exit_code_2(published, monkeypatch, capsys, address, message):
    monkeypatch.setattr("common.dvc.ROOT", published)
    assert remote.main(["push", address]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.strip().splitlines()) == 1


def test_a_store_without_the_samples_is_named(published, tmp_path, monkeypatch, capsys):
    clone = tmp_path / "clone"
    run(tmp_path, "git", "clone", "-q", str(published), str(clone))
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr("common.dvc.ROOT", clone)
    assert remote.main(["pull", str(tmp_path / "empty")]) == 2
    assert "error: dvc pull: " in capsys.readouterr().err
