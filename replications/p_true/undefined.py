"""Estimates that may not exist, and the one of several that is nearest to contradicting a claim."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from common.claims import Found, NotTestable, Rule
from common.errors import InputError
from common.stats.intervals import Estimate

Made = TypeVar("Made")


def attempt(make: Callable[[], Made]) -> Made | NotTestable:
    """What is made, or why there is none: one class of outcome only, no probability above one half, too few rows."""
    try:
        return make()
    except InputError as error:
        return NotTestable(str(error))


def weakest(rule: Rule, found: Iterable[Found]) -> Found:
    """Of several estimates the one nearest to contradicting the rule, by its value; the first that does not exist if
    there is such a one.

    Claims about a weaker task and the like are judged by it. The choice is not corrected for.
    """
    several = list(found)
    for one in several:
        if isinstance(one, NotTestable):
            return one
    estimates = [one for one in several if isinstance(one, Estimate)]
    against = {
        "greater": lambda one: -one.value,
        "less": lambda one: one.value,
        "within": lambda one: abs(one.value - rule.target),
    }
    return max(estimates, key=against[rule.direction])
