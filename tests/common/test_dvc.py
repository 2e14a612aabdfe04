import subprocess
import sys

import pytest

from common.dvc import dvc
from common.errors import InputError


@pytest.fixture
def repository(tmp_path, monkeypatch):
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], cwd=tmp_path, check=True)
    monkeypatch.setattr("common.dvc.ROOT", tmp_path)
    return tmp_path


def test_it_runs_in_the_repository_and_gives_what_was_printed(repository):
    assert dvc("root") == ".\n"


def test_a_failure_is_one_line_with_dvcs_own_words(repository):
    with pytest.raises(InputError, match=r"^dvc add: output 'nowhere' does not exist: .*'$"):
        dvc("add", "nowhere")
    (repository / "file").touch()
    (repository / ".dvc" / "cache").touch()
    with pytest.raises(InputError, match=r"^dvc add: unexpected error - \[Errno 20\] Not a directory: '.*'$"):
        dvc("add", "file")
