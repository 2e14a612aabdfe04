import json
import os
import re
import resource
import signal
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from common import progress
from common.errors import InputError
from common.paths import OUTPUTS, REPLICATIONS, ROOT
from common.runs.__main__ import main
from common.runs.cells import find
from common.runs.execute import CELL_FAILED, KERNEL_DIED, TIMED_OUT, RunError, default_folder, execute


def test_a_run_leaves_notebook_page_results_and_provenance(toy, tmp_path):
    out = execute(toy, {"n": 4}, tmp_path / "out")
    assert {p.name for p in out.iterdir()} == {"toy.ipynb", "toy.html", "results.json", "provenance.json"}
    assert json.loads((out / "results.json").read_text())["metrics"] == {"sum": 6.0}
    record = json.loads((out / "provenance.json").read_text())
    assert record["parameters"] == {"n": 4, "scale": 1.0, "name": "toy", "crash": ""}
    assert {"git", "packages", "machine", "wall_seconds", "code", "data"} <= set(record)


def test_two_identical_runs_give_identical_notebook_and_page(toy, tmp_path):
    runs = [execute(toy, {"n": 4}, tmp_path / name) for name in ("a", "b")]
    for file in ("toy.ipynb", "toy.html", "results.json"):
        assert (runs[0] / file).read_bytes() == (runs[1] / file).read_bytes()


@pytest.mark.parametrize(
    ("crash", "code", "message"),
    [
        ("raise", CELL_FAILED, "failed with ValueError: told to"),
        ("die", KERNEL_DIED, "kernel died"),
        ("hang", TIMED_OUT, "longer than 5 s"),
        ("silent", CELL_FAILED, "without results.json"),
    ],
)
def test_a_failed_run_is_kept_apart_and_never_replaces_a_finished_one(toy, tmp_path, crash, code, message):
    out = execute(toy, {"n": 4}, tmp_path / "out")
    before = (out / "results.json").read_bytes()
    with pytest.raises(RunError, match=message) as error:
        execute(toy, {"crash": crash}, out, timeout=5 if crash == "hang" else None)
    assert error.value.code == code
    assert (out / "results.json").read_bytes() == before
    assert (tmp_path / "out.failed" / "toy.ipynb").is_file()
    assert not (tmp_path / "out.partial").exists()
    execute(toy, {"n": 5}, out)
    assert not (tmp_path / "out.failed").exists()


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("m=3", "unknown parameter 'm' (this notebook has: n, scale, name, crash)"),
        ("n=three", "valid integer"),
        ("n=3.5", "valid integer"),
        ("n=[1]", "valid integer"),
        ("n", "NAME=VALUE"),
        ("n={", "not a value"),
    ],
)
def test_wrong_parameters_are_one_line_and_exit_code_2(toy, tmp_path, capsys, argument, message):
    assert main(["run", str(toy), "-p", argument, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.strip().splitlines()) == 1
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--json", "{"], "not JSON"),
        (["--json", "[1]"], "need an object"),
        (["--size", "quick"], "no section toys.toy.quick"),
    ],
)
def test_other_wrong_arguments_are_one_line_and_exit_code_2(toy, capsys, arguments, message):
    assert main(["run", str(toy), *arguments]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.strip().splitlines()) == 1


def test_a_run_lies_where_its_subject_and_task_say():
    notebook = REPLICATIONS / "self_assessment" / "self_assessment.ipynb"
    at = default_folder(notebook, {"subject": "models/lab-0.15m"})
    assert at == OUTPUTS / "self_assessment" / "self_assessment" / "lab-0.15m" / "lab"
    at = default_folder(notebook, {"subject": "some/model", "task": "ipip-120"})
    assert at == OUTPUTS / "self_assessment" / "self_assessment" / "some--model" / "ipip-120"
    at = default_folder(notebook.with_name("self_assessment_recorded.ipynb"), {})
    assert at == OUTPUTS / "self_assessment" / "self_assessment" / "chat-models" / "ipip-300"
    at = default_folder(find("p_true", "choices_recorded"), {})
    assert at == OUTPUTS / "p_true" / "choices" / "llama" / "mmlu"
    assert default_folder(ROOT / "notebooks" / "00_tour.ipynb", {}) == OUTPUTS / "notebooks" / "00_tour"


