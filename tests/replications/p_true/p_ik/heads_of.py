"""What made-up heads say of made-up knowledge, for whatever reads it."""

import numpy as np

from replications.p_true.ladder import Model
from replications.p_true.p_ik.articles import CONTROL, TELLING
from replications.p_true.p_ik.estimates import Case
from replications.p_true.p_ik.experiment import ALL, Said, Truth
from replications.p_true.p_ik.hints import BAD, FOREIGN, GOOD, THIRDS
from replications.p_true.p_ik.knowing import Known
from replications.p_true.p_ik.params import PIkParams
from replications.p_true.p_ik.prompts import PLAIN
from replications.p_true.tasks import load_task

PARAMS = PIkParams(resamples=200, redraws=50, questions=200)
TASKS = {name: load_task(name, "dev", 200) for name in ("facts", "arithmetic")}
LARGE = Model("lab-1.3m", "models/lab-1.3m", "1.3m", 0, "high", 1_300_000)
SMALL = [Model(f"lab-0.05m-seed{seed}", "", "0.05m", seed, "high", 50_000) for seed in range(3)]


def known(task, shares, likelihood=None):
    """Knowledge with these shares of right samples."""
    questions = TASKS[task].questions[: len(shares)]
    return Known(TASKS[task], questions, shares, shares if likelihood is None else likelihood, 0, 0)


def truth(rng, questions=200):
    """Half of the questions are known, most samples accordingly."""
    shares = {name: rng.binomial(30, np.where(rng.random(questions) < 0.5, 0.9, 0.1)) / 30 for name in TASKS}
    found = {name: known(name, each, rng.random(questions)) for name, each in shares.items()}
    return Truth(found, found)


def said(of, rng, noise=0.1):
    """P(IK) near the share right, except that of the first head on the second task, which is half of it."""
    near = {
        name: np.clip(each.shares + rng.normal(0, noise, len(each.shares)), 0, 1) for name, each in of.tested.items()
    }
    plain = {"facts": {**near, "arithmetic": near["arithmetic"] / 2}, ALL: near}
    articles = {PLAIN: np.full(200, 0.4), TELLING: np.full(200, 0.9), CONTROL: np.full(200, 0.5)}
    hints = {PLAIN: np.full(60, 0.3), **{(GOOD, share): np.full(60, 0.3 + 0.6 * share) for share in THIRDS}}
    hints |= {(BAD, share): np.where(np.arange(60) < 10, np.nan, 0.5) for share in THIRDS}
    hints |= {(FOREIGN, share): np.full(60, 0.2) for share in THIRDS}
    return Said(plain, {"facts": articles, ALL: articles}, {"facts": hints, ALL: hints})


def case(models=(LARGE,), noise=0.1, params=PARAMS):
    """The first model has material, every further one says the less of what it knows."""
    rng = np.random.default_rng(0)
    truths = {model.name: truth(rng) for model in models}
    each = {model.name: said(truths[model.name], rng, noise * (1 + 3 * at)) for at, model in enumerate(models)}
    return Case(list(models), truths, each, params, 0)
