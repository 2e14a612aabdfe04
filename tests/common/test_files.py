import pytest

from common import files


def test_a_failed_write_leaves_the_old_text(tmp_path, monkeypatch):
    target = tmp_path / "file.json"
    files.write_whole(target, "old")

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        files.write_whole(target, "new")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.json"]
