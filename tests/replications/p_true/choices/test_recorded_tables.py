import numpy as np
import pandas as pd
import pytest

from common.stats.calibration import binned, scores
from replications.p_true.choices import recorded_tables, temperature
from replications.p_true.choices.recorded import BASE, CHAT


@pytest.fixture(scope="module")
def cells(as_claimed):
    return recorded_tables.cell_table(as_claimed.data["mmlu"], as_claimed.tops["mmlu"], as_claimed.errors["mmlu"])


def test_a_row_holds_what_the_measures_say_of_the_models_answers(cells, as_claimed):
    assert len(cells) == 20
    row = cells[(cells["model"] == "Llama-2-13b-hf") & (cells["shots"] == 0)].iloc[0]
    p, c = as_claimed.tops["mmlu"]["Llama-2-13b-hf", 0]
    table, keys = as_claimed.data["mmlu"].probabilities["Llama-2-13b-hf", 0], as_claimed.data["mmlu"].keys
    assert (row["family"], row["billions"], row["n"], row["ties"]) == ("Llama-2", 13, 2000, 0)
    assert row["accuracy"] == (table.argmax(axis=1) == keys).mean()
    assert row["mean_p"] == table.max(axis=1).mean()
    assert row["ece"] == binned.ece(p, c)
    assert row["brier"] == pytest.approx(scores.brier(p, c))
    assert row["base_rate_brier"] == pytest.approx(row["accuracy"] * (1 - row["accuracy"]))
    assert row["brier_all_options"] == pytest.approx(((table - np.eye(4)[keys]) ** 2).mean())
    assert row["log_score_of_key"] == pytest.approx(-np.log(table[np.arange(2000), keys]).mean())


def test_excess_is_error_less_floor_inside_its_interval(cells):
    np.testing.assert_allclose(cells["excess"], cells["ece"] - cells["floor"])
    assert (cells["excess_low"] < cells["excess"]).all()
    assert (cells["excess"] < cells["excess_high"]).all()
    assert (cells["floor"] < cells["floor_95"]).all()


def test_sharpened_models_stand_out_from_the_floor_and_calibrated_ones_do_not(cells, calibrated):
    chat = cells[cells["family"] == "Llama-2-chat"]
    assert (chat["ece"] > chat["floor_95"]).all()
    assert (chat["p_value"] < 0.02).all()
    fair = recorded_tables.cell_table(calibrated.data["mmlu"], calibrated.tops["mmlu"], calibrated.errors["mmlu"])
    assert (fair["ece"] > fair["floor_95"]).sum() <= 4
    assert fair["excess"].mean() == pytest.approx(0, abs=0.008)


def test_curves_have_ten_points_a_population_and_intervals_where_rows_are_independent(as_claimed):
    curves = recorded_tables.curve_table(as_claimed.data["arc"], as_claimed.tops["arc"])
    assert (curves.groupby(["model", "shots", "population"]).size() == 10).all()
    assert len(curves) == 20 * 2 * 10
    top, pooled = (curves[curves["population"] == population] for population in ("top", "all"))
    assert ((top["low"] <= top["right"]) & (top["right"] <= top["high"])).all()
    assert pooled[["low", "high"]].isna().all(axis=None)
    assert pooled["mean_p"].mean() == pytest.approx(0.25)
    assert pooled["right"].mean() == pytest.approx(0.25)


def test_the_temperature_table_has_a_row_a_model_and_state(as_claimed):
    table = recorded_tables.temperature_table("mmlu", as_claimed.mended["mmlu"])
    assert list(table["model"].unique()) == BASE + CHAT
    assert (table.groupby("model")["state"].apply(list).map(tuple) == temperature.STATES).all()
    assert (table["n"] == 1000).all()
    chat = table[table["family"] == "Llama-2-chat"].pivot(index="model", columns="state")
    assert (chat["temperature", "T = 2.5"] == 2.5).all()
    assert (chat["excess", "fitted"] < chat["excess", "as recorded"] / 2).all()
    assert (chat["brier_all_options", "fitted"] < chat["brier_all_options", "as recorded"]).all()


def test_curves_of_mended_chat_models_come_closer_to_the_diagonal(as_claimed):
    curves = recorded_tables.mended_curves(as_claimed.mended["mmlu"])
    assert list(curves["model"].unique()) == CHAT
    gap = (curves["mean_p"] - curves["right"]).abs().groupby([curves["model"], curves["state"]]).mean()
    assert isinstance(gap, pd.Series)
    for model in CHAT:
        assert gap[model, "fitted"] < gap[model, "as recorded"] / 2
