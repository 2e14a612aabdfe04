"""What is known true must come out so, and what is known false must not, through the notebook's estimators."""

import numpy as np

from common.claims import Status
from replications.prm_from_rl import estimates, judging, pools
from replications.prm_from_rl.study import OUTCOME, RANDOM, Study
from tests.replications import judging as put
from tests.replications.prm_from_rl import made_up


def verdicts(study):
    rng = np.random.default_rng(0)
    resampled = judging.Resampled(study.items, rng, 300)
    found = estimates.by_claim(study, resampled, pools.rerank(study.pools, rng), rng, 300)
    return {one.id: one.verdict for one in put.judge("prm_from_rl", found)}


def test_positive_control_runs_that_learned_to_judge_are_found_out():
    said = verdicts(made_up.make(200, seeds=4))
    true = {"outcome-raises-f1", "outcome-beats-random", "solving-improves", "co-evolution", "self-ref-not-for-rl"}
    assert {said[claim] for claim in true | {"discriminates-less", "dependence-plain"}} == {Status.SUPPORTED}


def test_negative_control_runs_that_learned_nothing_support_nothing():
    made = made_up.make(200, seeds=4)
    rng = np.random.default_rng(1)
    coin = {(OUTCOME, *key[1:]): row for key, row in made.values.items() if key[0] == RANDOM}
    apart = {key: rng.permuted(row) if key[3] == "own" else row for key, row in coin.items()}
    values = {key: row for key, row in made.values.items() if key[0] != OUTCOME} | apart
    said = verdicts(Study(made.items, values, made.pools.assign(accepted=rng.random(len(made.pools)) < 0.5)))
    false = {"outcome-raises-f1", "outcome-raises-location", "solving-improves", "outcome-beats-rejection", "beats-prm"}
    false |= {"dependence", "dependence-plain", "discriminates-less"}
    assert Status.SUPPORTED not in {said[claim] for claim in false}
