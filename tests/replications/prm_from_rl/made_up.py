"""A study in which everything is known: outcome runs learn to solve and judge, the others hardly change; rejection runs
judge better than they solve; the base gains more from its own solution; hard problems are judged worse."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from lab import arithmetic
from replications.prm_from_rl import items, study, trainings
from replications.prm_from_rl.study import BASE, OUTCOME, PRM, REJECTION, SHUFFLED, Study

STEPS = range(5, 151, 5)
GAIN = {OUTCOME: 0.4, REJECTION: 0.2}


def solutions(count=60, seed=0):
    rng = np.random.default_rng(seed)
    found = []
    for number, chain in enumerate(items.problems("dev", count, seed)):
        kind = ["right", *arithmetic.ERROR_KINDS, "lucky"][number % 6] if number % 2 else "right"
        if kind == "right":
            steps = arithmetic.solve(chain)
        else:
            steps = items.lucky(chain, rng) if kind == "lucky" else arithmetic.corrupt(chain, rng, kind)
        found.append(items._item(chain, steps, "random", kind))
    return found


def make(count=60, seeds=3, seed=0, skill=0.3):
    """`skill` before the training; outcome runs gain .4 in solving and judging, rejection .2, the others nothing.

    Rejection runs judge better by .15 than they solve. An own solution adds .3 to the base and .1 to the others; it is
    right where the judgement is, but for one item in four.
    """
    rng = np.random.default_rng(seed)
    found = solutions(count, seed)
    labels = np.array([item.label for item in found])
    ease = rng.random((2, count))  # of judging items, and of problems to solve

    def measured(level, whole, better=0.0, own_gain=0.1):
        jitter = rng.normal(0, 0.05)
        hit = ease[0] < level + better + jitter
        said = np.where(hit, labels, np.where(labels == -1, 0, -1)).astype(float)
        said[ease[0] > 0.98] = np.nan
        row = {"judge": said, "solve": (ease[1] < level + jitter).astype(float)}
        if whole:
            own = hit ^ (rng.random(count) < 0.25)
            with_own = np.where(ease[0] < level + better + jitter + own_gain, labels, said)
            row |= {"own": own.astype(float), "self-ref": with_own, "vote": said}
        return row

    values = {(BASE, 0, 0, what): row for what, row in measured(skill, True, own_gain=0.3).items()}
    for arm in trainings.ARMS:
        for run in range(seeds):
            for step in STEPS:
                level = skill + GAIN.get(arm, 0) * np.sqrt(step / max(STEPS))
                found_now = measured(level, step == max(STEPS), better=0.15 if arm == REJECTION else 0.0)
                values |= {(arm, run, step, what): row for what, row in found_now.items()}
    for name, level in ((PRM, skill + 0.1), (SHUFFLED, 0.1)):
        values |= {(name, run, 0, "judge"): measured(level, False)["judge"] for run in range(2)}
    return Study(found, values, pool(rng), curve(seeds), {})


def pool(rng, problems=50, samples=64):
    """Nine right samples in ten are accepted; of wrong ones six in ten on hard problems, one on easy ones."""
    share = rng.random(problems)
    rows = []
    for index in range(problems):
        for number in range(samples):
            right = bool(rng.random() < share[index])
            answer = 0 if right else int(rng.integers(1, 4))
            wrong = 0.6 if share[index] < 0.25 else 0.1 if share[index] > 0.5 else 0.3
            accepted = bool(rng.random() < (0.9 if right else wrong))
            rows.append((index, number, answer, right, accepted, 0.5 * right + rng.random(), rng.random()))
    return pd.DataFrame(rows, columns=["problem", "sample", "answer", "right", "accepted", "prm", "shuffled"])


def curve(seeds):
    rows = [
        {"arm": arm, "seed": run, "step": step, "reward": 0.5, "varied": 0.4, "groups": 10.0, "length": 30.0}
        | {"truncated": 0.0, "grad_norm": 0.1}
        for arm in trainings.ARMS
        for run in range(seeds)
        for step in range(1, 151, 10)
    ]
    return pd.DataFrame(rows)


def write(made: Study, folder: Path) -> Path:
    """The same on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    study.write_items(made.items, folder / study.ITEMS)
    trainings.write_parquet(study.as_results(made.values), folder / study.RESULTS)
    trainings.write_parquet(made.pools, folder / study.POOLS)
    trainings.write_parquet(made.training, folder / study.TRAINING)
    (folder / study.SETTINGS).write_text(json.dumps({"plan": {"base": "models/lab-0.15m"}}))
    return folder
