from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from common import tables
from replications.p_true.p_true import recorded_estimates
from replications.p_true.p_true import recorded_tables as measure
from replications.p_true.p_true.params import RecordedParams
from replications.p_true.p_true.scoring import Scoring
from tests.replications.p_true.p_true.made_up_answers import recorded

SCORING = Scoring(200, 0)
PARAMS = RecordedParams.model_construct(resamples=100, redraws=50, seed=0)


def cell_of(made):
    errors = recorded_estimates.measure_excess(made.judged("p_true"), PARAMS)
    return measure.cell_table(made, "example", errors, SCORING)


def test_the_row_holds_what_was_imported_and_every_measure():
    made = recorded(unread=20)
    row, rows = cell_of(made).iloc[0], made.rows
    assert (row["task"], row["answered"], row["left_out"], row["n"]) == ("example", 220, 20, 200)
    assert row["accuracy"] == pytest.approx(rows["right"].mean())
    assert row["auroc"] == pytest.approx(roc_auc_score(rows["right"], rows["p_true"]))
    assert row["brier"] == pytest.approx(brier_score_loss(rows["right"], rows["p_true"]))
    assert row["excess"] == pytest.approx(row["ece"] - row["floor"])
    assert "mass" not in row


def test_curves_have_ten_points_and_few_rows_none():
    made = recorded()
    curve = measure.curve_table(made.rows)
    assert len(curve) == 10
    assert curve["right"].mean() == pytest.approx(made.rows["right"].mean())
    assert measure.curve_table(made.rows.head(9)).empty


def test_scores_stand_side_by_side_each_on_the_answers_that_have_it():
    made = recorded()
    made.rows.iloc[:20, made.rows.columns.get_loc("likelihood")] = np.nan
    table = measure.score_table(made, SCORING).set_index("score")
    with_one = made.rows.iloc[20:]
    assert table["n"].to_dict() == {"p_true": 200, "likelihood": 180}
    assert table.loc["likelihood", "auroc"] == pytest.approx(roc_auc_score(with_one["right"], with_one["likelihood"]))


def test_what_nobody_recorded_is_left_empty():
    made = recorded(30)
    nothing = replace(made, rows=made.rows.assign(p_true=np.nan, likelihood=np.nan))
    cell = cell_of(nothing)
    assert (cell["left_out"].item(), "auroc" in cell, "ece" in cell) == (30, False, False)
    assert tables.headline(cell, "task") == {"example": {"accuracy": round(made.rows["right"].mean(), 4)}}
    assert measure.score_table(nothing, SCORING)["auroc"].isna().all()
    unread = replace(made, rows=made.rows.head(0))
    assert tables.headline(cell_of(unread), "task") == {"example": {}}
