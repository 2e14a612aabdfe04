import json

import numpy as np
import pytest

from benchmarks import real_cells, tables
from common import recordings, subjects
from common.completions import Completion
from common.errors import InputError
from common.recordings import META, parts
from common.recordings.recording import Recording
from common.runs.cells import Cell
from common.store import Request

CELL = Cell("toy-model", "toy", "nb", subjects.find("smollm2-135m"), "task")


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    monkeypatch.setattr(recordings, "RECORDINGS", tmp_path / "recordings")
    folder = CELL.recording
    folder.mkdir(parents=True)
    (folder / META).write_text(json.dumps({"schema": 1, "requests": {}, "parts": {}}))
    sample, options = (Request.of(kind, {}, {}) for kind in ("sample", "options"))
    drawn = Completion("a", (1, 2, 3), (-0.5,) * 3, "stop", 3)
    rows = [parts.completion_row(sample, "one", 0, drawn), parts.score_row(options, "one", ["a"], np.ones(1))]
    Recording(folder).append({}, rows, {})
    return tmp_path / "outputs"


def test_a_cell_costs_what_its_run_noted_and_leaves_what_it_recorded(recorded):
    folder = recorded / "toy/nb/smollm2-135m/task-full"
    folder.mkdir(parents=True)
    (folder / "provenance.json").write_text(json.dumps({"wall_seconds": 90, "machine": {"cpu": "X", "cores": 2}}))
    found = real_cells.cost(CELL, recorded)
    assert found.pop("bytes") > 100
    assert found == {"minutes": 1.5, "completions": 1, "tokens": 3, "prompts_scored": 1, "machine": "X, 2 cores"}


def test_a_cell_that_did_not_run_here_is_refused(recorded):
    with pytest.raises(InputError, match="toy-model: no full run here"):
        real_cells.cost(CELL, recorded)


def test_an_unknown_name_exits_2_with_one_line(capsys):
    assert real_cells.main(["nonsense"]) == 2
    assert capsys.readouterr().err.startswith("error: no cell or paper 'nonsense'")


def test_the_table_has_a_line_a_cell(tmp_path):
    file = tmp_path / "cells.json"
    row = {"minutes": 12.5, "completions": 12_000, "tokens": 36_000, "prompts_scored": 500, "bytes": 1_234_567}
    file.write_text(json.dumps({"a": row | {"machine": "X, 2 cores"}}))
    assert tables.real_cells_table(file).endswith("| a | 12.5 | 12,000 | 36,000 | 500 | 1,235 | X, 2 cores |")
