import shutil
from types import SimpleNamespace

import pytest

from common.errors import InputError
from common.models import room


def test_too_little_disk_is_told_in_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=2_000_000_000))
    room.need_disk("m", 2_000_000_000, tmp_path)
    with pytest.raises(
        InputError, match=rf"m needs 5.2 GB of disk, {tmp_path} has 2.0 GB free: make room, or set MODELS"
    ):
        room.need_disk("m", 5_200_000_000, tmp_path)


def test_too_little_memory_is_told_in_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "_MEMINFO", tmp_path / "meminfo")
    room.need_memory("m", 10**12)  # where it cannot be asked, it is not refused
    (tmp_path / "meminfo").write_text("MemTotal:       24000000 kB\nMemAvailable:    3000000 kB\n")
    room.need_memory("m", 200_000_000)
    with pytest.raises(InputError, match=r"converting m needs 6.9 GB of memory, 3.1 GB are available"):
        room.need_memory("m", 1_777_088_000)


def test_memory_is_asked_of_the_system():
    assert room._available() > 1e8
