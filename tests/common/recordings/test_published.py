"""What is recorded in git: small, whole, and of the models that the registry names."""

import json

import pytest

from common.models.registry import load_registry
from common.paths import RECORDINGS
from common.recordings import META
from common.recordings.recording import Recording
from common.runs.cells import load
from common.subjects import listed

FOLDERS = sorted(file.parent for file in RECORDINGS.glob(f"*/*/{META}"))
EACH, ALL = 4e6, 60e6
"""Bytes."""


def size(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def test_all_recordings_together_stay_small():
    assert sum(map(size, FOLDERS)) <= ALL


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_a_recording_is_small_whole_and_of_a_registered_model(folder):
    assert size(folder) <= EACH
    meta = Recording(folder).meta
    assert {file.name for file in folder.glob("*.parquet")} == set(meta["parts"])
    subject = listed()[meta["subject"]]
    assert folder.parent.name == subject.id
    registered = load_registry()[subject.model]
    assert f"@gguf:{registered.sha256}+" in meta["identity"]["model"]
    assert meta["licence"] == registered.licence


def test_published_cells_rest_on_recordings_as_they_are():
    for cell in load().values():
        for name, digest in (cell.published or {}).get("recordings", {}).items():
            assert Recording(RECORDINGS / name).digest == digest, f"{cell.name}: {name}"


def test_meta_is_what_a_reader_can_read():
    for folder in FOLDERS:
        text = (folder / META).read_text()
        assert text == json.dumps(json.loads(text), indent=1) + "\n"
