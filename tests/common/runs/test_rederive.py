import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from common import subjects
from common.errors import InputError
from common.runs import rederive
from common.runs.__main__ import main
from common.runs.cells import Cell
from common.runs.execute import RunError

MODEL = subjects.find("smollm2-135m")


@dataclass(frozen=True)
class Toy(Cell):
    """A cell on a real model whose notebook is the toy of these tests, published with n = 3."""

    where: Path = Path()
    n: int = 3
    lacks: tuple[str, ...] = ()

    @property
    def notebook(self):
        return self.where

    @property
    def missing(self):
        return list(self.lacks)

    @property
    def published(self):
        return {"claims": [], "metrics": {"sum": 3.0}, "recordings": {"a": "1"}}

    def parameters(self, size):
        assert size == "full"
        return {"n": self.n, "scale": 1.0, "name": "toy", "crash": ""}


@pytest.fixture
def cell(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(rederive, "OUTPUTS", tmp_path / "outputs")
    return lambda **more: Toy("toy-model", "toys", "toy", MODEL, "task", {}, toy, **more)


def test_the_same_result_is_said_to_be_the_same(cell, capsys):
    rederive.rederive([cell()], live=False)
    told = capsys.readouterr().out
    assert "toy-model: 0 verdicts and all numbers the same (" in told
    assert "1 of 1 cells in" in told


def test_another_result_is_named_and_ends_with_an_error(cell, capsys):
    with pytest.raises(RunError, match="1 of 2 cells differ from what is published: toy-model"):
        rederive.rederive([cell(n=4), cell()], live=True)
    assert "  /metrics/sum: published 3.0, now 6.0" in capsys.readouterr().out
    assert (rederive.OUTPUTS / "toys/toy/smollm2-135m/task-live/results.json").is_file()


def test_a_cell_without_its_data_is_named_and_left_out(cell, capsys):
    rederive.rederive([cell(lacks=("qa/arc_challenge.jsonl",))], live=False)
    told = capsys.readouterr().out
    assert "published in results/toys/toy/smollm2-135m/task/results.json; its data are not here (qa/arc_ch" in told
    assert "0 of 1 cells" in told


def test_an_unknown_name_exits_2_with_one_line(capsys):
    assert main(["rederive", "p_true-choices-lab"]) == 2
    assert capsys.readouterr().err.startswith("error: no published cell on a real model is called 'p_true-choices-lab'")
    with pytest.raises(InputError, match="is called 'nonsense'"):
        rederive.chosen(["nonsense"])


@pytest.mark.parametrize(
    ("published", "found", "said"),
    [
        ({"a": 1.0}, {"a": 1.0 + 5e-7}, []),
        ({"a": 1.0}, {"a": 1.0 + 5e-6}, ["/a: published 1.0, now 1.000005"]),
        ({"n": 800}, {"n": 801}, ["/n: published 800, now 801"]),
        (
            {"verdict": "supported"},
            {"verdict": "inconclusive"},
            ["/verdict: published 'supported', now 'inconclusive'"],
        ),
        ({"a": [1, 2]}, {"a": [1]}, ["/a: published [1, 2], now [1]"]),
        ({"a": [{"b": None}]}, {"a": [{"b": 0.5}]}, ["/a/0/b: published None, now 0.5"]),
        ({"a": True}, {"a": 1.0}, ["/a: published True, now 1.0"]),
        ({"a": 1, "recordings": {"x": "1"}}, {"a": 1}, []),
        ({"a": {"recordings": 1}}, {"a": {}}, ["/a/recordings: published 1, now None"]),
        ({"a": 2}, {"a": 2.0}, []),
    ],
)
def test_verdicts_and_counts_must_be_equal_and_numbers_nearly(published, found, said):
    assert list(rederive.differences(published, found)) == said
    assert list(rederive.differences(json.loads(json.dumps(published)), published)) == []
