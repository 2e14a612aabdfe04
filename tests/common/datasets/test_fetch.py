import fcntl
import lzma
import os
import pty
import re
import signal
import socket
import termios
from pathlib import Path

import pytest

from common.datasets import fetch, registry
from common.errors import InputError

BODY = bytes(range(256)) * 400
HALF = len(BODY) // 2


def parts(shelf) -> list[str]:
    """What lies in the download folder, the lock apart."""
    downloads = shelf.data.parent / ".cache/downloads"
    return sorted(file.name for file in downloads.rglob("*") if file.is_file() and file.name != ".lock")


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def pin(shelf, site):
    """Pin a file that the site serves; `mode` says how the site misbehaves on it."""

    def add(path: str, content: bytes = BODY, mode: str = "well"):
        site.files[path] = content
        site.modes[path] = mode
        return shelf.pin(path, content, url=site.url + path)

    return add


def leave_part(shelf, path: str, content: bytes) -> None:
    part = shelf.data.parent / f".cache/downloads/{path}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(content)


def test_fetch_brings_every_file_and_nothing_else_into_data(shelf, site, pin):
    pins = [pin("a/one.bin"), pin("b/c/two.bin", b"two")]
    assert fetch.fetch(pins, shelf.data) == []
    assert files(shelf.data) == {"a/one.bin": BODY, "b/c/two.bin": b"two"}
    assert parts(shelf) == []
    assert site.requests == [("a/one.bin", None), ("b/c/two.bin", None)]


def test_plain_lines_tell_the_progress_where_there_is_no_terminal(shelf, pin, capsys):
    fetch.fetch([pin("one.bin", b"one"), pin("two.bin", b"two", "missing")], shelf.data)
    first, second = capsys.readouterr().err.splitlines()
    assert first == "[1/2] data/one.bin: fetched, 3 bytes"
    assert second.startswith("[2/2] data/two.bin refused: the server answered 404")


def test_verified_files_are_not_fetched_again(shelf, site, pin):
    pins = [pin("one.bin")]
    fetch.fetch(pins, shelf.data)
    assert fetch.fetch(pins, shelf.data) == []
    assert len(site.requests) == 1


def test_altered_file_in_data_is_fetched_again(shelf, pin):
    pins = [pin("one.bin")]
    fetch.fetch(pins, shelf.data)
    (shelf.data / "one.bin").write_bytes(b"altered")
    assert fetch.fetch(pins, shelf.data) == []
    assert files(shelf.data) == {"one.bin": BODY}


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        ("truncated", "what came has 51,200 bytes, 102,400 expected"),
        ("altered", "what came has SHA-256"),
        ("too_long", r"what came has 1[0-6]\d,\d{3} bytes, 102,400 expected"),
        ("html", "the server sent an HTML page, not the data"),
        ("missing", "the server answered 404"),
    ],
)
def test_bad_download_is_refused_by_name_and_the_next_run_starts_clean(shelf, site, pin, mode, problem):
    pins = [pin("bad.bin", mode=mode), pin("good.bin", b"good")]
    (line,) = fetch.fetch(pins, shelf.data)
    assert line.startswith("data/bad.bin refused: ")
    assert site.url + "bad.bin" in line
    assert re.search(problem, line)
    assert files(shelf.data) == {"good.bin": b"good"}
    assert parts(shelf) == []
    site.modes["bad.bin"] = "well"
    assert fetch.fetch(pins, shelf.data) == []
    assert site.requests[-1] == ("bad.bin", None)
    assert (shelf.data / "bad.bin").read_bytes() == BODY


@pytest.mark.parametrize("mode", ["drop", "drop_in_a_chunk"])
def test_dropped_connection_is_named_and_the_next_run_asks_for_the_rest_only(shelf, site, pin, mode):
    pins = [pin("bad.bin", mode=mode), pin("good.bin", b"good")]
    (line,) = fetch.fetch(pins, shelf.data)
    assert line.startswith("data/bad.bin not fetched: the connection dropped (")
    assert files(shelf.data) == {"good.bin": b"good"}
    assert parts(shelf) == ["bad.bin.part"]
    site.modes["bad.bin"] = "well"
    assert fetch.fetch(pins, shelf.data) == []
    assert site.requests[-1] == ("bad.bin", f"bytes={HALF}-")
    assert (shelf.data / "bad.bin").read_bytes() == BODY


def test_server_that_hangs_up_without_an_answer_is_a_dropped_connection(shelf, pin):
    (line,) = fetch.fetch([pin("one.bin", mode="nothing")], shelf.data)
    assert line.startswith("data/one.bin not fetched: the connection dropped (")


