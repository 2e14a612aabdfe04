"""Made-up grades and verifications, and a setting of both; a scripted solver; recorded solutions."""

import numpy as np
import pandas as pd

from common.datasets.genrm_critiques import Solution
from lab import arithmetic, formats
from lab.exam import VERDICT
from replications.genrm_vs_sc import comparisons, estimates
from replications.genrm_vs_sc.experiment import Verified
from replications.genrm_vs_sc.params import LiveParams
from tests.replications.genrm_vs_sc.scripted import Scripted

QUESTIONS, VOTES, SOLUTIONS, VERIFICATIONS = 24, 8, 4, 2
HARD = np.arange(QUESTIONS) % 2 == 0


def sampled(chance, seed=0):
    """Graded solutions: right ones answer 0, wrong ones 1 to 3; every fourth question is right with another chance."""
    rng = np.random.default_rng(seed)
    question, sample = np.divmod(np.arange(QUESTIONS * VOTES), VOTES)
    right = rng.random(len(question)) < chance
    return pd.DataFrame(
        {
            "question_id": question,
            "sample": sample,
            "right": right,
            "answer_class": np.where(right, 0, rng.integers(1, 4, len(question))),
            "answer": "5",
            "question": 10,
            "solution": 20,
        }
    )


def judged(rows, verdicts):
    return Verified(
        [[""] * VERIFICATIONS] * len(rows),
        np.full((len(rows), VERIFICATIONS), 30.0),
        np.full(len(rows), 35.0),
        verdicts,
        np.where(np.isnan(verdicts), np.nan, 0.1 + 0.8 * verdicts),
        np.where(np.isnan(verdicts), np.nan, 0.9),
        0.0,
    )


def mostly(right, rng):
    return (rng.random((len(right), 2)) < 0.8) == right


def made(chance=0.5, says=mostly, seed=0, resamples=100):
    rows = sampled(chance, seed)
    verified_rows = rows[rows["sample"] < SOLUTIONS]
    right = verified_rows["right"].to_numpy()[:, None]
    verdicts = says(right, np.random.default_rng(100 + seed)).astype(float)
    params = LiveParams(
        problems=QUESTIONS, solutions=SOLUTIONS, votes=VOTES, verifications=2, resamples=resamples, subsets=10
    )
    return comparisons.setting(rows, verified_rows, params), judged(verified_rows, verdicts)


def estimated(given, verified):
    first, by_probability = (comparisons.outcome(given, verified, mode) for mode in ("text", "probability"))
    return estimates.live(first, "no tuned verifier", by_probability, HARD, given.weights, {"GenRM-Base": verified})


def solver(items, verdict):
    """Every third sample is wrong, the others are right and alike; `verdict(prompt, sample)` ends a verification."""
    solved = {item.prompt: arithmetic.solve(arithmetic.chain_of(item.id)) for item in items}

    def say(prompt, sample):
        if prompt not in solved:
            return verdict(prompt, sample)
        steps = solved[prompt]
        if sample % 3 == 2:
            steps = [*steps[:-1], arithmetic.Step(*[*_parts(steps[-1])[:3], (steps[-1].result + 1) % 29])]
        return formats.solution_text(steps).rstrip("\n")

    return Scripted(say)


def _parts(step):
    return [step.left, step.operator, step.right, step.result]


def stated(word):
    return f" ok; {VERDICT} {word}"


def solution(question, number, answer, correct, text="The answer is 12 apples."):
    lengths = {"prompt_chars": (100, 102, 98, 100), "reference_chars": (40, 42, 38, 40)}
    critiques = ("Yes", "No!", "Yes", "No?")
    return Solution(question, number, "How many?", text, answer, "12", correct, critiques, **lengths)
