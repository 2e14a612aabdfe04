"""Solutions and their verifications, sampled from a model, in the form that the recorded ones have.

What comes out goes through the very functions of the re-analysis: `pools.graded`, `pools.read_verdicts`, `pools.build`,
`recorded.chars_by_question` (with tokens for characters), `compute.accountings`. Sampling goes through the engine's
store, so an interrupted run goes on where it was.

A store gives equal prompts equal completions. Copies of one solution must nevertheless be verified independently, or
its score would hang on a single draw however often it was sampled: a solution sampled k times gets k V verifications.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import softmax

from common.arrays import Floats
from common.engines import Completion, Engine
from common.grading import parse_verdict
from common.tasks import Question
from lab.exam import VERDICT
from replications.genrm_vs_sc import compute, recorded
from replications.genrm_vs_sc.pools import Pools, build, graded, read_verdicts
from replications.genrm_vs_sc.tasks import Verifiable

OPTIONS = [" Yes", " No"]
MODES = ("text", "probability", "hybrid")


@dataclass(frozen=True)
class Verified:
    """V verifications of each of n solutions by one verifier.

    Where a solution cannot be read by the verifier, texts are empty, verdicts missing and tokens 0.
    """

    texts: list[list[str]]  # [n][V]
    tokens: Floats  # written, [n, V]
    prompt_tokens: Floats  # read, [n]
    text: Floats  # verdicts as stated: 1, 0 or NaN, [n, V]
    probability: Floats  # p(Yes) / (p(Yes) + p(No)) where the verdict is asked for, else NaN, [n, V]
    mass: Floats  # p(Yes) + p(No) there, [n, V]
    cut_off: float  # share of the verifications that ended at `max_tokens`

    @property
    def mean_mass(self) -> float:
        """Mean mass of Yes and No where a verdict is asked for, NaN where none ever is."""
        asked = self.mass[np.isfinite(self.mass)]
        return float(asked.mean()) if asked.size else np.nan

    @property
    def hybrid(self) -> Floats:
        """The probability where there is one, else the text."""
        return np.where(np.isnan(self.probability), self.text, self.probability)


def solve(engine: Engine, task: Verifiable, items: Sequence[Question], count: int, seed: int) -> pd.DataFrame:
    """Sample `count` solutions of each item: one row a solution, in order of items and samples, graded.

    Columns: question_id (place of the item), sample, hard, target, text, answer, tokens in question (the prompt) and
    solution, cut_off (whether it ended at `max_tokens`), and those that `pools.graded` adds.
    """
    sampling = task.sampling.model_copy(update={"n": count, "seed": seed})
    drawn = engine.sample([task.to_solve(engine, item) for item in items], sampling)
    rows = [
        {
            "question_id": place,
            "sample": sample,
            "hard": item.hard,
            "target": item.answer,
            "text": completion.text,
            "answer": task.read(completion.text),
            "question": completion.prompt_tokens,
            "solution": len(completion.token_ids),
            "cut_off": completion.finish_reason == "length",
        }
        for place, (item, completions) in enumerate(zip(items, drawn, strict=True))
        for sample, completion in enumerate(completions)
    ]
    return graded(pd.DataFrame(rows))


def verify(
    engine: Engine, task: Verifiable, items: Sequence[Question], rows: pd.DataFrame, count: int, seed: int
) -> Verified:
    """Sample `count` verifications of each solution (a row of `solve`) and read their verdicts."""
    drawn, prompts = verifications(engine, task, items, rows, count, seed)
    texts = [[completion.text for completion in several] or [""] * count for several in drawn]
    tokens = [[len(completion.token_ids) for completion in several] or [0] * count for several in drawn]
    read = [several[0].prompt_tokens if several else 0 for several in drawn]
    ended = [completion.finish_reason == "length" for several in drawn for completion in several]
    return Verified(
        texts,
        np.array(tokens, float),
        np.array(read, float),
        read_verdicts(texts, parse_verdict),
        *p_yes(engine, task, prompts, texts),
        float(np.mean(ended)) if ended else 0.0,
    )


def verifications(
    engine: Engine, task: Verifiable, items: Sequence[Question], rows: pd.DataFrame, count: int, seed: int
) -> tuple[list[list[Completion]], list[str | None]]:
    """Sample verifications, and give the rendered prompts; none and None where the model cannot read a solution."""
    prompts = [
        engine.render(task.to_verify(engine, items[place], text)) if task.readable(text) else None
        for place, text in zip(rows["question_id"], rows["text"], strict=True)
    ]
    copies = Counter(prompt for prompt in prompts if prompt is not None)
    by_copies: dict[int, list[str]] = defaultdict(list)
    for solution, number in copies.items():
        by_copies[number].append(solution)
    left: dict[str, list[Completion]] = {}
    for number, some in sorted(by_copies.items()):
        sampling = task.sampling.model_copy(update={"n": count * number, "seed": seed})
        left |= dict(zip(some, engine.sample(some, sampling), strict=True))
    drawn: list[list[Completion]] = []
    for prompt in prompts:
        several = [] if prompt is None else left[prompt]
        drawn.append(several[:count])
        if prompt is not None:
            left[prompt] = several[count:]
    return drawn, prompts


def p_yes(
    engine: Engine, task: Verifiable, prompts: Sequence[str | None], texts: Sequence[Sequence[str]]
) -> tuple[Floats, Floats]:
    """Probability of Yes against No where each verification asks for its verdict, and of both: [n, V] each.

    NaN where it never does.
    """
    found, mass = (np.full((len(texts), len(texts[0])), np.nan) for _ in range(2))
    places, asked = [], []
    for row, (prompt, several) in enumerate(zip(prompts, texts, strict=True)):
        for column, text in enumerate(several):
            check, question, _ = text.rpartition(VERDICT)
            if prompt is not None and question and task.readable(check):
                places.append((row, column))
                asked.append(prompt + check + VERDICT)
    if asked:
        scores = np.stack(engine.logprobs(asked, [OPTIONS] * len(asked))).astype(float)
        where = tuple(np.transpose(places))
        found[where], mass[where] = softmax(scores, axis=1)[:, 0], np.exp(scores).sum(axis=1)
    return found, mass


def cut_off(rows: pd.DataFrame, by_verifier: Mapping[str, Verified]) -> dict[str, float]:
    """Share of completions that ended at `max_tokens`: of solutions, and of each verifier's verifications."""
    shares = {f"verifications by {name}": verified.cut_off for name, verified in by_verifier.items()}
    return {"solutions": float(rows["cut_off"].mean())} | shares