@pytest.mark.parametrize("mode", ["without_ranges", "416_to_ranges"])
def test_server_that_cannot_resume_makes_the_download_start_over(shelf, site, pin, mode):
    pins = [pin("one.bin", mode=mode)]
    leave_part(shelf, "one.bin", BODY[:HALF])
    assert fetch.fetch(pins, shelf.data) == []
    assert site.requests[0] == ("one.bin", f"bytes={HALF}-")
    assert files(shelf.data) == {"one.bin": BODY}


def test_part_that_does_not_belong_is_refused_and_removed(shelf, site, pin):
    pins = [pin("one.bin")]
    leave_part(shelf, "one.bin", b"#" * HALF)
    (line,) = fetch.fetch(pins, shelf.data)
    assert "what came has SHA-256" in line
    assert fetch.fetch(pins, shelf.data) == []
    assert site.requests == [("one.bin", f"bytes={HALF}-"), ("one.bin", None)]


def test_part_longer_than_the_file_starts_over(shelf, site, pin):
    pins = [pin("one.bin")]
    leave_part(shelf, "one.bin", BODY + b"more")
    assert fetch.fetch(pins, shelf.data) == []
    assert site.requests == [("one.bin", None)]


def test_complete_part_is_taken_without_a_request(shelf, site, pin):
    pins = [pin("one.bin")]
    leave_part(shelf, "one.bin", BODY)
    assert fetch.fetch(pins, shelf.data) == []
    assert site.requests == []
    assert files(shelf.data) == {"one.bin": BODY}


def test_killed_fetch_leaves_data_clean_and_resumes_where_it_was(shelf, site, pin, fetch_process):
    small = BODY[:1000]
    pins = [pin("one.bin", small, mode="stall")]
    process = fetch_process()
    assert process.stdout.readline() == "written\n"
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert not shelf.data.exists()
    assert parts(shelf) == ["one.bin.part"]
    have = (shelf.data.parent / ".cache/downloads/one.bin.part").stat().st_size
    assert 0 < have <= 500
    site.modes["one.bin"] = "well"
    assert fetch.fetch(pins, shelf.data) == []
    assert site.requests == [("one.bin", None), ("one.bin", f"bytes={have}-")]
    assert files(shelf.data) == {"one.bin": small}


def test_interrupted_fetch_says_so_in_one_line_and_exits_with_130(shelf, site, pin, fetch_process):
    pin("one.bin", mode="stall")
    process = fetch_process()
    assert process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert errors == "interrupted: run it again, it goes on where it stopped\n"
    assert not shelf.data.exists()
    assert parts(shelf) == ["one.bin.part"]


def test_second_fetch_at_the_same_time_is_refused_in_one_line(shelf, site, pin, fetch_process):
    pins = [pin("one.bin", mode="stall")]
    process = fetch_process()
    assert process.stdout.readline() == "written\n"
    with pytest.raises(InputError, match=r"^another fetch is running \(it holds .*downloads/\.lock\)"):
        fetch.fetch(pins, shelf.data)
    process.kill()
    process.wait()
    site.modes["one.bin"] = "well"
    assert fetch.fetch(pins, shelf.data) == []


def test_lock_is_free_after_a_failed_fetch(shelf, pin):
    fetch.fetch([pin("one.bin", mode="missing")], shelf.data)
    with (shelf.data.parent / ".cache/downloads/.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_full_disk_is_one_line_and_leaves_nothing_in_data(shelf, pin, fetch_process):
    pin("one.bin")
    process = fetch_process(file_size_limit=HALF)
    _, errors = process.communicate()
    assert process.returncode == 2
    (line,) = errors.splitlines()
    assert line.startswith("cannot store the data ([Errno 27] File too large")
    assert not shelf.data.exists()


def test_full_disk_while_copying_from_the_mirror_is_the_same_line(shelf, pin, fetch_process, tmp_path, monkeypatch):
    pin("one.bin")
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/one.bin").write_bytes(BODY)
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path / "copy"))
    process = fetch_process(file_size_limit=HALF)
    _, errors = process.communicate()
    assert process.returncode == 2
    (line,) = errors.splitlines()
    assert line.startswith("cannot store the data ([Errno 27] File too large")
    assert not shelf.data.exists()


def test_mirror_is_copied_from_and_the_url_serves_what_it_lacks(shelf, site, pin, tmp_path):
    pins = [pin("a/one.bin"), pin("two.bin", b"two")]
    (tmp_path / "copy/a").mkdir(parents=True)
    (tmp_path / "copy/a/one.bin").write_bytes(BODY)
    assert fetch.fetch(pins, shelf.data, tmp_path / "copy") == []
    assert files(shelf.data) == {"a/one.bin": BODY, "two.bin": b"two"}
    assert site.requests == [("two.bin", None)]


