"""The one of several estimates that is nearest to contradicting a claim."""

from collections.abc import Iterable

from common.claims import Rule
from common.stats.estimates import Estimate, Found, Undefined


def weakest(rule: Rule, found: Iterable[Found]) -> Found:
    """Of several estimates the one nearest to contradicting the rule, by its value; the first that does not exist if
    there is such a one.

    Claims about a weaker task and the like are judged by it. The choice is not corrected for.
    """
    several = list(found)
    for one in several:
        if isinstance(one, Undefined):
            return one
    estimates = [one for one in several if isinstance(one, Estimate)]
    against = {
        "greater": lambda one: -one.value,
        "less": lambda one: one.value,
        "within": lambda one: abs(one.value - rule.target),
    }
    return max(estimates, key=against[rule.direction])
