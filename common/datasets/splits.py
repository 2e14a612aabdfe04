"""Which questions of a public set are taught, which are for trying things, and which are asked in earnest.

One meaning for every paper. *Test* questions are what claims are about, *dev* ones show, choose and try, *taught* ones
are learnt from. A set with a file to train on (GSM8K) keeps its test file as test; dev is every tenth problem of the
train file, taught the others. A set of one file (all others, MATH-500 among them) is cut by `cut`.
"""

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import numpy as np

Split = Literal["taught", "dev", "test"]

T = TypeVar("T")


def of_train(rows: Sequence[T], split: Literal["taught", "dev"]) -> list[T]:
    """Rows of a train file, in its order: every tenth for dev, the others are taught."""
    return [row for place, row in enumerate(rows) if (place % 10 == 0) == (split == "dev")]


def cut(rows: Sequence[T], text: Callable[[T], str], split: Split) -> list[T]:
    """Rows of a split, each text once: six tenths taught, one dev, three test, as the lab cuts its problems."""
    distinct = list({text(row): row for row in rows}.values())
    order = np.random.default_rng(0).permutation(len(distinct))
    first, second = round(0.6 * len(distinct)), round(0.7 * len(distinct))
    part = {"taught": order[:first], "dev": order[first:second], "test": order[second:]}[split]
    return [distinct[i] for i in part]
