"""Which questions of a public set are taught, which are for trying things, and which are asked in earnest."""

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import numpy as np

Split = Literal["taught", "dev", "test"]

T = TypeVar("T")


def cut(rows: Sequence[T], text: Callable[[T], str], split: Split) -> list[T]:
    """Rows of a split, each text once: six tenths taught, one dev, three test, as the lab cuts its problems."""
    distinct = list({text(row): row for row in rows}.values())
    order = np.random.default_rng(0).permutation(len(distinct))
    first, second = round(0.6 * len(distinct)), round(0.7 * len(distinct))
    part = {"taught": order[:first], "dev": order[first:second], "test": order[second:]}[split]
    return [distinct[i] for i in part]
