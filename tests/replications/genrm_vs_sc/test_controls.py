import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common.claims import Status
from common.errors import InputError
from replications.genrm_vs_sc import controls, curves, verifier
from replications.genrm_vs_sc.controls import MadeUp
from tests.replications import judging
from tests.replications.genrm_vs_sc.conftest import synthetic_pools
from tests.replications.genrm_vs_sc.made_up import estimated, made

unit = st.floats(0, 1)


def enumerated(right_scores, wrong_scores, correct, size):
    """Mean over all draws of `size` solutions and all their scores of the credit of the best, ties shared."""
    total = []
    for drawn in itertools.combinations(range(len(correct)), size):
        for scores in itertools.product(range(len(right_scores)), repeat=size):
            chance = np.prod(
                [(right_scores if correct[i] else wrong_scores)[k] for i, k in zip(drawn, scores, strict=True)]
            )
            best = [correct[i] for i, k in zip(drawn, scores, strict=True) if k == max(scores)]
            total.append(chance * np.mean(best))
    return np.sum(total) / len(list(itertools.combinations(range(len(correct)), size)))


@settings(max_examples=25)
@example(5e-324, 1e-310, 0.0, 2, 2, 2)
@given(unit, unit, st.sampled_from([0.0, 0.3, 1.0]), st.integers(0, 4), st.integers(1, 3), st.integers(1, 2))
def test_accuracy_equals_full_enumeration(tpr, fpr, correlation, n_right, size, v):
    correct = np.array([1.0] * n_right + [0.0] * (4 - n_right))
    made = MadeUp(tpr, fpr, correlation)
    pools = replace(synthetic_pools(1, 4), correct=correct[None])
    found = controls.accuracy(made, pools, [size], [v])[0, 0, 0]
    expected = enumerated(made.scores(True, v), made.scores(False, v), correct, size)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_drawn_verdicts_have_the_numbers_they_were_made_from(correlation):
    pools = synthetic_pools(400, 16)
    drawn = controls.verdicts(MadeUp(0.8, 0.3, correlation), pools, 4, np.random.default_rng(0))
    found = replace(pools, verdicts=drawn)
    weights = np.full((1, 400), 1 / 400)
    for right, rate in ((True, 0.8), (False, 0.3)):
        mean, alike = verifier.acceptance(found, right, weights)
        assert mean[0] == pytest.approx(rate, abs=0.015)
        assert alike[0] == pytest.approx(correlation, abs=0.03)


def test_accuracy_equals_what_the_recorded_code_makes_of_drawn_verdicts():
    pools, made = synthetic_pools(150, 16), MadeUp(0.8, 0.4, 0.3)
    exact = controls.accuracy(made, pools, (1, 4, 16), (1, 3)).mean(axis=0)
    rng, drawn = np.random.default_rng(0), []
    for _ in range(20):
        verdicts = controls.verdicts(made, pools, 3, rng)
        drawn.append(curves.best_of_n(replace(pools, verdicts=verdicts), verdicts, (1, 4, 16), (1, 3)).mean(axis=0))
    error = 4 * np.std(drawn, axis=0) / np.sqrt(20) + 1e-3
    assert np.all(np.abs(np.mean(drawn, axis=0) - exact) < error)


def test_a_perfect_verifier_reaches_the_ceiling_and_a_random_one_the_floor():
    pools = synthetic_pools(20, 8)
    measured = curves.measure(pools, (1, 2, 8), (1, 2), np.random.default_rng(0), 5)
    assert controls.accuracy(MadeUp(1, 0), pools, (1, 2, 8), (2,))[:, :, 0] == pytest.approx(measured.passed)
    floor = controls.accuracy(controls.RANDOM, pools, (1, 2, 8), (2,))[:, :, 0]
    assert floor == pytest.approx(np.repeat(pools.share_right[:, None], 3, axis=1))


@pytest.mark.parametrize("name", ["tpr", "fpr", "correlation"])
def test_a_number_that_is_no_probability_is_refused(name):
    with pytest.raises(InputError, match=f"{name} of a made-up verifier must be from 0 to 1, got 1.5"):
        MadeUp(**{"tpr": 0.5, "fpr": 0.5, name: 1.5})


def test_needed_accuracy_falls_with_the_budget_and_leads_begin_there(pool, measured, weights):
    ratio, budgets = np.full(len(weights), 1.0), np.array([4, 8, 16])
    table, needed = controls.by_accuracy(measured, pool, weights, ratio, budgets, 0.0)
    assert needed["accuracy"].is_monotonic_decreasing
    assert (needed["accuracy_low"] <= needed["accuracy"]).all()
    for one in needed.itertuples():
        leads = table[table["budget"] == one.budget].set_index("accuracy")["lead"]
        assert (leads[leads.index >= one.accuracy] > 0).all()
        assert leads[leads.index < one.accuracy].iloc[-1] <= 1e-9


def test_phase_diagram_has_every_quality_and_its_random_diagonal_never_leads(pool, measured):
    table = controls.phase(measured, pool, 1.0, np.array([8, 16]), 0.0)
    assert len(table) == 2 * len(controls.DIALS) ** 2
    assert (table[table["tpr"] == table["fpr"]]["lead"] <= 1e-9).all()
    assert (
        table.sort_values(["tpr", "fpr"]).groupby(["budget", "fpr"])["lead"].apply(lambda x: x.iloc[-1]).min() >= -0.2
    )


def verdicts(chance, says):
    """By claim, of the live notebook's estimators on 24 problems."""
    found = estimated(*made(chance, says, resamples=300))
    return {one.id: one.verdict for one in judging.judge("genrm_vs_sc", found, "some/model")}


def test_positive_control_a_verifier_that_knows_is_found_out():
    said = verdicts(0.4, lambda right, rng: right & np.ones((1, 2), bool))  # hard enough for votes to fail
    assert {said[claim] for claim in ("genrm-wins-later", "equal-solutions")} == {Status.SUPPORTED}


def test_negative_control_a_verifier_that_tosses_a_coin_supports_what_speaks_for_votes_alone():
    said = verdicts(0.6, lambda right, rng: rng.random((len(right), 2)) < 0.5)
    supported = {claim for claim, verdict in said.items() if verdict is Status.SUPPORTED}
    assert supported == {"sc-first", "costs-more-within-a-point"}