def test_a_folder_that_is_not_a_runs_is_never_replaced(toy, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.tex").write_text("years")
    with pytest.raises(InputError, match="holds files that are not a run's"):
        execute(toy, {}, precious)
    with pytest.raises(InputError, match="is a file"):
        execute(toy, {}, precious / "thesis.tex")
    with pytest.raises(InputError, match="folder of its own"):
        execute(toy, {}, Path("/"))
    assert (precious / "thesis.tex").read_text() == "years"


def test_a_kill_between_removal_and_rename_loses_no_finished_run(toy, tmp_path):
    out = execute(toy, {"n": 4}, tmp_path / "out")
    before = (out / "results.json").read_bytes()
    out.rename(tmp_path / "out.old")  # the state that kill -9 leaves between the two renames
    with pytest.raises(RunError):
        execute(toy, {"crash": "raise"}, out)
    assert (out / "results.json").read_bytes() == before


def test_a_relative_folder_means_the_callers(toy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert execute(toy, {}, Path("rel")) == tmp_path / "rel"
    assert (tmp_path / "rel" / "results.json").is_file()


def test_the_process_itself_exits_with_2_on_a_missing_notebook(runner, tmp_path):
    done = runner("run", tmp_path / "none.ipynb")
    assert done.returncode == 2
    assert "no such notebook" in done.stderr


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "bad.ipynb").write_text("not json")
    with pytest.raises(InputError, match="not a notebook"):
        execute(tmp_path / "bad.ipynb", {}, tmp_path / "out")


TELLING = """\
import os
from pathlib import Path
from common.progress import Progress

told = set()
with Progress("sample", 10**9, "completion") as bar:
    while len(told) < 3:  # the second state stood for a second
        bar.update()
        if Path(os.environ["PROGRESS_FILE"]).exists():
            told.add(Path(os.environ["PROGRESS_FILE"]).stat().st_mtime_ns)
Path(os.environ["RUN_DIR"], "results.json").write_text("{}")
"""


def test_a_headless_run_tells_its_cell_and_what_the_cell_is_doing(tmp_path, monkeypatch, capfd):
    path = tmp_path / "telling.ipynb"
    cells = [new_code_cell("n: int = 1", metadata={"tags": ["parameters"]}), new_code_cell(TELLING)]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)
    monkeypatch.setattr(progress, "EVERY", 0.2)
    execute(path, {}, tmp_path / "out")
    lines = capfd.readouterr().err.splitlines()
    telling = r"telling.ipynb: cell 3 of 3, sample: [\d,]+ of 1,000,000,000 completions \(.*left\); \d+ s since .*"
    assert any(re.fullmatch(telling, line) for line in lines), lines


def test_a_run_that_is_interrupted_in_mid_cell_says_one_line(toy, runner, tmp_path):
    log = tmp_path / "log"
    runner.environment["TOY_LOG"] = str(log)
    run = runner.start("run", toy, "-p", "crash=hang", start_new_session=True)
    while not log.exists():  # the cell has begun
        assert run.poll() is None
    os.killpg(run.pid, signal.SIGINT)  # as Ctrl-C on a terminal
    _, err = run.communicate(timeout=60)
    assert err == "error: interrupted; nothing half-written, start again to continue\n"
    assert run.returncode == 130


def test_two_runs_into_one_folder_at_once_are_refused(toy, runner):
    first = runner.start("run", toy, "-p", "crash=hang", start_new_session=True)
    try:
        partial = runner.outputs / "toys" / "toy.partial" / "toy.ipynb"
        while not partial.exists():  # the first run holds the folder once its notebook is there
            assert first.poll() is None
        with pytest.raises(InputError, match="another run is writing there"):
            execute(toy, {}, runner.outputs / "toys" / "toy")
    finally:
        first.send_signal(signal.SIGINT)
        _, err = first.communicate(timeout=60)
    assert first.returncode == 130
    assert "interrupted" in err
    assert not partial.exists()
    assert runner("run", toy).returncode == 0


def test_a_full_disk_is_one_line_and_leaves_nothing_half_written(toy, runner):
    done = runner("run", toy)
    assert done.returncode == 0
    before = sorted((runner.outputs / "toys" / "toy").iterdir())

    def small_files_only():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    child = runner.start("run", toy, preexec_fn=small_files_only)
    _, err = child.communicate(timeout=120)
    assert child.returncode == 1
    assert len([line for line in err.splitlines() if line.startswith("error:")]) == 1
    assert "Traceback" not in err
    assert sorted((runner.outputs / "toys" / "toy").iterdir()) == before
    assert not (runner.outputs / "toys" / "toy.partial").exists()


def test_source_notebooks_are_left_as_they_are(toy, tmp_path):
    before = toy.read_bytes()
    execute(toy, {}, tmp_path / "out")
    assert toy.read_bytes() == before


def test_executed_notebooks_carry_no_times(toy, tmp_path):
    out = execute(toy, {}, tmp_path / "out")
    notebook = nbformat.read(out / "toy.ipynb", as_version=4)
    stamps = [key for cell in notebook.cells for key in cell.metadata if key in ("papermill", "execution")]
    assert not stamps
    assert "papermill" not in notebook.metadata
