"""64 samples of 500 problems, judged by the model that wrote them: best of 32, and acceptance on hard problems.

Half of the problems are easy, half hard for the model: the chance of a right sample is beta-distributed (as published:
means .92 and .04 in the bands, a few between). Wrong samples scatter over answers as in a Chinese restaurant, so that
half of them agree. The judge accepts all samples of an answer or none, right and wrong answers with a chance each on
hard and on easy problems; published are .06 and .2, .9 and .05. A head gives every answer a normal score, more to right
ones, and every sample a little noise.

True values are those of endless problems with 64 samples each, of one model and one head. Rates in a band of problems
follow from the beta-binomial. What a choice among 32 gains is solved for in a large simulation, to .001; the two halves
of the samples stand for all choices of 32.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from scipy import optimize, stats

from benchmarks.verdicts.world import RESAMPLES, Study, World, greater, less, world
from common.arrays import Floats
from common.stats.estimates import Found
from common.stats.voting.ranks import best_of_dense
from common.stats.voting.weighted import winner_credit
from replications.prm_from_rl import estimates, pools, study
from replications.prm_from_rl.estimates import JUDGED_AT
from replications.prm_from_rl.items import SteppedSolution

PROBLEMS, SAMPLES = 500, 64
HARD, EASY = (0.5, 9.5), (4.5, 0.4)
"""Beta distributions of the chance of a right sample."""
SCATTER, ANSWERS = 1.5, 12
SCORE_NOISE = 0.3
MANY, CHUNKS = 20_000, 5
"""Problems of a large simulation, and how many times as many."""
MAJORITY, SELF, HEAD, SHUFFLED = "majority", "Self-PRM", "PRM head", "PRM head, shuffled labels"


@dataclass(frozen=True)
class Judge:
    """Chances that an answer is accepted, and how much better a head scores right answers."""

    right_hard: float = 0.06
    wrong_hard: float = 0.2
    right_easy: float = 0.9
    wrong_easy: float = 0.05
    head: float = 0.0


@dataclass(frozen=True)
class Pool:
    """Samples of problems, [problems, samples] each; answer 0 is right."""

    answer: np.ndarray
    accepted: np.ndarray
    head: Floats
    shuffled: Floats

    def credit(self, way: str) -> Floats:
        """[problems] how right a way to choose among all samples is; ties share."""
        right = (self.answer == 0).astype(float)
        if way in (HEAD, SHUFFLED):
            scores = self.head if way == HEAD else self.shuffled
            return best_of_dense(scores, right, np.array([right.shape[1]]))[:, 0]
        weights = np.where(self.accepted, 1.0, 1e-4) if way == SELF else np.ones_like(right)
        return winner_credit(self.answer, weights, right)

    def half(self, first: bool) -> "Pool":
        """Half of the samples of each problem."""
        part = slice(None, JUDGED_AT) if first else slice(JUDGED_AT, None)
        return Pool(*(values[:, part] for values in (self.answer, self.accepted, self.head, self.shuffled)))

    def frame(self) -> pd.DataFrame:
        """Samples as a study has them."""
        problem, sample = np.indices(self.answer.shape)
        columns = {"problem": problem, "sample": sample, "answer": self.answer, "accepted": self.accepted}
        flat = {name: np.asarray(values).ravel() for name, values in columns.items()}
        return pd.DataFrame(flat | {"right": flat["answer"] == 0})


def pool(judge: Judge, problems: int, samples: int, rng: np.random.Generator) -> Pool:
    """Judged samples of new problems."""
    hard = rng.random((problems, 1)) < 0.5
    chance = np.where(hard, rng.beta(*HARD, (problems, 1)), rng.beta(*EASY, (problems, 1)))
    sticks = rng.beta(1, SCATTER, (problems, ANSWERS))
    left = np.cumprod(1 - sticks, axis=1)  # what goes beyond the last answer is the last one's
    bars = np.concatenate([chance, 1 - (1 - chance) * left[:, :-1]], axis=1)
    answer = (rng.random((problems, samples, 1)) > bars[:, None]).sum(axis=-1)
    kinds = np.arange(ANSWERS + 1)
    right, wrong = (
        np.where(hard, judge.right_hard, judge.right_easy),
        np.where(hard, judge.wrong_hard, judge.wrong_easy),
    )
    accepts = rng.random((problems, ANSWERS + 1)) < np.where(kinds == 0, right, wrong)

    def scores(shift: float) -> Floats:
        by_answer = rng.standard_normal((problems, ANSWERS + 1)) + shift * (kinds == 0)
        noise = SCORE_NOISE * rng.standard_normal(answer.shape)
        return np.asarray(np.take_along_axis(by_answer, answer, axis=1) + noise)

    return Pool(answer, np.take_along_axis(accepts, answer, axis=1), scores(judge.head), scores(0.0))


def chosen(of: Pool, ways: tuple[str, str]) -> dict[str, Floats]:
    """Expected correctness of each way to choose, [problems, sizes]; other sizes than 32 are not filled."""
    column = np.array(pools.SIZES) == JUDGED_AT
    every = {way: of.half(True).credit(way) + of.half(False).credit(way) for way in ways}
    return {
        way: np.outer(every.get(way, np.zeros(len(of.answer))) / 2, column) for way in (MAJORITY, SELF, HEAD, SHUFFLED)
    }


def expected(judge: Judge) -> tuple[dict[str, float], dict[str, float]]:
    """Rates on hard and on easy problems, of endless ones."""
    counts = np.arange(SAMPLES + 1)
    masses = np.array([stats.betabinom.pmf(counts, SAMPLES, *shape) for shape in (HARD, EASY)])
    share = counts / SAMPLES

    def within(band: np.ndarray) -> dict[str, float]:
        right, wrong = masses @ (share * band), masses @ ((1 - share) * band)
        tp, fp = right @ [judge.right_hard, judge.right_easy], wrong @ [judge.wrong_hard, judge.wrong_easy]
        return {name: float(one) for name, one in pools.rates(tp, fp, right.sum(), wrong.sum()).items()}

    return within(share <= pools.HARD), within(share > pools.EASY)


def precision(judge: Judge) -> float:
    """Of accepted samples on hard problems."""
    return expected(judge)[0]["precision"]


def lift(judge: Judge) -> float:
    """Of acceptance on hard problems."""
    return expected(judge)[0]["lift"]


def loss(judge: Judge) -> float:
    """Of TPR - FPR, hard less easy."""
    hard, easy = expected(judge)
    return hard["tpr"] - hard["fpr"] - (easy["tpr"] - easy["fpr"])


def self_gain(judge: Judge) -> float:
    """Of Self-PRM over majority voting."""
    return float(np.mean([_large(judge, SELF, seed) - _large(judge, MAJORITY, seed) for seed in range(CHUNKS)]))


def head_gain(judge: Judge) -> float:
    """Of the head over majority voting."""
    return float(np.mean([_large(judge, HEAD, seed) - _large(judge, MAJORITY, seed) for seed in range(CHUNKS)]))


def labels_gain(judge: Judge) -> float:
    """Of the head over one that knows nothing."""
    blind = replace(judge, head=0.0)
    return float(np.mean([_large(judge, HEAD, seed) - _large(blind, HEAD, seed) for seed in range(CHUNKS)]))


@cache
def _large(judge: Judge, way: str, seed: int) -> float:
    return float(pool(judge, MANY, JUDGED_AT, np.random.default_rng(seed)).credit(way).mean())


Value = Callable[[Judge], float]


@cache
def judge_at(value: Value, wanted: float, start: Judge, knob: str, ends: tuple[float, float]) -> Judge:
    """The judge of which a value is as wanted, by turning one knob."""
    found = optimize.brentq(lambda at: value(replace(start, **{knob: at})) - wanted, *ends, xtol=1e-4)
    return replace(start, **{knob: float(found)})


LABELS = (-1, 0)
LEARNED = {(study.PRM, 0, 0, "judge"): np.array(LABELS, dtype=float)}
"""A head that has learned to judge."""


def _best_of_n(claim: str, ways: tuple[str, str], value: Value, knob: str, ends: tuple[float, float]) -> Study:
    items = [SteppedSolution("", "", "", str(label), ("",), label, False) for label in LABELS]

    def one(truth: float, rng: np.random.Generator) -> Found:
        of = pool(judge_at(value, truth, Judge(), knob, ends), PROBLEMS, SAMPLES, rng)
        made = study.Study(items, LEARNED, of.frame())
        return estimates.best_of_n(made, chosen(of, ways), rng, RESAMPLES)[claim]

    return one


def _band(claim: str, value: Value, start: Judge) -> Study:
    def one(truth: float, rng: np.random.Generator) -> Found:
        of = pool(judge_at(value, truth, start, "right_hard", (0.001, 0.999)), PROBLEMS, SAMPLES, rng)
        return estimates.precision(study.Study([], {}, of.frame()), rng, RESAMPLES)[claim]

    return one


PAIRED = "paired accuracy"
SHAPE = "500 problems with 64 samples"
EVEN = Judge(right_easy=0.45)
"""Acceptance on easy problems that tells right from wrong little enough for hard ones to do as well."""
WORLDS: list[World] = [
    world(
        PAIRED,
        f"{SHAPE}, accepted ones against all, best of 32",
        PROBLEMS,
        greater(0),
        (0.0, 0.02, 0.04),
        _best_of_n("self-prm-beats-majority", (SELF, MAJORITY), self_gain, "right_hard", (0.001, 0.999)),
    ),
    world(
        PAIRED,
        f"{SHAPE}, head against majority, best of 32",
        PROBLEMS,
        less(0),
        (0.0, -0.03, -0.06),
        _best_of_n("prm-below-majority", (HEAD, MAJORITY), head_gain, "head", (0.0, 8.0)),
    ),
    world(
        PAIRED,
        f"{SHAPE}, head against shuffled head, best of 32",
        PROBLEMS,
        greater(0),
        (0.0, 0.03, 0.06),
        _best_of_n("prm-beats-shuffled", (HEAD, SHUFFLED), labels_gain, "head", (0.0, 8.0)),
    ),
    world(
        "precision in a band",
        SHAPE,
        PROBLEMS,
        less(0.1),
        (0.1, 0.05, 0.02),
        _band("precision-hard", precision, Judge()),
    ),
    world("lift in a band", SHAPE, PROBLEMS, greater(1), (1.0, 1.5, 2.0), _band("acceptance-lifts", lift, Judge())),
    world("rates in two bands", SHAPE, PROBLEMS, less(0), (0.0, -0.2, -0.4), _band("discriminates-less", loss, EVEN)),
]
