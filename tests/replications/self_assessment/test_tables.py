import json

import numpy as np
import pandas as pd
import pytest

from common.paths import RESULTS
from replications.self_assessment import (
    arrangements,
    control,
    estimates,
    experiment,
    prompts,
    shifts,
    tables,
)
from replications.self_assessment.answers import MODELS, TEMPLATES
from replications.self_assessment.inventories import respondents
from tests.replications.self_assessment import scripted
from tests.replications.self_assessment.asked import ITEMS, ask, boot

PUBLISHED = {
    "unkeyed": [29, 24, 26, 19],
    "keyed": [17, 13, 19, 10],
    "unkeyed_holm": [29, 20, 25, 13],
    "keyed_holm": [10, 10, 10, 4],
    "unkeyed_paired": [29, 23, 24, 21],
    "keyed_paired": [20, 12, 22, 13],
    "unkeyed_paired_holm": [29, 16, 17, 15],
    "keyed_paired_holm": [12, 10, 13, 4],
}
"""Significant of 30 for gpt-3.5-turbo, llama-2-7b, -13b, -70b: the first row is the paper's."""


def test_counts_from_raw_text_are_the_papers_only_without_keys(rejected):
    counts = tables.count_metrics(rejected)
    assert {name: [found[m] for m in MODELS] for name, found in counts.items()} == PUBLISHED


def test_published_results_hold_the_same_counts():
    results = json.loads(
        (RESULTS / "self_assessment" / "self_assessment" / "chat-models" / "ipip-300" / "results.json").read_text()
    )
    counts = results["metrics"]["significant_of_30"]
    assert {name: [found[m] for m in MODELS] for name, found in counts.items()} == PUBLISHED


def test_the_trait_table_holds_known_cells(scored):
    table = tables.trait_table(scored).set_index(["scoring", "model", "template", "order", "trait"])
    assert len(table) == 2 * 4 * 6 * 5
    for cell, mean, sd in [
        (("unkeyed", "gpt-3.5-turbo", "MPI", "original", "O"), 4.48, 0.59),
        (("unkeyed", "llama-2-13b", "MPI", "reversed", "N"), 4.00, 0.00),
        (("unkeyed", "llama-2-70b", "ENFJ", "reversed", "A"), 3.00, 1.39),
        (("keyed", "llama-2-7b", "ENFJ", "original", "E"), 1.50, None),
    ]:
        assert table.loc[cell, "mean"] == pytest.approx(mean, abs=0.005)
        assert sd is None or table.loc[cell, "sd"] == pytest.approx(sd, abs=0.005)


def test_order_consistency_of_known_cells(scored):
    table = tables.order_consistency(scored).set_index(["model", "template"])
    label_locked = table.loc[("gpt-3.5-turbo", "ENFJ")]
    assert label_locked["same_label"] == pytest.approx(0.83, abs=0.005)
    assert label_locked["spearman"] == pytest.approx(-0.85, abs=0.005)
    assert table["same_content"].to_numpy() == pytest.approx(
        [0.53, 0.53, 0.42, 0.38, 0.50, 0.31, 0.50, 0.16, 0.25, 0.57, 0.47, 0.26], abs=0.0051
    )


def test_acquiescence_of_known_cells_and_its_interval(scored):
    table = tables.acquiescence(scored).set_index(["model", "template", "order"])
    cell = table.loc[("gpt-3.5-turbo", "MPI", "original")]
    assert (cell["plus"], cell["minus"]) == pytest.approx((4.62, 3.92), abs=0.0051)
    assert cell["low"] < cell["yea_saying"] < cell["high"]
    assert cell["yea_saying"] == pytest.approx((cell["low"] + cell["high"]) / 2)


def test_dropped_answers_by_cell_and_facet(scored):
    cells = tables.dropped(scored)
    assert cells.groupby("model", sort=False)["dropped"].sum().tolist() == [1, 127, 92, 89]
    assert (cells["dropped"] == cells["no_label"] + cells["several_labels"]).all()
    facets = tables.dropped_by_facet(scored)
    assert len(facets) == 30
    assert facets.head(3)[["facet", "dropped"]].to_numpy().tolist() == [["O6", 58], ["A2", 44], ["A6", 24]]


