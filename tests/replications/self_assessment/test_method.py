import json

import numpy as np
import pandas as pd
import pytest

from common.claims import Status
from common.datasets import llm_personality
from common.paths import RESULTS
from common.stats.resamples import resample_weights
from replications.self_assessment import answers, shifts
from replications.self_assessment import tables as method
from replications.self_assessment.params import RecordedParams
from tests.replications.judging import judge

MODELS = answers.MODELS

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


@pytest.fixture(scope="module")
def scored(mirror_folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_MIRROR", str(mirror_folder))
        return answers.score(pd.DataFrame(llm_personality.load()))


@pytest.fixture(scope="module")
def data(scored):
    return {name: shifts.ratings(scored, column) for name, column in method.SCORINGS.items()}


@pytest.fixture(scope="module")
def weights():
    return method.weights(RecordedParams(resamples=100))


@pytest.fixture(scope="module")
def rejected(data, weights):
    return method.significance(data, weights, alpha=0.05)


def test_counts_from_raw_text_are_the_papers_only_without_keys(rejected):
    counts = method.count_metrics(rejected)
    assert {name: [found[m] for m in MODELS] for name, found in counts.items()} == PUBLISHED


def test_published_results_hold_the_same_counts():
    results = json.loads(
        (RESULTS / "self_assessment" / "self_assessment" / "chat-models" / "ipip-300" / "results.json").read_text()
    )
    counts = results["metrics"]["significant_of_30"]
    assert {name: [found[m] for m in MODELS] for name, found in counts.items()} == PUBLISHED


def test_the_trait_table_holds_known_cells(scored):
    table = method.trait_table(scored).set_index(["scoring", "model", "template", "order", "trait"])
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
    table = method.order_consistency(scored).set_index(["model", "template"])
    label_locked = table.loc[("gpt-3.5-turbo", "ENFJ")]
    assert label_locked["same_label"] == pytest.approx(0.83, abs=0.005)
    assert label_locked["spearman"] == pytest.approx(-0.85, abs=0.005)
    assert table["same_content"].to_numpy() == pytest.approx(
        [0.53, 0.53, 0.42, 0.38, 0.50, 0.31, 0.50, 0.16, 0.25, 0.57, 0.47, 0.26], abs=0.0051
    )


def test_acquiescence_of_known_cells_and_its_interval(scored):
    table = method.acquiescence(scored).set_index(["model", "template", "order"])
    cell = table.loc[("gpt-3.5-turbo", "MPI", "original")]
    assert (cell["plus"], cell["minus"]) == pytest.approx((4.62, 3.92), abs=0.0051)
    assert cell["low"] < cell["yea_saying"] < cell["high"]
    assert cell["yea_saying"] == pytest.approx((cell["low"] + cell["high"]) / 2)


def test_dropped_answers_by_cell_and_facet(scored):
    cells = method.dropped(scored)
    assert cells.groupby("model", sort=False)["dropped"].sum().tolist() == [1, 127, 92, 89]
    assert (cells["dropped"] == cells["no_label"] + cells["several_labels"]).all()
    facets = method.dropped_by_facet(scored)
    assert len(facets) == 30
    assert facets.head(3)[["facet", "dropped"]].to_numpy().tolist() == [["O6", 58], ["A2", 44], ["A6", 24]]


def test_verdicts_follow_from_estimates_and_rules(data, weights):
    verdicts = {v.id: v for v in judge("self_assessment", method.estimates(data, weights), "chat-models")}
    assert verdicts["counts"].verdict == Status.SUPPORTED
    assert verdicts["most-significant"].estimate == pytest.approx((12 + 10 + 13 + 4) / 120)
    assert verdicts["keying"].estimate == pytest.approx((98 - 59) / 120)
    assert verdicts["beyond-noise"].verdict == Status.NOT_TESTABLE
    assert "one run a prompt" in verdicts["beyond-noise"].method
    assert verdicts["humans-differ"].verdict == Status.NOT_TESTABLE


def test_a_stable_respondent_shows_no_shift_and_a_label_locked_one_does():
    """Two made-up respondents: one answers by content under every prompt, one always says the first label."""
    rng = np.random.default_rng(0)
    content = rng.integers(1, 6, (1, 5, 1, 60)).astype(float)
    stable = shifts.Ratings(np.broadcast_to(content, (1, 5, 6, 60)))
    locked = shifts.Ratings(np.broadcast_to(np.array([5, 5, 5, 1, 1, 1.0])[:, None], (1, 5, 6, 60)))
    ones = np.ones((1, 5, 60))
    assert np.abs(shifts.shift(stable, ones)).max() == 0
    assert shifts.share_kept(stable, ones).min() == 1
    assert shifts.share_kept(locked, ones)[0, 0].tolist() == [1, 1, 1, 0, 0, 0]
    assert (shifts.wilcoxon_p(stable, ones) == 1).all()


def test_basic_intervals_of_shifts_cover_where_percentile_ones_do_not(data):
    """Take the real items as the population, draw inventories of 60 items a trait from it, and look for its shift."""
    rng = np.random.default_rng(0)
    ratings = data["keyed"]
    between = method.BETWEEN_TEMPLATES

    def drawn():
        picks = rng.integers(0, 60, (5, 1, 1, 60))
        return shifts.Ratings(np.stack([np.take_along_axis(m, picks[:, 0], axis=-1) for m in ratings.values]))

    def statistic(sample, w):
        return shifts.shift(sample, w)[..., between].mean((1, 2, 3))

    ones = np.ones((1, 5, 60))
    truth = statistic(ratings, ones)[0]
    basic = percentile = 0
    for _ in range(60):
        values = statistic(drawn(), resample_weights(60, 200, rng, (5,)))
        low, high = np.quantile(values[1:], [0.025, 0.975])
        percentile += low <= truth <= high
        estimate = method.over_items(values)
        basic += estimate.low <= truth <= estimate.high
    assert basic >= 51  # 85 %: a 95 % interval falls short of it once in a thousand
    assert percentile < basic


def test_the_notebooks_alpha_does_not_move_a_verdict(data, weights):
    estimates = method.estimates(data, weights)
    assert estimates["counts"].value == 4
    assert estimates["most-significant-as-published"].value == pytest.approx(98 / 120)


def test_shift_metrics_give_intervals_by_model(data, weights):
    found = method.shift_metrics(data, weights)
    for scoring in ("keyed", "unkeyed"):
        for kind in ("templates", "orders"):
            for cell in found[scoring][kind].values():
                assert cell["low"] <= cell["estimate"] <= cell["high"]


def test_one_answer_to_everything_is_no_evidence():
    same = shifts.Ratings(np.full((1, 5, 6, 60), 4.0))
    assert (shifts.mann_whitney_p(same, np.ones((1, 5, 60))) == 1).all()
