"""Solutions and their verifications, recorded by others or sampled from a model, in one form.

Both go through the same functions: `pools.graded`, `pools.read_verdicts`, `pools.build`, `compute.lengths_by_question`
(characters of recorded texts, tokens of sampled ones), `compute.accountings`. Sampling goes through the engine's store,
so an interrupted run goes on where it was.

A store gives equal prompts equal completions. Copies of one solution must nevertheless be verified independently, or
its score would hang on a single draw however often it was sampled: a solution sampled k times gets k V verifications.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import softmax

from common.arrays import Floats
from common.datasets.genrm_critiques import Solution
from common.engines import Completion, Engine
from common.grading import extract_answer, parse_verdict
from common.tasks import Question
from lab.exam import VERDICT
from replications.genrm_vs_sc.pools import Pools, build, graded, read_verdicts
from replications.genrm_vs_sc.tasks import Verifiable

SIZES = (1, 2, 4, 8, 16, 32)
N_VERDICTS = (1, 2, 3, 4)
"""Numbers of recorded solutions and verifications to draw."""

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
        stated = self.mass[np.isfinite(self.mass)]
        return float(stated.mean()) if stated.size else np.nan

    @property
    def hybrid(self) -> Floats:
        """The probability where there is one, else the text."""
        return np.where(np.isnan(self.probability), self.text, self.probability)


def recorded(solutions: Iterable[Solution]) -> pd.DataFrame:
    """One solution a row, with its length and those of what its verifications took, means over the four rounds.

    Columns: question_id, solution_id, target, recorded_right, answer (as recorded), last_number (as read by our own
    extraction, falling back on the last number), and characters of question, solution, verification, prompt (of the
    verifier) and reference (the part of that prompt which shows a reference solution).
    """
    rows = [
        {
            "question_id": s.question_id,
            "solution_id": s.solution_id,
            "target": s.target,
            "recorded_right": s.correct,
            "answer": s.answer,
            "last_number": extract_answer(s.solution, "last_number"),
            "question": len(s.question),
            "solution": len(s.solution),
            "verification": sum(map(len, s.critiques)) / len(s.critiques),
            "prompt": sum(s.prompt_chars) / len(s.prompt_chars),
            "reference": sum(s.reference_chars) / len(s.reference_chars),
        }
        for s in solutions
    ]
    return pd.DataFrame(rows)


def solve(engine: Engine, task: Verifiable, problems: Sequence[Question], count: int, seed: int) -> pd.DataFrame:
    """Sample `count` solutions of each problem: one row a solution, in order of problems and samples, graded.

    Columns: question_id (place of the problem), sample, hard, target, text, answer, tokens in question (the prompt) and
    solution, cut_off (whether it ended at `max_tokens`), and those that `pools.graded` adds.
    """
    sampling = task.sampling.model_copy(update={"n": count, "seed": seed})
    drawn = engine.sample([task.to_solve(engine, problem) for problem in problems], sampling)
    rows = [
        {
            "question_id": place,
            "sample": sample,
            "hard": problem.hard,
            "target": problem.answer,
            "text": completion.text,
            "answer": task.read(completion.text),
            "question": completion.prompt_tokens,
            "solution": len(completion.token_ids),
            "cut_off": completion.finish_reason == "length",
        }
        for place, (problem, completions) in enumerate(zip(problems, drawn, strict=True))
        for sample, completion in enumerate(completions)
    ]
    return graded(pd.DataFrame(rows))


def verify(
    engine: Engine, task: Verifiable, problems: Sequence[Question], rows: pd.DataFrame, count: int, seed: int
) -> Verified:
    """Sample `count` verifications of each solution (a row of `solve`) and read their verdicts."""
    drawn, prompts = verifications(engine, task, problems, rows, count, seed)
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
    engine: Engine, task: Verifiable, problems: Sequence[Question], rows: pd.DataFrame, count: int, seed: int
) -> tuple[list[list[Completion]], list[str | None]]:
    """Sample verifications, and give the rendered prompts; none and None where the model cannot read a solution."""
    prompts = [
        engine.render(task.to_verify(engine, problems[place], text)) if task.readable(text) else None
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
    places, contexts = [], []
    for row, (prompt, several) in enumerate(zip(prompts, texts, strict=True)):
        for column, text in enumerate(several):
            check, question, _ = text.rpartition(VERDICT)
            if prompt is not None and question and task.readable(check):
                places.append((row, column))
                contexts.append(prompt + check + VERDICT)
    if contexts:
        scores = np.stack(engine.logprobs(contexts, [OPTIONS] * len(contexts))).astype(float)
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
