import os
import re
import signal

import pandas as pd
import pytest

from common.errors import InputError
from common.runs.grid import load_grid, tidy


@pytest.fixture
def grid(toy):
    """A grid over the toy notebook; each run notes in `log` that it was executed."""
    path = toy.parent / "sums.yaml"
    path.write_text(f"notebook: {toy}\nparameters:\n  n: [2, 3, 4]\n  scale: [0.5]\n")
    return path


def executions(toy):
    log = toy.parent / "log"
    return sorted(log.read_text().split()) if log.exists() else []


def test_a_grid_killed_half_way_and_started_again_runs_only_what_is_missing(toy, grid, runner):
    runner.environment["TOY_LOG"] = str(toy.parent / "log")
    reference = runner("grid", grid)
    assert reference.returncode == 0, reference.stderr
    table = runner.outputs / "toys" / "runs" / "sums.csv"
    uninterrupted = table.read_bytes()

    runner.outputs = runner.outputs.with_name("again")
    runner.environment["OUTPUTS_DIR"] = str(runner.outputs)
    (toy.parent / "log").unlink()
    first = runner.start("grid", grid)
    while len(executions(toy)) < 2:  # the second run has begun, so the first is finished
        assert first.poll() is None
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    finished = len(list((runner.outputs / "toys" / "runs").glob("????????????/results.json")))
    assert 1 <= finished < 3
    before = executions(toy)

    again = runner("grid", grid)
    assert again.returncode == 0, again.stderr
    assert f"{finished} finished before" in again.stdout
    assert len(executions(toy)) == len(before) + 3 - finished
    assert (runner.outputs / "toys" / "runs" / "sums.csv").read_bytes() == uninterrupted

    nothing_left = runner("grid", grid)
    assert "3 finished before" in nothing_left.stdout
    assert len(executions(toy)) == len(before) + 3 - finished


def test_the_table_is_tidy_and_in_the_order_of_the_grid(toy, grid, runner):
    done = runner("grid", grid, "--jobs", 2)
    assert done.returncode == 0
    assert re.search(r"^1 of 3 runs done, 0 failed, 2 running: .* left\)$", done.stderr, re.MULTILINE)
    assert "3 of 3 runs done, 0 failed, 0 running (" in done.stderr
    table = pd.read_csv(runner.outputs / "toys" / "runs" / "sums.csv", keep_default_na=False)
    assert list(table.columns) == ["run", "n", "scale", "name", "crash", "quantity", "value"]
    assert table[["n", "value"]].to_numpy().tolist() == [[2, 0.5], [3, 1.5], [4, 3.0]]


def test_a_dead_kernel_is_tried_again_and_a_failed_cell_is_not(toy, runner):
    runner.environment["TOY_LOG"] = str(toy.parent / "log")
    path = toy.parent / "bad.yaml"
    path.write_text(f"notebook: {toy}\nparameters: {{n: [1], crash: [die, raise, '']}}\n")
    done = runner("grid", path)
    assert done.returncode == 1
    assert "2 of 3 runs failed" in done.stderr
    assert "kernel died" in done.stderr
    assert "told to" in done.stderr
    assert len(executions(toy)) == 3 + 1 + 1
    assert not (runner.outputs / "toys" / "runs" / "bad.csv").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("notebook: {toy}\nparameters: {{m: [1]}}", "unknown parameter 'm'"),
        ("notebook: {toy}\nparameters: {{n: [1, two]}}", "valid integer"),
        ("notebook: {toy}\nparameters: {{}}", "grid is empty"),
        ("notebook: {toy}\nparameters: {{n: []}}", "non-empty list"),
        ("notebook: {toy}\nparameters: {{n: 3}}", "non-empty list"),
        ("notebook: {toy}", "need `notebook: PATH`"),
        ("notebook: {toy}\nparamters: {{n: [1]}}", "need `notebook: PATH`"),
        ("notebook: {toy}\nparameters: {{n: [1]}}\njobs: 2", "and no more"),
        ("notebook: {toy}\nparameters: {{n: [1, 1]}}", "appears twice"),
        ("notebook: nowhere.ipynb\nparameters: {{n: [1]}}", "no such notebook"),
        ("notebook: [", "not a YAML file"),
        ("", "need `notebook: PATH`"),
    ],
)
def test_a_wrong_grid_is_refused_before_anything_runs(toy, tmp_path, text, message):
    path = tmp_path / "grid.yaml"
    path.write_text(text.format(toy=toy))
    with pytest.raises(InputError, match=message) as error:
        load_grid(path)
    assert "\n" not in str(error.value)


def test_a_grid_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.yaml: No such file"):
        load_grid(tmp_path / "none.yaml")


def test_ctrl_c_stops_a_grid_at_once_and_finished_runs_stay(toy, grid, runner):
    runner.environment["TOY_LOG"] = str(toy.parent / "log")
    child = runner.start("grid", grid, start_new_session=True)
    while len(executions(toy)) < 2:  # the second of three runs has begun
        assert child.poll() is None
    os.killpg(child.pid, signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "interrupted" in err
    assert len(executions(toy)) == 2
    assert len(list((runner.outputs / "toys" / "runs").glob("????????????/results.json"))) == 1


def test_editing_the_notebook_starts_a_grid_anew(toy, grid):
    before = {run.folder.name for run in load_grid(grid)}
    toy.write_text(toy.read_text().replace("told to", "asked to"))
    assert not before & {run.folder.name for run in load_grid(grid)}


def test_claims_appear_in_the_table_with_their_ends(toy, grid):
    run = load_grid(grid)[0]
    run.folder.mkdir(parents=True)
    claim = '{"id": "c", "estimate": 1.5, "low": 1.0, "high": null}'
    (run.folder / "results.json").write_text(f'{{"claims": [{claim}], "metrics": {{"a": {{"b": 2}}, "s": "text"}}}}')
    table = tidy([run])
    assert dict(zip(table["quantity"], table["value"], strict=True)) == {
        "a.b": 2,
        "claims.c.estimate": 1.5,
        "claims.c.low": 1.0,
    }
