import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from common import subjects
from common.errors import InputError
from common.runs import replicate
from common.runs.__main__ import main
from common.runs.cells import Cell
from common.runs.execute import RunError
from common.runs.grid import GridRun

LAB = subjects.find("lab-1.3m")


@dataclass(frozen=True)
class Toy(Cell):
    """A cell whose notebook is the toy of these tests."""

    where: Path = Path()

    @property
    def notebook(self):
        return self.where

    @property
    def place(self):
        return Path(self.paper, self.name)

    def parameters(self, size):
        return {"n": 3 if size == "quick" else 5, "scale": 1.0, "name": "toy", "crash": ""}


@pytest.fixture
def called(tmp_path, monkeypatch):
    """What is started beside the runs; outputs and results go to a temporary folder."""
    calls = []
    monkeypatch.setattr(replicate, "OUTPUTS", tmp_path / "outputs")
    monkeypatch.setattr(replicate, "_call", lambda *command: calls.append(command))
    return calls


@pytest.fixture
def cell(toy):
    return Toy("toy-lab", "toys", "toy", LAB, "task", {}, toy)


def test_papers_and_cells_are_chosen_by_name():
    assert {cell.paper for cell in replicate.chosen(["p_true"])} == {"p_true"}
    assert [cell.name for cell in replicate.chosen(["p_true-p_ik-lab"])] == ["p_true-p_ik-lab"]
    assert {cell.paper for cell in replicate.chosen([])} > {"p_true", "genrm_vs_sc"}
    with pytest.raises(InputError, match="no cell or paper 'nonsense'; there are: genrm_vs_sc, "):
        replicate.chosen(["nonsense"])


def test_an_unknown_name_exits_2_with_one_line(capsys):
    assert main(["cells", "nonsense"]) == 2
    assert capsys.readouterr().err.startswith("error: no cell or paper 'nonsense'")


def test_a_quick_run_is_made_once_and_again_after_a_change(cell, called, capsys):
    replicate.quick([cell], jobs=2)
    assert "1 runs, 0 finished before" in capsys.readouterr().out
    replicate.quick([cell], jobs=2)
    assert "1 runs, 1 finished before" in capsys.readouterr().out
    assert called == [("common.report",)] * 2
    folder = replicate.OUTPUTS / cell.place
    assert json.loads((folder / "results.json").read_text())["metrics"] == {"sum": 3.0}
    run = GridRun(cell.notebook, cell.parameters("quick"), folder, cell.name)
    assert replicate.fresh(run)
    assert not replicate.fresh(GridRun(cell.notebook, cell.parameters("full"), folder, cell.name))
    cell.notebook.write_text(cell.notebook.read_text().replace("(n - 1)", "(n - 2)"))
    assert not replicate.fresh(run)


def test_a_real_model_of_which_nothing_is_recorded_is_not_asked_by_a_quick_run(toy, called, capsys):
    replicate.quick([Toy("toy-model", "toys", "toy", subjects.find("smollm2-135m"), "task", {}, toy)], jobs=2)
    assert "toy-model: not run: nothing is recorded; its full run asks the model" in capsys.readouterr().out
    assert not (replicate.OUTPUTS / "toys").exists()


def test_of_real_models_one_cell_a_paper_runs_unless_others_are_named(toy, monkeypatch):
    several = {
        n: Toy(n, p, "toy", subjects.find(s), n, {}, toy)
        for n, p, s in [
            ("a", "one", "lab-1.3m"),
            ("b", "one", "smollm2-135m"),
            ("c", "one", "qwen2.5-coder-0.5b"),
            ("d", "two", "smollm2-135m"),
        ]
    }
    monkeypatch.setattr(replicate, "load", lambda: several)
    assert [cell.name for cell in replicate.chosen([])] == ["a", "b", "d"]
    assert [cell.name for cell in replicate.chosen(["one"])] == ["a", "b", "c"]


def test_runs_that_fail_are_named_and_the_report_comes_all_the_same(cell, called, monkeypatch):
    monkeypatch.setattr(Toy, "parameters", lambda self, size: {"n": 1, "scale": 1.0, "name": "", "crash": "raise"})
    with pytest.raises(RunError, match=r"1 of 1 runs failed: toy-lab: error: toy\.ipynb: cell"):
        replicate.quick([cell], jobs=1)
    assert called == [("common.report",)]


def test_what_has_no_data_is_not_run_and_says_why(cell, called, monkeypatch, capsys):
    monkeypatch.setattr(Toy, "missing", ["a", "b", "c", "d"])
    replicate.quick([cell], jobs=1)
    replicate.full([cell])
    said = capsys.readouterr().out
    assert said.count("toy-lab: not run: data not available (a, b, c and 1 more)") == 2
    assert not (replicate.OUTPUTS / cell.place).exists()


def test_a_full_run_is_published_entered_and_recorded(cell, called, monkeypatch, tmp_path):
    published = []
    monkeypatch.setattr(replicate, "publish", lambda cell, run: published.append((cell.name, run)) or tmp_path)
    monkeypatch.setattr(replicate, "enter", lambda cell: published.append(cell.name))
    replicate.full([cell])
    run = replicate.OUTPUTS / "toys" / "toy-lab-full"
    assert published == [("toy-lab", run), "toy-lab"]
    assert json.loads((run / "results.json").read_text())["metrics"] == {"sum": 10.0}
    assert called == [
        ("dvc", "commit", "--quiet", "--force", "publish@toy-lab"),
        ("common.readme",),
        ("common.report",),
    ]


def test_a_full_run_that_fails_publishes_nothing(cell, called, monkeypatch):
    monkeypatch.setattr(Toy, "parameters", lambda self, size: {"n": 1, "scale": 1.0, "name": "", "crash": "raise"})
    monkeypatch.setattr(replicate, "publish", lambda *_: pytest.fail("published"))
    with pytest.raises(RunError, match="told to"):
        replicate.full([cell])
    assert called == []


def test_a_command_that_fails_is_named():
    with pytest.raises(RunError, match=r"python -m common.readme --nonsense ended with exit code|common.nowhere"):
        replicate._call("common.nowhere")