def test_altered_file_in_the_mirror_is_refused_by_name(shelf, site, pin, tmp_path):
    pins = [pin("one.bin"), pin("two.bin", b"two")]
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/one.bin").write_bytes(BODY[:-1])
    (line,) = fetch.fetch(pins, shelf.data, tmp_path / "copy")
    assert line == (
        f"data/one.bin refused: what came has 102,399 bytes, 102,400 expected ({tmp_path / 'copy/one.bin'})"
    )
    assert files(shelf.data) == {"two.bin": b"two"}
    assert parts(shelf) == []


def test_packed_copy_in_the_mirror_is_unpacked(shelf, site, pin, tmp_path):
    (tmp_path / "copy/a").mkdir(parents=True)
    (tmp_path / "copy/a/one.bin.xz").write_bytes(lzma.compress(BODY))
    assert fetch.fetch([pin("a/one.bin")], shelf.data, tmp_path / "copy") == []
    assert files(shelf.data) == {"a/one.bin": BODY}
    assert (site.requests, parts(shelf)) == ([], [])


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (lzma.compress(BODY)[:-20], "is no whole xz file (Compressed file ended before the end-of-stream marker"),
        (lzma.compress(BODY[:-1] + b"#"), "what came has SHA-256"),
        (lzma.compress(bytes(1 << 24)), "bytes, 102,400 expected"),
    ],
)
def test_packed_copy_that_is_not_the_pinned_file_is_refused_by_name(shelf, site, pin, tmp_path, packed, reason):
    pins = [pin("one.bin"), pin("two.bin", b"two")]
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/one.bin.xz").write_bytes(packed)
    (line,) = fetch.fetch(pins, shelf.data, tmp_path / "copy")
    assert line.startswith("data/one.bin refused: ")
    assert reason in line
    assert str(tmp_path / "copy/one.bin.xz") in line
    assert files(shelf.data) == {"two.bin": b"two"}
    assert parts(shelf) == []


def test_offline_is_one_line_and_stops_at_the_first_file(shelf, capsys):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{closed.getsockname()[1]}"
        pins = [shelf.pin(f"{name}.bin", b"x", url=f"http://{host}/{name}") for name in "ab"]
        with pytest.raises(fetch.OfflineError) as caught:
            fetch.fetch(pins, shelf.data)
    line = str(caught.value)
    assert line.startswith(f"cannot reach {host} for data/a.bin (")
    assert "Connection refused" in line
    assert "DATA_MIRROR=<folder" in line
    assert "\n" not in line
    assert capsys.readouterr().err == ""


def test_server_that_falls_silent_counts_as_offline_and_keeps_the_part(shelf, pin, monkeypatch):
    monkeypatch.setattr(fetch, "TIMEOUT_S", 0.2)
    with pytest.raises(fetch.OfflineError, match=r"^cannot reach 127\.0\.0\.1:\d+ for data/one\.bin \(timed out\)"):
        fetch.fetch([pin("one.bin", mode="stall"), pin("two.bin")], shelf.data)
    assert parts(shelf) == ["one.bin.part"]


def test_terminal_gets_a_progress_bar_in_bytes(shelf, site, pin, fetch_process):
    pin("one.bin", mode="stall")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    process = fetch_process(stderr=theirs)
    assert process.stdout.readline() == "written\n"
    site.release.set()
    process.wait()
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        shown = terminal.read(4096).decode()
    assert "0.00/102k" in shown
    assert "B/s" in shown


def test_extra_files_are_those_the_registry_does_not_list(shelf):
    pin = shelf.put("a/one.bin", b"one")
    (shelf.data / "a/notes.txt").write_text("mine")
    (shelf.data / ".hidden").write_text("mine")
    (shelf.data / "empty").mkdir()
    assert fetch.extra_files([pin], shelf.data) == [".hidden", "a/notes.txt"]


def test_downloads_lie_beside_the_data_folder_that_a_link_points_to(shelf, pin, tmp_path):
    (tmp_path / "elsewhere/data").mkdir(parents=True)
    shelf.data.symlink_to(tmp_path / "elsewhere/data")
    fetch.fetch([pin("one.bin", mode="drop")], shelf.data)
    assert (tmp_path / "elsewhere/.cache/downloads/one.bin.part").stat().st_size == HALF
    assert registry.fault(shelf.data / "one.bin", pin("one.bin")) == "is not here"
