import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from common.stats.estimates import Undefined
from replications.p_true.p_true import tables as measure
from replications.p_true.p_true.prompts import COMPARISON_20, CONDITIONS, ONE_SIX
from replications.p_true.params import LAB_TASKS
from tests.replications.p_true.made_up_models import CHANCE, MadeUp, insider
from tests.replications.p_true.p_true.made_up_experiment import MODELS, SCORING, measured, perform


@pytest.fixture(scope="module")
def few():
    """A model that is always right, asked fewer questions than there are bins."""
    sure = MadeUp("large", insider, chance=dict.fromkeys(CHANCE, 1.0))
    return measured(perform({"large": sure}, MODELS[:1], ("facts",), questions=9), MODELS[:1])


def test_rows_hold_every_measure_beside_its_reference(noisy):
    assert len(noisy.cells) == len(LAB_TASKS) * len(MODELS) * len(CONDITIONS)
    at = noisy.cells.set_index(["task", "model", "condition"])
    for model in ("large", "small-seed1"):
        row, rows = at.loc["arithmetic", model, ONE_SIX.name], noisy.experiment.rows("arithmetic", ONE_SIX, model)
        assert row["auroc"] == pytest.approx(roc_auc_score(rows["right"], rows["p_true"]))
        assert row["auroc_low"] < row["auroc"] < row["auroc_high"]
        assert row["brier"] == pytest.approx(brier_score_loss(rows["right"], rows["p_true"]))
        assert row["base_rate_brier"] == pytest.approx(row["accuracy"] * (1 - row["accuracy"]))
        assert row["right_above"] == pytest.approx(rows.loc[rows["p_true"] > 0.5, "right"].mean())
        assert row["gain"] == pytest.approx(row["right_above"] - row["accuracy"])
        assert (row["n"], row["n_above"]) == (len(rows), (rows["p_true"] > 0.5).sum())
        assert row["excess"] == pytest.approx(row["ece"] - row["floor"])
        assert row["mass"] == 0.75
    assert at.loc["facts", "small-low", ONE_SIX.name][["size", "dose", "parameters"]].tolist() == ["0.1m", "low", 100]


def test_a_judge_that_states_its_chances_is_calibrated(judged):
    small = judged.cells[judged.cells["model"] == "small"]
    assert small["excess"].abs().max() < 0.08
    assert judged.cells.loc[judged.cells["model"] == "large", "excess"].max() > 0.05


def test_what_was_sampled_is_counted(noisy):
    table = measure.written_table(noisy.experiment).set_index(["task", "model"])
    row, written = table.loc["facts", "small-seed1"], noisy.experiment.written["facts", "small-seed1"]
    assert row["left_out"] == 80 - len(written.items) > 0
    assert row["unreadable"] == pytest.approx(written.rows["unreadable"].mean() / 30)
    assert row["share_right"] == pytest.approx(written.rows["share_right"].mean())
    assert table.loc["facts", "large"]["left_out"] == 0


def test_curves_have_ten_points_with_the_means_of_their_bins(noisy):
    curves = measure.curve_table(noisy.experiment)
    assert len(curves) == 10 * len(noisy.cells)
    mine = curves.query("task == 'facts' and model == 'large' and condition == @ONE_SIX.name")
    rows = noisy.experiment.rows("facts", ONE_SIX, "large")
    assert mine["mean_p"].mean() == pytest.approx(rows["p_true"].mean())
    assert mine["right"].mean() == pytest.approx(rows["right"].mean())


def test_baselines_stand_beside_p_true(noisy):
    table = measure.baseline_table(noisy.experiment, MODELS, SCORING).set_index(["task", "model", "score"])
    rows = noisy.experiment.rows("facts", COMPARISON_20, "small-low")
    for score in ("p_true", "likelihood", "certainty", "agreement"):
        value = roc_auc_score(rows["right"], rows[score])
        assert table.loc["facts", "small-low", score]["auroc"] == pytest.approx(value)


def test_the_matrix_has_every_pair_of_sizes_and_no_seed_or_dose(noisy):
    table = measure.matrix_table(noisy.experiment, MODELS, SCORING)
    wide = table.set_index(["task", "evaluator", "writer"])["auroc"]
    assert len(wide) == 2 * 2 * 2
    for judge, writer in (("large", "small"), ("small", "large"), ("large", "large")):
        rows = noisy.experiment.rows("facts", COMPARISON_20, judge, writer)
        assert wide["facts", judge, writer] == pytest.approx(roc_auc_score(rows["right"], rows["p_true"]))
    assert measure.matrix_table(noisy.experiment, MODELS[4:], SCORING).empty


def test_levels_hold_their_own_samples(noisy):
    levels = measure.level_table(noisy.experiment, MODELS, SCORING)
    assert set(levels["level"]) == set(CHANCE)
    assert levels.query("model == 'small' and task == 'facts'")["n"].sum() == 80
    rows = noisy.experiment.rows("facts", COMPARISON_20, "large")
    rows = rows[rows["level"] == "16"]
    row = levels.query("model == 'large' and level == '16'").iloc[0]
    assert row["auroc"] == pytest.approx(roc_auc_score(rows["right"], rows["p_true"]))
    assert (row["n"], row["accuracy"]) == (len(rows), rows["right"].mean())


def test_every_judgement_is_kept_with_who_made_it(noisy):
    rows = measure.samples(noisy.experiment)
    assert len(rows) == sum(len(part) for part in noisy.experiment.judged.values())
    assert set(rows["condition"]) == {condition.name for condition in CONDITIONS}
    assert not rows.duplicated(["question", "task", "evaluator", "writer", "condition"]).any()


def test_one_class_of_outcome_and_few_rows_leave_fields_empty(few):
    assert isinstance(few.errors["facts", "large"], Undefined)
    assert few.cells["auroc"].isna().all()
    assert few.cells["base_rate_brier"].max() == 0
    assert "ece" not in few.cells
    assert np.isfinite(few.cells["brier"]).all()
    assert measure.curve_table(few.experiment).empty
    assert measure.baseline_table(few.experiment, MODELS[:1], SCORING)["auroc"].isna().all()
    assert measure.level_table(few.experiment, MODELS[:1], SCORING)["auroc"].isna().all()
