"""The recorded solutions and verifications of GSM8K (genrm-star) as the frame and arrays this replication works on."""

from collections.abc import Iterable

import pandas as pd

from common.arrays import Floats, Ints
from common.datasets.genrm_critiques import Solution
from common.grading import extract_answer
from replications.genrm_vs_sc.pools import graded

CHARS = ["question", "solution", "verification", "prompt", "reference"]


def frame(solutions: Iterable[Solution]) -> pd.DataFrame:
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


def regrading(rows: pd.DataFrame) -> pd.DataFrame:
    """What grading anew changes against the recorded flag, from the recorded and from our extracted answers."""
    out = []
    for column in ("answer", "last_number"):
        right, recorded = graded(rows, column)["right"], rows["recorded_right"]
        out.append(
            {
                "answer": column,
                "solutions": len(rows),
                "no_answer": int(rows[column].isna().sum()),
                "now_right": int((right & ~recorded).sum()),
                "now_wrong": int((~right & recorded).sum()),
            }
        )
    return pd.DataFrame(out)


def chars_by_question(rows: pd.DataFrame, questions: Ints) -> dict[str, Floats]:
    """Mean characters over each question's pool, [Q] each, by kind of text (see `compute.accountings`)."""
    means = rows.groupby("question_id")[CHARS].mean().loc[questions]
    return {kind: means[kind].to_numpy() for kind in CHARS}
