from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from common.errors import InputError
from lab.arithmetic import chain_of
from replications.prm_from_rl import pools
from tests.replications.prm_from_rl import made_up


def frame(answers, right, accepted):
    rows = [(0, n, a, a == right, bool(x)) for n, (a, x) in enumerate(zip(answers, accepted, strict=True))]
    return pd.DataFrame(rows, columns=["problem", "sample", "answer", "right", "accepted"])


def by_hand(answers, right, accepted):
    """Self-PRM on all samples: most accepted, then most, then a coin."""
    accept = Counter(a for a, x in zip(answers, accepted, strict=True) if x and a >= 0)
    every = Counter(a for a in answers if a >= 0)
    key = {a: (accept[a], every[a]) for a in every}
    best = [a for a in every if key[a] == max(key.values())]
    return float(np.mean([a == right for a in best])) if best else 0.0


@pytest.mark.parametrize(
    ("answers", "accepted", "expected"),
    [
        ([1, 2, 2, 2, 3, 3, 3, 3], [1, 1, 0, 0, 0, 0, 0, 0], 0.0),  # 1 and 2 are accepted once, 2 is more frequent
        ([1, 1, 2, 2, 3, 3, 3, 3], [1, 0, 1, 0, 0, 0, 0, 0], 0.5),
        ([1, 1, 1, 2, 2, 3, 3, 4], [0] * 8, 1.0),  # none accepted: plain majority
        ([-1] * 8, [0] * 8, 0.0),
        ([1, 2, 3, 3, 3, 3, 3, 3], [1, 0, 0, 0, 0, 0, 0, 0], 1.0),
    ],
)
def test_self_prm_takes_most_accepted_then_most_frequent_then_a_coin(answers, accepted, expected):
    found = pools.rerank(frame(answers, 1, accepted), np.random.default_rng(0))
    assert found["Self-PRM"][0, -1] == pytest.approx(expected)
    assert by_hand(answers, 1, accepted) == pytest.approx(expected)


def test_strategies_at_8_of_16_agree_with_enumeration():
    rng = np.random.default_rng(3)
    answers, accepted, scores = rng.integers(0, 4, 16), rng.random(16) < 0.5, rng.random(16)
    rows = frame(answers.tolist(), 1, accepted).assign(prm=scores)
    found = pools.rerank(rows, rng)
    assert pools.sizes_of(rows) == [8, 16]
    draws = list(combinations(range(16), 8))
    self_prm = np.mean([by_hand(answers[list(d)], 1, accepted[list(d)]) for d in draws])
    majority = np.mean([by_hand(answers[list(d)], 1, [0] * 8) for d in draws])
    best = np.mean([answers[max(d, key=lambda i: scores[i])] == 1 for d in draws])
    assert found["Self-PRM"][0, 0] == pytest.approx(self_prm, abs=0.12)  # Monte Carlo over 100 draws
    assert found["majority"][0, 0] == pytest.approx(majority)
    assert found["PRM head"][0, 0] == pytest.approx(best)
    assert found["one sample"][0, 0] == pytest.approx((answers == 1).mean())


def test_rates_of_acceptance_are_those_of_the_worked_example():
    found = pools.rates(*(np.array([x]) for x in (0.95 * 50, 0.60 * 950, 50.0, 950.0)))
    assert found["precision"][0] == pytest.approx(0.077, abs=5e-4)
    assert found["lift"][0] == pytest.approx(1.54, abs=5e-3)
    assert np.isnan(pools.rates(*(np.array([x]) for x in (0.0, 0.0, 5.0, 5.0)))["precision"][0])


def test_counts_and_bands_follow_the_share_of_right_samples():
    rows = pd.concat(
        frame([1] * right + [2] * (10 - right), 1, [1] * 10).assign(problem=index)
        for index, right in enumerate((0, 2, 3, 5, 6, 10))
    )
    table = pools.counts(rows)
    assert table.to_dict("list") == {
        "tp": [0, 2, 3, 5, 6, 10], "fp": [10, 8, 7, 5, 4, 0],
        "right": [0, 2, 3, 5, 6, 10], "wrong": [10, 8, 7, 5, 4, 0],
    }  # fmt: skip
    hard, middle, easy = pools.BANDS
    assert pools.band_of(table).tolist() == [hard, hard, middle, middle, easy, easy]


def test_samples_without_readable_steps_cannot_be_judged():
    chain = chain_of("7 + 5 * 3")
    assert pools.as_item(chain, " Answer: 3") is None
    assert pools.as_item(chain, " 7 + 5 = 120; Answer: 3") is None
    assert pools.as_item(chain, " 7 + 5 = 12; 12 * 3 = 7; Answer: 7").steps == ("7 + 5 = 12", "12 * 3 = 7")


def test_pools_of_different_sizes_are_refused():
    made = made_up.pool(np.random.default_rng(0), 3, 8).iloc[1:]
    with pytest.raises(InputError, match="column 'answer' lacks samples of some problems"):
        pools.rerank(made, np.random.default_rng(0))
