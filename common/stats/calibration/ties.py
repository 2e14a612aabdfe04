"""Equal-count bins that ties cannot upset.

Rows with one probability form one group. Along the sorted groups the rows are counted, and the count is cut
into bins of exactly n / bins rows each: a group that lies across an edge gives each side the matching part of
its rows, all with the group's average outcome, and where n is no multiple of the bins, so does a single row.
Nothing depends on the order of the rows, there is no rule for larger and smaller bins, and where all
probabilities differ and bins divide n these are the usual bins.
"""

from dataclasses import dataclass

import numpy as np

from common.arrays import Floats


@dataclass(frozen=True, slots=True)
class Groups:
    """The distinct probabilities in ascending order, and the rows at each; every array of shape [groups]."""

    p: Floats
    count: Floats
    right: Floats
    """Sum of the outcomes."""

    def sums(self, bins: int, *columns: Floats) -> list[Floats]:
        """Sum of each column (group totals, shape [groups]) over each bin of equal count, shape [bins] each."""
        ends = _from_zero(self.count)
        edges = np.linspace(0, ends[-1], bins + 1)
        return [np.diff(np.interp(edges, ends, _from_zero(column))) for column in columns]


def groups(p: Floats, c: Floats) -> Groups:
    """Group rows of equal probability; p and c of shape [n]."""
    distinct, index = np.unique(p, return_inverse=True)
    return Groups(distinct, np.bincount(index).astype(np.float64), np.bincount(index, c).astype(np.float64))


def _from_zero(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])
