"""The gate: what the lab must show on dev questions before any claim is tested on it.

Every bound belongs to the world and to the training alone. Tuning looks at this table and at nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Exam = Mapping[str, Any]
"""What `exam.sit` returns."""

MARGIN = 0.1
"""How far below the largest model the smallest must stay, in each measure."""
CHANCE = 0.08
"""How far from one half a judge may be and still count as at chance."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the gate."""

    what: str
    value: float
    bound: str
    passed: bool

    @property
    def verdict(self) -> Literal["pass", "known", "MISS"]:
        """A miss is known if the ladder was shipped with it."""
        if self.passed:
            return "pass"
        return "known" if self.what in KNOWN_MISSES else "MISS"


MEASURES: dict[str, Callable[[Exam], float]] = {
    "2-step chains solved": lambda e: e["solving"]["2"],
    "6-step chains solved": lambda e: e["solving"]["6"],
    "facts recalled": lambda e: e["facts"]["all"],
    "AUROC of verdicts on others' traces": lambda e: e["verdict_auroc"],
    "AUROC of P(True), others' facts": lambda e: e["p_true_auroc"]["facts"],
    "AUROC of P(True), others' arithmetic": lambda e: e["p_true_auroc"]["arithmetic"],
    "critique F1 above the blind floor": lambda e: e["critique"]["f1"] - e["critique"]["floor"],
    "P(True) of right above wrong, same fact": lambda e: e["p_true_pairs"]["facts"],
    "P(True) of right above wrong, same problem": lambda e: e["p_true_pairs"]["arithmetic"],
}
BOUNDS = {
    "2-step chains solved": (0.8, 1.0),
    "6-step chains solved": (0.2, 0.6),
    "facts recalled": (0.4, 0.7),
    "AUROC of verdicts on others' traces": (0.7, 1.0),
    "AUROC of P(True), others' facts": (0.65, 1.0),
    "AUROC of P(True), others' arithmetic": (0.65, 1.0),
    "critique F1 above the blind floor": (0.05, 1.0),
}
"""Least and most that the largest model may show."""

AT_CHANCE = (
    "AUROC of verdicts on others' traces",
    "P(True) of right above wrong, same fact",
    "P(True) of right above wrong, same problem",
)
"""Where a model without judging documents must not judge. P(True) is compared within a question: over questions its
AUROC is .74 even so, since it follows how often a person was told about (docs/lab-log.md, try 27)."""

KNOWN_MISSES = frozenset({"largest: AUROC of P(True), others' arithmetic", "smallest: facts recalled"})
"""What the present ladder misses after an honest effort (docs/lab-log.md, try 27); no claim that needs it is judged."""


def checks(largest: Exam, smallest: Exam, untaught: Exam) -> list[Check]:
    """The gate for the largest and smallest model and for the one that saw no judging format."""
    found = []
    for what, (low, high) in BOUNDS.items():
        value = MEASURES[what](largest)
        bound = f"at least {low}" if high == 1.0 else f"{low} to {high}"
        found.append(Check(f"largest: {what}", value, bound, low <= value <= high))
    for what in BOUNDS:
        value, top = MEASURES[what](smallest), MEASURES[what](largest)
        found.append(Check(f"smallest: {what}", value, f"at most {top - MARGIN:.3f}", value <= top - MARGIN))
    for what in AT_CHANCE:
        value = MEASURES[what](untaught)
        found.append(Check(f"dose none: {what}", value, f"0.5 ± {CHANCE}", abs(value - 0.5) <= CHANCE))
    value = MEASURES["critique F1 above the blind floor"](untaught)
    found.append(Check("dose none: critique F1 above the blind floor", value, "at most 0", value <= 0))
    return found


def table(found: list[Check]) -> str:
    """The checks as aligned text, one a line."""
    width = max(len(check.what) for check in found)
    return "\n".join(f"{c.verdict:<5} {c.what:<{width}}  {c.value:6.3f}  ({c.bound})" for c in found)
