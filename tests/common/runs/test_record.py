import json
import math

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from common.errors import InputError
from common.runs import record
from common.runs.record import Parameters, open_run


class Params(Parameters):
    n: int = 3


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("RUN_DIR", str(tmp_path / "run"))
    return open_run("toy/nb", Params())


def test_a_finished_run_has_results_tables_samples_and_figures(run):
    figure, _ = plt.subplots()
    run.figure(figure, "f", "a caption")
    plt.close(figure)
    table = pd.DataFrame({"a": [1.23456789, None], "b": ["x", "y"]})
    run.finish([], {"m": {"x": 1}}, {"t": table}, samples=table)
    results = json.loads((run.folder / "results.json").read_text())
    results["data"] = {}  # what earlier tests opened in this process
    assert results == {
        "claims": [],
        "cut_off": {},
        "warnings": [],
        "metrics": {"m": {"x": 1}},
        "parameters": {"n": 3},
        "data": {},
        "tables": {"t": [{"a": 1.234568, "b": "x"}, {"a": None, "b": "y"}]},
    }
    assert json.loads((run.folder / "figures" / "captions.json").read_text()) == {"f": "a caption"}
    assert pd.read_parquet(run.folder / "samples.parquet")["b"].tolist() == ["x", "y"]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_metric_without_a_value_is_refused_and_nothing_is_written(run, value):
    with pytest.raises(InputError, match="NaN or infinity"):
        run.finish([], {"m": value})
    assert not list(run.folder.iterdir())


def test_opened_by_hand_a_notebook_writes_beside_the_recorded_runs(tmp_path, monkeypatch):
    monkeypatch.delenv("RUN_DIR", raising=False)
    monkeypatch.setattr(record, "OUTPUTS", tmp_path)
    assert open_run("toy/nb", {}).folder == tmp_path / "toy" / "nb.interactive"


def test_a_failed_write_leaves_the_old_text(tmp_path, monkeypatch):
    target = tmp_path / "file.json"
    record.write_whole(target, "old")

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record.os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        record.write_whole(target, "new")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.json"]
