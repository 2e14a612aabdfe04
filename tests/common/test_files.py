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


def write(target, data, error=None):
    with files.whole(target) as partial:
        partial.write_bytes(data)
        if error:
            raise error


def test_a_file_that_was_not_written_to_its_end_is_none(tmp_path):
    with pytest.raises(RuntimeError):
        write(tmp_path / "table", b"half", RuntimeError())
    assert not list(tmp_path.iterdir())
    write(tmp_path / "table", b"whole")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("table", b"whole")]
