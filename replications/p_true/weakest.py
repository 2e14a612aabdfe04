"""The one of several estimates that is nearest to contradicting a claim."""

from collections.abc import Iterable, Sequence

from common.claims import Rule
from common.stats.estimates import Estimate, Found, Interval, Undefined


def weakest(rule: Rule, found: Iterable[Found]) -> Found:
    """Of several estimates the one nearest to contradicting the rule, by its value; the first that does not exist if
    there is such a one.

    Claims about a weaker task and the like are judged by it. Its interval is for the weakest of the true values. The
    end on the claim's side is the least favourable of all, at the full level: a claim about every one holds where each
    holds (an intersection-union test, Berger 1982, Technometrics 24, 295). The end against the claim is the least
    favourable at 1 - (1 - level) / k, since the worst of k estimates is low by chance (Bonferroni). Where the rule is
    `within`, both ends are the outermost.
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
    nearest = max(estimates, key=against[rule.direction])
    return _corrected(rule, nearest, estimates) if len(estimates) > 1 else nearest


def _corrected(rule: Rule, nearest: Estimate, estimates: Sequence[Estimate]) -> Estimate:
    k = len(estimates)

    def interval(level: float) -> Interval:
        full = [one.interval(level) for one in estimates]
        strict = [one.interval(1 - (1 - level) / k) for one in estimates]
        if rule.direction == "greater":
            return min(low for low, _ in full), min(high for _, high in strict)
        if rule.direction == "less":
            return max(low for low, _ in strict), max(high for _, high in full)
        return min(low for low, _ in full), max(high for _, high in full)

    method = f"weakest of {k}, against the claim by Bonferroni; {nearest.method}"
    return Estimate(nearest.value, nearest.n, method, interval, k * max(one.finest_p for one in estimates))