def test_shift_metrics_give_intervals_by_model(data, weights):
    found = tables.shift_metrics(data, weights)
    for scoring in ("keyed", "unkeyed"):
        for kind in ("templates", "orders"):
            for cell in found[scoring][kind].values():
                assert cell["low"] <= cell["estimate"] <= cell["high"]


def test_label_over_place_tells_a_label_locked_answer_from_a_place_locked_one():
    for answer, kept in ((scripted.first_label, 1), (scripted.first_place, -1)):
        answers = ask(answer)
        assert estimates.label_over_place(answers, boot(answers), ["MPI", "WHO"]).value == kept
    table = tables.kept_table(ask(scripted.first_label), boot(ask(scripted.first_label))).set_index("arrangement")
    assert table["value"].groupby(level=0, sort=False).first().to_dict() == {"reversed": 0, "moved": 1, "relabelled": 0}


def test_labels_liked_whatever_they_mean_show_over_the_cyclic_shifts():
    asked = prompts.questions(ITEMS, respondents("lab", 2, "dev"), [*shifts.CONDITIONS, *arrangements.SHIFTED])
    for answer, first in ((scripted.first_label, 0.6), (scripted.honest, 0.2)):
        table = tables.label_preference(experiment.options(scripted.Scripted(answer), asked))
        assert table["template"].tolist() == ["MPI", "WHO"]
        assert table["p1"].to_numpy() == pytest.approx(first, abs=1e-5)


def test_tables_hold_a_row_for_every_cell():
    answers = ask(scripted.honest)
    w = boot(answers)
    assert len(tables.recovery_table(answers, w)) == 12
    assert len(tables.shift_table(answers, w)) == 24
    assert len(tables.profile_table(answers)) == 6 * 6 * 5
    assert tables.reliability_table(answers)["alpha"].to_numpy() == pytest.approx(1)
    assert (tables.count_table(answers).set_index("test").loc["keyed_paired_holm"] == 0).all()
    opposite = tables.negation_table(answers, w)
    assert (opposite["value"] == 1).all()
    assert (opposite["yea_saying"] == 0).all()
    assert tables.negation_counts(answers).sum() == 3 * len(ITEMS) * 6


def test_a_table_of_nothing_readable_says_so_with_empty_cells():
    answers = ask(scripted.refusing)
    w = boot(answers)
    assert tables.reliability_table(answers)["n"].eq(0).all()
    assert tables.negation_table(answers, w)["value"].isna().all()
    assert tables.shift_table(answers, w).query("series == 'text'")["value"].isna().all()


def test_the_two_readouts_are_compared_answer_by_answer():
    greedy = pd.DataFrame(
        {"model": "x", "template": "MPI", "order": "original", "item": [1, 2, 3], "label": [1.0, 2.0, np.nan]}
    )
    options = greedy.assign(label=[1.0, 3.0, 3.0], mass=[0.9, 0.8, 0.1])
    row = tables.readout_table(greedy, options).iloc[0]
    assert (row["n"], row["read"], row["same"], row["mass"]) == (3, pytest.approx(2 / 3), 0.5, pytest.approx(0.6))


def test_metrics_name_what_exists():
    answers = ask(scripted.only_who)
    w = boot(answers)
    losses = pd.DataFrame({"template": TEMPLATES, "n": [10, 5, 5], "dropped": [1, 0, 0], "refusals": [1, 0, 0]})
    readouts = pd.DataFrame({"template": TEMPLATES, "mass": 0.99})
    found = estimates.live(answers, w, ["WHO"], losses, readouts)
    metrics = tables.metrics(found, ["WHO"], losses, control.readable(answers))
    assert (metrics["asked"], metrics["dropped"], metrics["refusals"], metrics["templates_that_pass"]) == (20, 1, 1, 1)
    assert "order-shift" in metrics["estimates"]
    assert "template-shift" not in metrics["estimates"]
