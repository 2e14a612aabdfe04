"""An estimate with its interval, or why there is none.

An `Estimate` knows its interval at *any* level, not only at 95%: a decision rule under Holm's
correction asks for the same interval at a stricter level, and `Estimate.p_beyond` inverts it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from common.errors import InputError

Interval = tuple[float, float]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Estimate:
    """A number, how many independent units it rests on, and its interval at any confidence level."""

    value: float
    n: int  # independent units: questions, items, problems, runs
    method: str  # the interval's method in words, with the number of resamples where it has them
    interval: Callable[[float], Interval]  # confidence level in (0, 1) -> (low, high)
    finest_p: float = 0.0  # smallest p-value the interval can tell from 0: resampling has a resolution

    @property
    def low(self) -> float:
        """Lower end of the 95% interval."""
        return self.interval(0.95)[0]

    @property
    def high(self) -> float:
        """Upper end of the 95% interval."""
        return self.interval(0.95)[1]

    def columns(self, name: str, alone: bool = False) -> dict[str, float]:
        """Value and ends of the 95% interval as columns of a table: name, name_low, name_high.

        `alone`: of the only estimate of a table the ends are called low and high.
        """
        return dict(zip(_column_names(name, alone), (self.value, self.low, self.high), strict=True))

    def p_beyond(self, low: float, high: float) -> float:
        """Smallest alpha at which the (1 - alpha) interval no longer touches [low, high].

        This is the two-sided p-value of "the truth lies in [low, high]" that the interval implies;
        found by bisection to 1e-6, so it works for every kind of interval. 1.0 if even the
        narrowest interval touches, `finest_p` if even the widest does not.
        """

        def misses(alpha: float) -> bool:
            below, above = self.interval(1 - alpha)
            return above < low or below > high

        accepted, rejected = 1e-6, 1 - 1e-6
        if misses(accepted):
            return self.finest_p
        if not misses(rejected):
            return 1.0
        while rejected - accepted > 1e-6:
            middle = (accepted + rejected) / 2
            accepted, rejected = (accepted, middle) if misses(middle) else (middle, rejected)
        return max(rejected, self.finest_p)


@dataclass(frozen=True)
class Undefined:
    """Stands where an estimate would, and says why there is none."""

    reason: str

    def columns(self, name: str, alone: bool = False) -> dict[str, float]:
        """The columns that an estimate would fill (see `Estimate.columns`), NaN."""
        return dict.fromkeys(_column_names(name, alone), math.nan)


Found = Estimate | Undefined


def attempt(make: Callable[[], Made]) -> Made | Undefined:
    """What is made, or why there is none: one class of outcome only, no probability above one half, too few rows."""
    try:
        return make()
    except InputError as error:
        return Undefined(str(error))


def _column_names(name: str, alone: bool) -> tuple[str, str, str]:
    return (name, "low", "high") if alone else (name, f"{name}_low", f"{name}_high")
