from dataclasses import replace

import numpy as np
import pytest

from benchmarks.verdicts.worlds.genrm_vs_sc import banks, pooled
from benchmarks.verdicts.worlds.genrm_vs_sc.banks import Model, always
from common.stats.resamples import from_resamples
from replications.genrm_vs_sc import verifier

MODEL = Model(
    right=(1.0, 1.0),
    scatter=1.0,
    accepts=(always(0.8), lambda share: 0.2 + 0.2 * share),
    between=0.1,
    within=0.3,
    solution=0.3,
    verification=0.2,
    votes=16,
    solutions=8,
    verdicts=4,
    n_verdicts=(1, 4),
    vote_sizes=(1, 2, 4, 16),
)


@pytest.fixture(scope="module")
def bank():
    return replace(banks.bank(MODEL, 300, seed=0), ratio=1.5)


def accuracy(both, weights):
    return from_resamples(both[0].comparison.verified[:, -1, -1], weights.shape[1])


def test_solutions_and_verdicts_come_about_as_the_model_says(bank):
    pools, measured = bank.verifiers[0]
    assert pools.share_right.mean() == pytest.approx(0.5, abs=0.05)
    (right, agreed), (wrong, _) = (verifier.acceptance(pools, one, bank.shares[None]) for one in (True, False))
    assert right[0] == pytest.approx(0.8, abs=0.03)
    assert 0.2 < wrong[0] < 0.4
    assert agreed[0] == pytest.approx(1 - (1 - 0.1) * (1 - 0.3), abs=0.05)  # question's rate, and solution's
    assert measured.sizes.tolist() == [1, 2, 4, 8]


def test_the_verifiers_change_places_so_that_neither_is_better(bank):
    (_, first), (_, second) = bank.verifiers
    half = len(bank.shares) // 2
    assert np.array_equal(first.genrm[:half], second.genrm[half:])
    assert not np.array_equal(first.genrm, second.genrm)
    base, tuned = bank.study(50, 2, np.random.default_rng(0))[0]
    assert np.array_equal(base.measured.sc, tuned.measured.sc)


def test_studies_are_of_the_bank_and_a_verification_costs_what_is_asked_for(bank):
    tilted = bank.tilted(2.0, bank.mean(lambda pools, at: at.genrm[:, -1, -1]))
    truth, plain = tilted.truth(accuracy), bank.truth(accuracy)
    assert truth > plain + 0.1
    (base, _), weights = tilted.study(20_000, 2, np.random.default_rng(1))
    assert accuracy([base], weights).value == pytest.approx(truth, abs=0.01)
    assert base.comparison.ratio[0] == pytest.approx(1.5, abs=0.02)
    assert np.ptp(base.comparison.ratio) > 0


def test_in_a_mirrored_bank_all_cells_tie(monkeypatch):
    monkeypatch.setattr(pooled, "QUESTIONS", 20)
    tied = banks.bank(pooled.COIN, 20, seed=0)
    (base, _), _ = tied.study(10, 2, np.random.default_rng(0))
    assert np.ptp(base.comparison.verified[0]) > 0
    for _, measured in tied.verifiers:
        assert measured.genrm.mean(axis=0) == pytest.approx(np.full((6, 4), 0.5))
        assert measured.sc.mean(axis=0) == pytest.approx(np.full(len(pooled.VOTES), 0.5))
