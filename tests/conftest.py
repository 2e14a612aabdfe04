"""Fixtures for all tests: public data from a mirror, read in place, never through the repository's own data/."""

import json
import os
import subprocess
import sys

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when huggingface_hub is imported
os.environ.setdefault("TQDM_DISABLE", "1")

from pathlib import Path

import pytest
from hypothesis import settings

from common import paths

settings.register_profile("project", deadline=None, print_blob=True)  # a busy machine is no failure
settings.load_profile("project")


@pytest.fixture
def empty_data(tmp_path, monkeypatch) -> Path:
    """A data folder of the test's own, not made yet, with no mirror behind it."""
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.delenv("DATA_MIRROR", raising=False)
    return tmp_path / "data"


@pytest.fixture(scope="session")
def mirror_folder() -> Path:
    """A folder with every registered file, or the test is skipped."""
    named = os.environ.get("DATA_MIRROR")
    beside, fetched = paths.ROOT.parent / "shared" / "data", paths.ROOT / "data"
    for folder in [Path(named)] if named else [beside, fetched]:
        if folder.is_dir():
            return folder.absolute()
    pytest.skip("no public data here: run `make data`, or set DATA_MIRROR")


@pytest.fixture
def mirror(mirror_folder, monkeypatch, tmp_path) -> Path:
    """The same folder; loaders read from it while the test runs."""
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.setenv("DATA_MIRROR", str(mirror_folder))
    return mirror_folder


@pytest.fixture(scope="session")
def chat_model(tmp_path_factory) -> Path:
    """Folder of a small random model with a chat template: what stands for any model of the Hub."""
    from tests import small_models

    return small_models.chat_model(tmp_path_factory.mktemp("chat"))


@pytest.fixture
def run_notebook(mirror_folder, tmp_path):
    """Run a notebook by the command line, with the mirror's data, into `tmp_path / "out"`."""

    def run(notebook: Path, parameters: dict[str, object]) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "common.runs", "run", str(notebook), "--json", json.dumps(parameters)]
        folders = {"DATA_DIR": str(tmp_path / "data"), "OUTPUTS_DIR": str(tmp_path / "outputs")}
        return subprocess.run(
            [*command, "--out", str(tmp_path / "out")],
            cwd=paths.ROOT,
            env={**os.environ, "DATA_MIRROR": str(mirror_folder), **folders},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
