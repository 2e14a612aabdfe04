"""Every table of the notebook, on a study in which everything is known."""

import numpy as np
import pytest

from replications.prm_from_rl import curves, estimates, judging, tables


@pytest.fixture(scope="module")
def resampled(study_made):
    return judging.Resampled(study_made.items, np.random.default_rng(0), 100)


def test_the_starting_point_holds_the_base_and_its_floors(study_made, resampled):
    table = tables.starting_point(study_made, resampled).set_index("measure")
    assert table.loc["solving", "value"] == study_made.final("base", "solve")[0].mean()
    assert table.index.str.startswith("floor").sum() == 4


def test_judges_are_all_there_with_their_runs(study_made, resampled):
    table = tables.judges(study_made, resampled).set_index("judge")["runs"]
    assert table["outcome"] == table["outcome at equal solving"] == table["rejection at equal solving"] == 3
    assert table["base"] == 1
    assert table["PRM head"] == 2
    assert "outcome, vote of 8" in table


def test_kinds_of_items_add_up(study_made):
    table = tables.by_kind(study_made)
    assert (table.groupby("judge")["items"].sum() == len(study_made.items)).all()
    assert table["right"].between(0, 1).all()


def test_self_reference_adds_its_gain(study_made, resampled):
    table = tables.self_reference(study_made, resampled)
    alone = tables.judges(study_made, resampled).set_index("judge")["f1"]
    for row in table.itertuples():
        assert row.without == pytest.approx(alone[row.arm])
        after = [resampled.f1(said)[0] for said in study_made.final(row.arm, "self-ref")]
        assert row.gain == pytest.approx(np.mean(after) - alone[row.arm])


def test_best_of_n_leads_are_against_majority_and_those_that_are_judged(study_made, chosen):
    table = tables.best_of_n(study_made, chosen, np.random.default_rng(0), 100)
    assert (table.loc[table["strategy"] == "majority", "lead"] == 0).all()
    assert sorted(table["k"].unique()) == [8, 16, 32, 64]
    judged = estimates.best_of_n(study_made, chosen, np.random.default_rng(0), 100)["self-prm-beats-majority"]
    assert judged.value == table.set_index(["strategy", "k"]).loc[("Self-PRM", estimates.JUDGED_AT), "lead"]


def test_acceptance_counts_every_problem_once(study_made):
    assert tables.acceptance(study_made, np.random.default_rng(0), 100)["problems"].sum() == 50


def test_headlines_are_finite_numbers(study_made, resampled):
    found = tables.headline(study_made, resampled)
    assert found["outcome"]["solving"] > found["base"]["solving"]
    assert all(np.isfinite(value) for row in found.values() for value in row.values())


def test_the_training_table_tells_what_varied(study_made):
    assert tables.training(study_made)["varied"].tolist() == pytest.approx([0.4] * 4)
    assert len(estimates.equal_steps(study_made)) == 3


def test_mean_curves_have_a_row_a_checkpoint_and_none_without_trainings(study_made):
    table = tables.learning_curves(study_made)
    found = tables.mean_curves(table).set_index(["arm", "step"])
    assert len(found) == 4 * 31
    last = table[(table["arm"] == "outcome") & (table["step"] == 150)]
    assert found.loc[("outcome", 150), "f1"] == pytest.approx(last["f1"].mean())
    assert tables.mean_curves(curves.table(study_made, ["model"])).empty
