import numpy as np
import pytest

from common.claims import Rule
from common.stats import intervals
from common.stats.estimates import Undefined
from replications.p_true.weakest import weakest

LOW, HIGH = intervals.mean([-0.5, -0.3, -0.1]), intervals.mean([0.1, 0.2, 0.3])
MISSING = Undefined("no wrong answer")


def rule(direction, target=0.0):
    return Rule(estimand="", direction=direction, margin=0.1, target=target)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(rule("greater"), LOW), (rule("less"), HIGH), (rule("within"), LOW), (rule("within", -0.25), HIGH)],
)
def test_the_weakest_is_nearest_to_contradicting_the_rule(asked, expected):
    for order in ([LOW, HIGH], [HIGH, LOW]):
        found = weakest(asked, order)
        assert (found.value, found.n) == (expected.value, expected.n)
        assert found.method == f"weakest of 2, against the claim by Bonferroni; {expected.method}"


def test_one_estimate_stays_as_it_is():
    assert weakest(rule("greater"), [LOW]) is LOW


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_support_needs_every_one_and_contradiction_counts_how_many_there_are(level):
    strict = 1 - (1 - level) / 2
    assert weakest(rule("greater"), [LOW, HIGH]).interval(level) == (LOW.interval(level)[0], LOW.interval(strict)[1])
    assert weakest(rule("less"), [LOW, HIGH]).interval(level) == (HIGH.interval(strict)[0], HIGH.interval(level)[1])
    outermost = LOW.interval(level)[0], HIGH.interval(level)[1]
    assert weakest(rule("within"), [LOW, HIGH]).interval(level) == outermost


def test_the_interval_is_not_always_that_of_the_lowest_estimate():
    sure, unsure = intervals.mean([0.2, 0.21, 0.22]), intervals.mean([-0.4, 0.4, 0.9])
    found = weakest(rule("greater"), [sure, unsure])
    assert found.value == sure.value
    assert found.interval(0.95) == (unsure.low, sure.interval(0.975)[1])


@pytest.mark.parametrize("direction", ["greater", "less"])
def test_of_five_true_values_at_the_boundary_the_worst_estimate_seldom_contradicts(direction):
    wrong = 0
    for seed in range(200):
        rng = np.random.default_rng([3, seed])
        found = weakest(rule(direction), [intervals.mean(0.1 + rng.normal(size=40)) for _ in range(5)])
        wrong += found.low > 0.1 or found.high < 0.1
    assert wrong <= 12  # 5 of 200 expected; uncorrected 24


def test_what_does_not_exist_anywhere_makes_the_claim_not_testable():
    assert weakest(rule("less"), [HIGH, MISSING]) is MISSING
