import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from pyarrow import parquet

from common.paths import ROOT
from common.store import Request
from common.store.__main__ import main
from tests.common.store.conftest import SAMPLE, VERSIONS, drawn, edit


@pytest.fixture
def full(store):
    store.add_completions(SAMPLE, drawn(3, 2), VERSIONS)
    return store


def test_show_counts_by_model(full, path, capsys):
    assert main(["show", "--store", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[2].split() == [
        "owner/model@abc",
        "fake",
        "float32",
        "sample",
        "1",
        "3",
        "6",
    ]


def test_verify_ends_with_0_when_all_is_well(full, path, capsys):
    assert main(["verify", "--store", str(path)]) == 0
    assert capsys.readouterr().out == "3 rows checked, 0 problem(s)\n"


def test_verify_lists_damage_and_ends_with_1(full, path, capsys):
    edit(path, "UPDATE rows SET data = x'00' WHERE id = 2")
    assert main(["verify", "--store", str(path)]) == 1
    assert "row 2: does not fit its checksum" in capsys.readouterr().out


def test_prune_removes_damage(full, path, capsys):
    edit(path, "UPDATE rows SET data = x'00' WHERE id = 2")
    assert main(["prune", "--bad", "--store", str(path)]) == 0
    assert capsys.readouterr().out.startswith("1 rows removed, ")
    assert main(["verify", "--store", str(path)]) == 0


def test_prune_by_age_takes_days(full, path, capsys):
    assert main(["prune", "--older-than", "1", "--store", str(path)]) == 0
    assert capsys.readouterr().out.startswith("0 rows removed, ")


def test_export_writes_a_file(full, path, tmp_path, capsys):
    assert main(["export", str(tmp_path / "a.parquet"), "--model", "owner", "--store", str(path)]) == 0
    assert capsys.readouterr().out == f"6 completions in {tmp_path / 'a.parquet'}\n"
    assert parquet.read_metadata(tmp_path / "a.parquet").num_rows == 6


def test_export_of_scores(full, path, tmp_path, capsys):
    asked = Request.of("options", {"model": "owner/model@abc"}, {})
    full.add_scores(asked, {("a", (" A", " B")): np.zeros(3, np.float32)}, {})
    assert main(["export", str(tmp_path / "a.parquet"), "--scores", "--store", str(path)]) == 0
    assert capsys.readouterr().out == f"2 scores in {tmp_path / 'a.parquet'}\n"
    assert parquet.read_metadata(tmp_path / "a.parquet").num_rows == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prune"], "say which rows, by --model, --older-than or --bad"),
        (["prune", "--model", "gpt"], "no stored model starts with 'gpt'"),
        (["export", "a.parquet", "--model", "gpt"], "no stored model starts with 'gpt'"),
        (["export", "/"], "/: cannot be written: give the path of a file"),
        (["export", "/nowhere/a.parquet"], "/nowhere/a.parquet: cannot be written: "),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(full, path, capsys, arguments, message):
    assert main([*arguments, "--store", str(path)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) == 1


def test_an_export_never_takes_the_place_of_the_store(full, path, capsys):
    assert main(["export", str(path), "--store", str(path)]) == 2
    assert "is the store itself" in capsys.readouterr().err
    assert main(["verify", "--store", str(path)]) == 0


@pytest.mark.parametrize("command", ["show", "verify", "prune", "export a.parquet"])
@pytest.mark.parametrize(("content", "message"), [(None, "no such file"), (b"text" * 99, "is not a store")])
def test_a_missing_or_wrong_file_is_one_line_exit_code_2_and_no_new_file(path, capsys, command, content, message):
    if content:
        path.write_bytes(content)
    assert main([*command.split(), "--store", str(path)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) == 1
    assert path.exists() == bool(content)


@pytest.mark.parametrize("days", ["a week", "-1", "1.5", "9" * 20])
def test_a_wrong_number_of_days_is_exit_code_2(path, days):
    with pytest.raises(SystemExit, match="2"):
        main(["prune", f"--older-than={days}", "--store", str(path)])


@pytest.mark.parametrize("command", [[], ["show"], ["verify"], ["export"], ["prune"]])
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([*command, "--help"])
    assert "usage: python -m common.store" in capsys.readouterr().out


def test_it_runs_as_a_module(full, path):
    command = [sys.executable, "-m", "common.store", "show", "--store", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "owner/model@abc" in done.stdout
    assert done.stderr == ""


def test_a_reader_that_leaves_early_is_no_error(full, path):
    read, write = os.pipe()
    os.close(read)  # as after `show | head -0`
    command = [sys.executable, "-m", "common.store", "show", "--store", str(path)]
    done = subprocess.run(command, cwd=ROOT, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, "")
