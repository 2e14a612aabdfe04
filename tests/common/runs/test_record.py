import json
import math

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from common import claims
from common.errors import InputError
from common.runs import record
from common.runs.parameters import Parameters
from common.runs.record import Run, open_run
from common.stats.estimates import Undefined


class Params(Parameters):
    n: int = 3


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("RUN_DIR", str(tmp_path / "run"))
    return Run("toy/nb", Params())


def test_a_finished_run_has_results_tables_samples_and_figures(run):
    figure, _ = plt.subplots()
    run.figure(figure, "f", "a caption")
    plt.close(figure)
    table = pd.DataFrame({"a": [1.23456789, None], "b": ["x", "y"]})
    run.finish({"m": {"x": 1}}, {"t": table}, samples=table)
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
        run.finish({"m": value})
    assert not list(run.folder.iterdir())


def test_opened_by_hand_a_notebook_writes_beside_the_recorded_runs(tmp_path, monkeypatch):
    monkeypatch.delenv("RUN_DIR", raising=False)
    monkeypatch.setattr(record, "OUTPUTS", tmp_path)
    assert Run("toy/nb", Params()).folder == tmp_path / "toy" / "nb.interactive"


def test_parameters_are_taken_out_of_the_notebooks_globals(tmp_path, monkeypatch):
    monkeypatch.setenv("RUN_DIR", str(tmp_path / "run"))
    run = open_run("self_assessment/self_assessment_recorded", {"alpha": 0.01, "resamples": 200, "np": 3})
    assert (run.params.alpha, run.params.resamples, run.params.seed) == (0.01, 200, 0)
    assert (run.subject.id, run.params.task) == ("chat-models", "ipip-300")
    tour = open_run("notebooks/00_tour", {"seed": 4})
    assert tour.params.seed == 4
    with pytest.raises(InputError, match="alpha"):
        open_run("self_assessment/self_assessment_recorded", {"alpha": 2.0})
    with pytest.raises(InputError, match="no such notebook"):
        open_run("self_assessment/nowhere", {})


def test_a_run_judges_the_claims_of_its_experiment_and_keeps_the_verdicts(tmp_path, monkeypatch):
    monkeypatch.setenv("RUN_DIR", str(tmp_path / "run"))
    run = open_run("self_assessment/self_assessment_recorded", {})
    about = [claim for claim in claims.stated("self_assessment") if claim.about(run.subject)]
    found = {claim.id: Undefined("no data") for claim in about if claim.rule}
    table = run.judge(found)
    assert table["id"].tolist() == [claim.id for claim in about]
    run.finish({"m": 1})
    written = json.loads((run.folder / "results.json").read_text())["claims"]
    assert {(one["subject"], one["task"], one["route"]) for one in written} == {("chat-models", "ipip-300", "recorded")}
    with pytest.raises(InputError, match="missing"):
        run.judge({})
