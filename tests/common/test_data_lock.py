"""Against real DVC, in a small repository of the test's own."""

import subprocess
import sys

import pytest

from common import data_lock


@pytest.fixture
def locked(tmp_path, monkeypatch):
    """A repository with two locked data files, whose cache is empty as in a fresh clone."""
    dvc = f"{sys.executable} -m dvc"
    for command in ("git init -q", f"{dvc} init -q"):
        subprocess.run(command.split(), cwd=tmp_path, check=True)
    (tmp_path / "data").mkdir()
    for name in ("a", "b"):
        (tmp_path / "data" / name).write_text(name)
    subprocess.run([*dvc.split(), "add", "--quiet", "data"], cwd=tmp_path, check=True)
    subprocess.run(["rm", "-rf", ".dvc/cache"], cwd=tmp_path, check=True)
    monkeypatch.setattr(data_lock, "ROOT", tmp_path)
    return tmp_path


def test_data_that_agree_with_the_lock_pass_and_are_cached(locked):
    lock = (locked / "data.dvc").read_bytes()
    assert data_lock.main() == 0
    assert len([file for file in (locked / ".dvc" / "cache").rglob("*") if file.is_file()]) == 3
    assert data_lock.main() == 0
    assert (locked / "data.dvc").read_bytes() == lock


@pytest.mark.parametrize(
    ("change", "cached"),
    [("missing", True), ("missing", False), ("altered", False), ("extra", False), ("all gone", False)],
)
def test_other_data_are_refused_and_the_lock_is_left_alone(locked, capsys, change, cached):
    if cached:
        assert data_lock.main() == 0
    lock = (locked / "data.dvc").read_bytes()
    data = locked / "data"
    if change == "missing":
        (data / "a").unlink()
    elif change == "altered":
        (data / "a").unlink()
        (data / "a").write_text("other")
    elif change == "extra":
        (data / "c").write_text("c")
    else:
        subprocess.run(["rm", "-rf", str(data)], check=True)
    assert data_lock.main() == 2
    assert "not what data.dvc locks" in capsys.readouterr().err
    assert (locked / "data.dvc").read_bytes() == lock
