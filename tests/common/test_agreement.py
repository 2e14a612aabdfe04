import pandas as pd

from common import agreement, scoreboard

WORDS = {"s": "supported", "c": "contradicted", "i": "inconclusive", "n": "not testable here"}


def made(*rows):
    """Verdicts as (claim, route, subject, task, first letter of the verdict)."""
    names = ["claim", "route", "subject", "task", "verdict"]
    return pd.DataFrame([dict(zip(names, row, strict=True)) | {"paper": "p"} for row in rows]).assign(
        verdict=lambda t: t["verdict"].map(WORDS)
    )


FOUND = made(
    ("b", "lab", "lab-1", "facts", "s"),
    ("b", "model", "m", "arc", "s"),
    ("b", "model", "m", "easy", "c"),
    ("a", "lab", "lab-1", "facts", "c"),
    ("a", "model", "m", "arc", "i"),
    ("alone", "lab", "lab-1", "facts", "s"),
    ("other", "recorded", "r", "arc", "s"),
)


def test_pairs_agree_differ_or_are_open():
    found = agreement.pairs(FOUND)
    told = {(row.claim, row.task_model): str(row.agree) for row in found.itertuples()}
    assert told == {("b", "arc"): "True", ("b", "easy"): "False", ("a", "arc"): "<NA>"}
    assert agreement.pairs(FOUND, "recorded").empty


def test_the_matrix_has_the_claims_that_several_columns_judge_in_their_order():
    table = agreement.matrix(FOUND)
    assert list(table.index) == [("p", "b"), ("p", "a")]
    assert list(table.columns) == ["lab-1, facts", "m, arc", "m, easy"]
    assert table.loc[("p", "b")].to_list() == ["supported", "supported", "contradicted"]


def test_all_published_verdicts_by_a_rule_are_there():
    found = agreement.verdicts(scoreboard.boards())
    assert not found.duplicated(["paper", "claim", "subject", "task"]).any()
    counted = found.groupby("subject").size()
    assert counted["lab-1.3m"] > 40
    assert found.loc[found["verdict"] != WORDS["n"], ["estimate", "n"]].notna().all(axis=None)
    assert agreement.verdicts([]).empty


def test_a_published_table_of_all_cells_names_subject_and_task():
    found = agreement.published(scoreboard.boards(), "choices", "cells")
    lab = found[found["subject"] == "lab-1.3m"]
    assert set(lab["task"]) == {"facts+arithmetic"}
    assert "lab-0.05m" in set(lab["model"])
    assert set(agreement.published(scoreboard.boards(), "p_true", "cells")["task"]) >= {"facts"}


def test_soundness_has_a_line_a_published_cell_with_its_verdicts_mass_and_cut_off_share():
    boards = scoreboard.boards()
    found = agreement.soundness(boards).set_index(["experiment", "subject", "task"])
    verdicts = agreement.verdicts(boards)
    real = verdicts[verdicts["route"] == "model"]
    assert found[["decided", "inconclusive", "not testable"]].to_numpy().sum() == len(real)
    small = found.loc[("p_true", "smollm2-135m", "lambada")]
    assert small["cut off"] == 0.2968
    assert small["n"] == 300
    assert found["least mass"].dropna().between(0, 1).all()
    assert found.loc[("choices", "smollm2-135m", "arc"), "least mass"] > 0.4
    assert agreement.soundness([]).empty
