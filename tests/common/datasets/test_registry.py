import hashlib
import lzma
import os
import re
from collections import Counter
from pathlib import PurePosixPath

import pytest

from common.datasets import registry
from common.errors import InputError


def test_every_pin_names_one_file_at_one_upstream_commit():
    pins = registry.load_registry().values()
    assert len(pins) == 48
    for pin in pins:
        assert re.fullmatch(r"https://raw\.githubusercontent\.com/[^/]+/[^/]+/[0-9a-f]{40}/.+", pin.url)
        assert re.fullmatch(r"[0-9a-f]{64}", pin.sha256)
        assert pin.bytes > 0
        assert pin.rows > 0
        assert pin.licence
        assert not PurePosixPath(pin.path).is_absolute()
        assert ".." not in PurePosixPath(pin.path).parts


def test_registry_file_lists_no_path_twice():
    listed = re.findall(r"^  - path: (.+)$", registry.REGISTRY.read_text(), flags=re.MULTILINE)
    assert listed == sorted(registry.load_registry())
    assert Counter(listed).most_common(1)[0][1] == 1


def test_registry_cannot_be_changed_by_a_caller():
    with pytest.raises(TypeError):
        registry.load_registry()["new"] = None


@pytest.mark.usefixtures("mirror")
def test_every_pinned_file_of_the_mirror_is_verified_and_recorded_as_used():
    for path, pin in registry.load_registry().items():
        registry.locate(path)
        assert registry.used()[path] == pin.sha256


def test_locate_finds_a_verified_file_in_data(shelf):
    shelf.put("a/one.txt", b"one")
    assert registry.locate("a/one.txt") == shelf.data / "a/one.txt"


def test_used_lists_only_what_was_located(shelf):
    pin = shelf.put("one.txt", b"one")
    shelf.put("two.txt", b"two")
    registry.locate("one.txt")
    assert registry.used() == {"one.txt": pin.sha256}


def test_absent_file_is_unavailable_in_one_line_that_says_what_to_do(shelf):
    shelf.pin("a/one.txt", b"one")
    with pytest.raises(registry.DataUnavailableError) as caught:
        registry.locate("a/one.txt")
    assert str(caught.value) == (
        "data/a/one.txt is not here: run `make data` (needs the network, or DATA_MIRROR=<folder>)"
    )
    assert registry.used() == {}


def test_truncated_file_is_refused_with_its_size(shelf):
    shelf.put("one.txt", b"one two three")
    (shelf.data / "one.txt").write_bytes(b"one")
    with pytest.raises(
        InputError, match=r"one\.txt has 3 bytes, 13 expected: delete it and run `make data`$"
    ) as caught:
        registry.locate("one.txt")
    assert not isinstance(caught.value, registry.DataUnavailableError)


def test_altered_file_of_the_right_size_is_refused_by_its_hash(shelf):
    shelf.put("one.txt", b"one")
    (shelf.data / "one.txt").write_bytes(b"two")
    with pytest.raises(InputError, match=r"one\.txt has SHA-256 3fc4ccfe7458\.\.\., 7692c3ad3540\.\.\. expected"):
        registry.locate("one.txt")


def test_file_is_hashed_once_until_it_changes(shelf, monkeypatch):
    hashed = []
    real = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *args: hashed.append(1) or real(*args))
    shelf.put("one.txt", b"one")
    file = registry.locate("one.txt")
    registry.locate("one.txt")
    assert len(hashed) == 1
    file.write_bytes(b"two")
    os.utime(file, ns=(1, 1))
    with pytest.raises(InputError, match="SHA-256"):
        registry.locate("one.txt")


def test_path_outside_the_registry_is_refused(shelf):
    shelf.put("one.txt", b"one")
    with pytest.raises(InputError, match=r"^data/two\.txt is not in the registry"):
        registry.locate("two.txt")


def test_mirror_is_read_in_place_when_data_lacks_the_file(shelf, tmp_path, monkeypatch):
    shelf.pin("one.txt", b"one")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/one.txt").write_bytes(b"one")
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path / "copy"))
    assert registry.locate("one.txt") == tmp_path / "copy/one.txt"
    assert not shelf.data.exists()


def test_data_comes_before_the_mirror(shelf, tmp_path, monkeypatch):
    shelf.put("one.txt", b"one")
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path / "nowhere"))
    assert registry.locate("one.txt") == shelf.data / "one.txt"


def test_altered_file_in_the_mirror_is_refused(shelf, tmp_path, monkeypatch):
    shelf.pin("one.txt", b"one")
    (tmp_path / "one.txt").write_bytes(b"two")
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path))
    with pytest.raises(InputError, match=r"one\.txt has SHA-256 .* expected: mend the copy in DATA_MIRROR"):
        registry.locate("one.txt")


def test_packed_copy_in_the_mirror_is_unpacked_once_beside_data(shelf, tmp_path, monkeypatch):
    pin = shelf.pin("a/one.txt", b"one")
    packed = tmp_path / "copy/a/one.txt.xz"
    packed.parent.mkdir(parents=True)
    packed.write_bytes(lzma.compress(b"one"))
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path / "copy"))
    file = registry.locate("a/one.txt")
    assert (file, file.read_bytes()) == (tmp_path / ".cache/unpacked/a/one.txt", b"one")
    assert registry.used() == {"a/one.txt": pin.sha256}
    inode = file.stat().st_ino
    assert registry.locate("a/one.txt").stat().st_ino == inode
    file.write_bytes(b"altered")
    assert registry.locate("a/one.txt").read_bytes() == b"one"
    assert not shelf.data.exists()


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (lzma.compress(b"one" * 99)[:-9], "is no whole xz file (Compressed file ended before"),
        (lzma.compress(b"two"), "unpacked, has SHA-256"),
        (lzma.compress(b"one" * 99), "unpacked, has 297 bytes, 3 expected"),
    ],
)
def test_packed_copy_that_is_not_the_pinned_file_leaves_nothing(shelf, tmp_path, monkeypatch, packed, reason):
    shelf.pin("one.txt", b"one")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/one.txt.xz").write_bytes(packed)
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path / "copy"))
    with pytest.raises(InputError, match=r"copy/one\.txt\.xz.*: mend the copy in DATA_MIRROR") as refused:
        registry.locate("one.txt")
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)
    assert list((tmp_path / ".cache/unpacked").iterdir()) == []
    assert registry.used() == {}


def test_a_place_that_cannot_be_written_is_one_line(shelf, tmp_path, monkeypatch):
    shelf.pin("one.txt", b"one")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/one.txt.xz").write_bytes(lzma.compress(b"one"))
    (tmp_path / ".cache").write_text("in the way")
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path / "copy"))
    with pytest.raises(InputError, match=r"^cannot unpack .*one\.txt\.xz \(.*Not a directory.*\): mend that"):
        registry.locate("one.txt")


def test_mirror_that_is_no_folder_is_named(shelf, tmp_path, monkeypatch):
    shelf.pin("one.txt", b"one")
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"^DATA_MIRROR=.*nowhere is not a folder"):
        registry.locate("one.txt")


def test_empty_mirror_variable_means_no_mirror(monkeypatch):
    monkeypatch.setenv("DATA_MIRROR", "")
    assert registry.mirror() is None
