import pytest

from common.claims import Rule
from common.stats import intervals
from common.stats.estimates import Undefined
from replications.p_true.weakest import weakest

LOW, HIGH = intervals.recount(-0.3, 9), intervals.recount(0.2, 9)
MISSING = Undefined("no wrong answer")


def rule(direction, target=0.0):
    return Rule(estimand="", direction=direction, margin=0.1, target=target)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(rule("greater"), LOW), (rule("less"), HIGH), (rule("within"), LOW), (rule("within", -0.25), HIGH)],
)
def test_the_weakest_is_nearest_to_contradicting_the_rule(asked, expected):
    assert weakest(asked, [LOW, HIGH]) is expected
    assert weakest(asked, [HIGH, LOW]) is expected


def test_what_does_not_exist_anywhere_makes_the_claim_not_testable():
    assert weakest(rule("less"), [HIGH, MISSING]) is MISSING
