import os

import matplotlib.pyplot as plt
import nbformat
import pytest

from common import claims, paths
from common.errors import InputError
from common.paths import REPLICATIONS
from common.stats import intervals
from replications.p_true import method


@pytest.fixture(scope="module")
def stated():
    return claims.load(method.CLAIMS).claims


def test_few_claims_of_each_notebook_are_primary(stated):
    primary = [claim.notebook for claim in stated if claim.rule and claim.rule.primary]
    assert {name: primary.count(name) for name in primary} == {"reanalysis": 3, "choices": 2, "p_true": 3, "p_ik": 3}


def test_primary_claims_are_on_one_route_a_notebook_and_are_not_asked_of_recorded_data_twice(stated):
    assert {claim.notebook for claim in stated if claim.route == "recorded"} == {"reanalysis"}
    assert not [c.id for c in stated if c.id.endswith("-arc") and c.rule and c.rule.primary]


def test_no_rule_rests_on_a_raw_calibration_error(stated):
    for claim in stated:
        if claim.rule and "ECE" in claim.rule.estimand:
            assert "excess ECE" in claim.rule.estimand, claim.id


def test_what_only_a_plot_shows_is_marked_and_what_is_ours_claims_no_value_of_the_paper(stated):
    for claim in stated:
        if claim.where.startswith("not in the paper"):
            assert claim.ours, claim.id
            assert claim.paper_value == "none", claim.id


def test_verdicts_are_asked_for_by_notebook(stated):
    with pytest.raises(InputError, match="missing"):
        method.judge("reanalysis", {"calibrated-recorded": intervals.recount(0, 1)})
    named = {claim.id for claim in stated if claim.notebook == "reanalysis"}
    found = method.judge("reanalysis", {claim: intervals.recount(0.01, 9) for claim in named})
    assert {verdict.id for verdict in found} == named


def test_without_data_the_notebook_finishes_and_judges_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.setitem(os.environ, "RUN_DIR", str(tmp_path / "run"))
    notebook = nbformat.read(REPLICATIONS / "p_true" / "reanalysis.ipynb", as_version=4)
    space = {"display": None}
    with plt.rc_context():
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, cell.id, "exec"), space)
    assert {verdict.verdict for verdict in space["verdicts"]} == {claims.Status.NOT_TESTABLE}
    assert (tmp_path / "run" / "results.json").is_file()
    assert not (tmp_path / "run" / "figures").exists()