def pools_of(rows: pd.DataFrame, verified: Verified, mode: str) -> Pools:
    """Pools of verified solutions, scored in one of `MODES`; 0 without an answer, as in the paper's code."""
    scores = np.where(rows["answer"].isna().to_numpy()[:, None], 0.0, getattr(verified, mode))
    return build(rows, scores, int(rows["sample"].max()) + 1)


def unverified(rows: pd.DataFrame) -> Pools:
    """Pools of all solutions, for self-consistency alone."""
    return build(rows, np.full((len(rows), 1), np.nan), int(rows["sample"].max()) + 1)


def costs(rows: pd.DataFrame, verified: Verified, weights: Floats) -> dict[str, Floats]:
    """Cost of a verification in solutions under each accounting, [R] each, measured in tokens.

    The accountings of `compute.accountings`, and one in which a prompt is paid once for all that follows it: the
    problem for its solutions, problem and solution for their verifications.
    """
    solutions, count = int(rows["sample"].max()) + 1, verified.tokens.shape[1]
    measured = rows.assign(verification=verified.tokens.mean(axis=1), prompt=verified.prompt_tokens, reference=0.0)
    tokens = recorded.chars_by_question(measured, rows["question_id"].unique())
    ratios = dict(compute.accountings(weights, tokens))
    del ratios["prompt + output, reference"]
    shared = tokens | {"question": tokens["question"] / solutions, "prompt": tokens["prompt"] / count}
    return ratios | {"prompt + output, prefix shared": compute.accountings(weights, shared)["prompt + output"]}


def told(rows: pd.DataFrame, by_verifier: Mapping[str, Verified]) -> pd.DataFrame:
    """What could not be read, and what it cost: one row a verifier."""
    found = []
    for name, verified in by_verifier.items():
        verifiable = verified.prompt_tokens > 0
        found.append(
            {
                "verifier": name,
                "solutions": len(rows),
                "without an answer": int(rows["answer"].isna().sum()),
                "solutions cut off": float(rows["cut_off"].mean()),
                "verifications cut off": verified.cut_off,
                "mass of Yes and No": verified.mean_mass,
                "unreadable": int((~verifiable).sum()),
                "without a verdict": float(np.isnan(verified.text[verifiable]).mean()) if verifiable.any() else 1.0,
                "tokens a solution": float(rows["solution"].mean()),
                "tokens a verification": float(verified.tokens[verifiable].mean()) if verifiable.any() else 0.0,
                "tokens written": int(verified.tokens.sum()),
            }
        )
    return pd.DataFrame(found)
