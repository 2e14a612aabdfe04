import lzma
import os
import shutil
import socket
import subprocess
import sys

import pytest

from common import paths
from common.datasets import __main__ as command
from common.datasets import mcq_bias, registry


def test_fetch_takes_only_the_files_with_the_prefix(shelf, tmp_path, monkeypatch, capsys):
    for path in ("a/one.txt", "a/two.txt", "b/three.txt"):
        shelf.pin(path, path.encode())
        file = tmp_path / "copy" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(path.encode())
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path / "copy"))
    assert command.main(["fetch", "a/two", "b/"]) == 0
    assert sorted(file.name for file in shelf.data.rglob("*.txt")) == ["three.txt", "two.txt"]
    assert capsys.readouterr().out == f"2 files verified in {shelf.data}\n"


def test_prefix_of_no_file_is_refused(shelf, capsys):
    shelf.put("one.txt", b"one")
    assert command.main(["fetch", "two"]) == 2
    assert capsys.readouterr().err == "no registered file starts with 'two': `status` lists them\n"


def test_refused_files_are_listed_at_the_end_with_exit_code_2(shelf, tmp_path, monkeypatch, capsys):
    shelf.pin("one.txt", b"one")
    (tmp_path / "one.txt").write_bytes(b"two")
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path))
    assert command.main(["fetch"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[-2] == "1 of 1 files could not be fetched:"
    assert lines[-1].startswith("  data/one.txt refused: what came has SHA-256")


def test_extra_file_in_data_is_reported_after_a_complete_fetch_only(shelf, capsys):
    shelf.put("one.txt", b"one")
    (shelf.data / "mine.txt").write_text("mine")
    assert command.main(["fetch"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "holds files that the registry does not list, which changes its lock: mine.txt: move them" in line
    assert command.main(["fetch", "one"]) == 0


def test_mirror_that_is_no_folder_is_one_line(shelf, monkeypatch, capsys):
    shelf.pin("one.txt", b"one")
    monkeypatch.setenv("DATA_MIRROR", "/nowhere/at/all")
    assert command.main(["fetch"]) == 2
    assert capsys.readouterr().err.startswith("DATA_MIRROR=/nowhere/at/all is not a folder")


def test_status_tells_verified_altered_mirrored_and_missing_files_apart(shelf, tmp_path, monkeypatch, capsys):
    shelf.put("here.txt", b"here")
    shelf.put("bad.txt", b"good")
    (shelf.data / "bad.txt").write_bytes(b"altered")
    shelf.pin("there.txt", b"there")
    shelf.pin("gone.txt", b"gone", rows=1319)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/there.txt.xz").write_bytes(lzma.compress(b"there"))
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path / "copy"))
    assert command.main(["status"]) == 0
    rows = [line.split(maxsplit=3) for line in capsys.readouterr().out.splitlines()]
    assert rows == [
        ["file", "bytes", "rows", "state"],
        ["here.txt", "4", "1", "verified"],
        ["bad.txt", "4", "1", "altered: has 7 bytes, 4 expected"],
        ["there.txt", "5", "1", "in DATA_MIRROR"],
        ["gone.txt", "4", "1,319", "missing"],
    ]


def test_on_demand_takes_only_the_files_with_the_prefix(shelf, tmp_path, monkeypatch, capsys):
    shelf.pin("pinned.txt", b"pinned")
    for source in mcq_bias.sources("arc"):
        file = tmp_path / "copy" / source.path
        file.parent.mkdir(parents=True)
        file.write_text("{}\n")
    monkeypatch.setenv("DATA_MIRROR", str(tmp_path / "copy"))
    assert command.main(["on-demand", "mcq_bias/results_arc"]) == 0
    assert capsys.readouterr().out == f"20 files verified in {registry.on_demand_folder()}\n"
    assert len(registry.first_uses()) == 20
    (registry.on_demand_folder() / mcq_bias.sources("arc")[3].path).unlink()
    (tmp_path / "copy" / mcq_bias.sources("arc")[3].path).write_text("[]\n")
    assert command.main(["on-demand", "mcq_bias/results_arc"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[-2] == "1 of 20 files could not be fetched:"
    assert "refused: what came has SHA-256" in lines[-1]


def test_on_demand_refuses_a_prefix_of_no_file(capsys):
    assert command.main(["on-demand", "gsm8k/"]) == 2
    assert capsys.readouterr().err.startswith("no file fetched on demand starts so: try mcq_bias/results_arc")


@pytest.mark.usefixtures("mirror")
def test_whole_registry_is_fetched_from_the_mirror(capsys):
    assert command.main(["fetch"]) == 0
    assert capsys.readouterr().out == f"48 files verified in {paths.DATA}\n"
    for path, pin in registry.load_registry().items():
        assert registry.fault(paths.DATA / path, pin) is None
    shutil.rmtree(paths.DATA)


def test_command_line_without_a_network_ends_in_one_line_and_exit_code_2(tmp_path):
    environment = {key: os.environ[key] for key in os.environ if not key.lower().endswith("_proxy")}
    environment.pop("DATA_MIRROR", None)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{closed.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-m", "common.datasets", "fetch"],
            env=environment | {"DATA_DIR": str(tmp_path / "data"), "https_proxy": proxy},
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("cannot reach raw.githubusercontent.com for data/genrm_critiques/")
    assert not (tmp_path / "data").exists()
