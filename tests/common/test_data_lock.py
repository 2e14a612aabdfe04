import subprocess

import pytest

from common import data_lock


def said(monkeypatch, status):
    """Let dvc say `status`; returns the commands that were run."""
    commands = []

    def run(command, **options):
        commands.append(command[1])
        return subprocess.CompletedProcess(command, 0, stdout=status)

    monkeypatch.setattr(data_lock.subprocess, "run", run)
    return commands


CHANGED = '{"data.dvc": [{"changed outs": {"data": "STATE"}}]}'


def test_data_that_agree_with_the_lock_pass(monkeypatch):
    commands = said(monkeypatch, "{}")
    assert data_lock.main() == 0
    assert commands == ["status"]


def test_data_that_agree_but_are_not_cached_are_cached(monkeypatch):
    commands = said(monkeypatch, CHANGED.replace("STATE", "not in cache"))
    assert data_lock.main() == 0
    assert commands == ["status", "commit"]


@pytest.mark.parametrize("state", ["modified", "deleted", "new"])
def test_other_data_are_refused_and_the_lock_is_left_alone(monkeypatch, capsys, state):
    commands = said(monkeypatch, CHANGED.replace("STATE", state))
    assert data_lock.main() == 2
    assert commands == ["status"]
    assert "not what data.dvc locks" in capsys.readouterr().err
