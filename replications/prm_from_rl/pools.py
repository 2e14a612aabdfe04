"""Many solutions of each problem, judged by the model that wrote them: best-of-N and the precision of its judgement.

Self-PRM (the paper's name; its score and tie rule are unknown to us): of k samples the answer with most accepted
samples wins, of these the one with most samples at all, of these one at random. A PRM picks the sample whose least
certain step is most certain, ties at random. All at k < N are expectations over draws without replacement.

A frame of pools has one row a sample: `problem` (index), `sample`, `answer` (-1: none), `right`, `accepted`, and, where
heads were trained, `prm` and `shuffled`, their scores.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.arrays import Floats
from common.engines import Engine, Sampling
from common.errors import InputError
from common.stats import voting
from common.stats.resamples import resample_weights
from lab import arithmetic, formats
from lab.arithmetic import Chain
from lab.tokenizer import readable
from replications.prm_from_rl import judging
from replications.prm_from_rl.items import SteppedSolution
from replications.prm_from_rl.prompts import Format

SIZES = (8, 16, 32, 64)
HARD, EASY = 0.2, 0.5
"""Shares of right samples: up to the first a problem is hard, above the second easy."""
BANDS = ("hard (up to 1/5)", "middle", "easy (over 1/2)")
SUBSETS = 100
"""Monte Carlo draws a problem for Self-PRM between one and all samples."""


def sample(engine: Engine, form: Format, problems: Sequence[Chain], count: int, seed: int) -> pd.DataFrame:
    """Solutions of lab problems at temperature 1, each judged by the same model; `text` holds the solution."""
    sampling = Sampling(n=count, temperature=1.0, max_tokens=48, stop=("\n",), seed=seed)
    drawn = engine.sample([formats.solution(chain).prompt for chain in problems], sampling)
    rows = []
    for index, (chain, completions) in enumerate(zip(problems, drawn, strict=True)):
        for number, completion in enumerate(completions):
            answer = formats.parse_solution(completion.text)[1]
            right = answer == arithmetic.answer(chain)
            rows.append((index, number, -1 if answer is None else answer, right, completion.text))
    frame = pd.DataFrame(rows, columns=["problem", "sample", "answer", "right", "text"])
    return frame.assign(accepted=accepted(engine, form, problems, frame))


def accepted(engine: Engine, form: Format, problems: Sequence[Chain], frame: pd.DataFrame) -> np.ndarray:
    """[rows] bool: a greedy critique of the solution finds no error; a text without readable steps is not accepted."""
    solutions = distinct(problems, frame)
    said = judging.judge(engine, form, list(solutions.values()))
    verdict = dict(zip(solutions, said == -1, strict=True))
    return np.array([verdict.get(key, False) for key in zip(frame["problem"], frame["text"], strict=True)])


def distinct(problems: Sequence[Chain], frame: pd.DataFrame) -> dict[tuple[int, str], SteppedSolution]:
    """(problem, text) -> something to judge, for each distinct sample that has readable steps."""
    keys = frame[["problem", "text"]].drop_duplicates().itertuples(index=False, name=None)
    found = {(index, text): as_item(problems[index], text) for index, text in keys}
    return {key: item for key, item in found.items() if item}


def as_item(chain: Chain, text: str) -> SteppedSolution | None:
    """A sampled solution as something to judge (its label is not looked at), or None if it has no readable steps."""
    steps = formats.parse_solution(text)[0]
    if not steps or len(steps) > 10 or not readable(text):
        return None
    right = steps[-1].result == arithmetic.answer(chain)
    return SteppedSolution(f"sample {chain}", "self", "sample", str(chain), tuple(map(str, steps)), -1, right)


def wide(frame: pd.DataFrame, column: str) -> np.ndarray:
    """[problems, samples] of one column.

    Raises:
        InputError: problems with different numbers of samples.
    """
    table = frame.pivot(index="problem", columns="sample", values=column)
    if table.isna().to_numpy().any():
        raise InputError(f"pools: column {column!r} lacks samples of some problems: give every problem as many")
    return table.to_numpy()


def sizes_of(frame: pd.DataFrame) -> list[int]:
    """Numbers of samples that the pools allow."""
    most = int(frame["sample"].max()) + 1
    return [size for size in SIZES if size <= most] or [most]


def rerank(frame: pd.DataFrame | None, rng: np.random.Generator) -> dict[str, Floats]:
    """Expected correctness of every strategy: name -> [problems, sizes]; empty without samples."""
    if frame is None:
        return {}
    sizes = sizes_of(frame)
    answers, right = wide(frame, "answer").astype(int), wide(frame, "right").astype(float)
    scores = np.where(wide(frame, "accepted").astype(bool), 1.0, 1e-4)  # rejected samples break ties, no more
    found = {
        "one sample": np.repeat(right.mean(axis=1, keepdims=True), len(sizes), axis=1),
        "majority": voting.majority_vote(answers, right, sizes),
        "Self-PRM": voting.weighted_vote(scores, answers, right, sizes, rng, SUBSETS).value,
    }
    for name, column in {"PRM head": "prm", "PRM head, shuffled labels": "shuffled"}.items():
        if column in frame:
            found[name] = voting.best_of_n(wide(frame, column).astype(float), right, sizes)
    totals = right.sum(axis=1).astype(int)
    return found | {"any right (ceiling)": voting.pass_at_k(totals, right.shape[1], sizes)}


def counts(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a problem: samples that are accepted and right (`tp`), accepted and wrong (`fp`), `right`, `wrong`."""
    marked = frame.assign(
        tp=frame["accepted"] & frame["right"], fp=frame["accepted"] & ~frame["right"], wrong=~frame["right"]
    )
    return marked.groupby("problem")[["tp", "fp", "right", "wrong"]].sum().astype(int)


def band_of(table: pd.DataFrame) -> pd.Series:
    """Name of each problem's band of difficulty, by its share of right samples."""
    share = table["right"] / (table["right"] + table["wrong"])
    return pd.cut(share, [-0.01, HARD, EASY, 1.0], labels=BANDS).astype(str)


def rates(tp: Floats, fp: Floats, right: Floats, wrong: Floats) -> dict[str, Floats]:
    """Rates of acceptance from counts of any shape: base rate, TPR, FPR, precision, lift; NaN where undefined."""
    with np.errstate(invalid="ignore", divide="ignore"):
        base, precision = right / (right + wrong), tp / (tp + fp)
        found = {"base_rate": base, "tpr": tp / right, "fpr": fp / wrong, "precision": precision}
        return found | {"lift": precision / base}


def band_draws(table: pd.DataFrame, rng: np.random.Generator, resamples: int) -> dict[str, dict[str, Floats]]:
    """Rates by band of difficulty in resamples of problems: band -> rate -> [R + 1], row 0 the data themselves.

    Args:
        table: as from `counts`.
        rng: source of the resamples.
        resamples: how many.
    """
    weights, bands = resample_weights(len(table), resamples, rng), band_of(table)
    found = {}
    for band in BANDS:
        inside = (bands == band).to_numpy()
        found[band] = rates(*(weights @ (table[name].to_numpy() * inside) for name in table.columns))
    return found
