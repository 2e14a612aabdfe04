"""The procedure: one greedy answer a question, after some answered ones, graded, with how likely the model found it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from common.engines import Engine, Sampling
from common.tasks import PUBLIC, Question, Task
from lab import tasks as lab
from replications.newpaper import prompts

SHOTS = 5
"""Answered dev questions before the one asked: without them a chat model answers in sentences, none of them right."""
LAB = {task.name: task for task in (lab.FACTS, lab.ARITHMETIC)}
TASKS: dict[str, Task] = LAB | PUBLIC


def respond(engine: Engine, task: Task, questions: Sequence[Question], max_tokens: int) -> pd.DataFrame:
    """Responses, one row a question: id, level, response, right, mean logprob of its tokens, cut_off."""
    shown = [] if task.name in LAB else task.load("dev", SHOTS)
    asked = [prompts.open_question(engine, question, shown) for question in questions]
    drawn = engine.sample(asked, Sampling(temperature=0.0, max_tokens=max_tokens, stop=task.stop))
    rows = []
    for question, (response,) in zip(questions, drawn, strict=True):
        right = task.right(question, task.read(response.text))
        row = {"id": question.id, "level": question.level, "response": response.text, "right": right}
        rows.append(row | {"logprob": np.mean(response.logprobs), "cut_off": response.finish_reason == "length"})
    return pd.DataFrame(rows)
