import math

from common.errors import InputError
from common.stats import intervals
from common.stats.estimates import Undefined, attempt


def test_a_refusal_becomes_the_reason():
    def refuse():
        raise InputError("AUROC needs outcomes of both classes")

    one = intervals.recount(0.2, 9)
    assert attempt(refuse) == Undefined("AUROC needs outcomes of both classes")
    assert attempt(lambda: one) is one


def test_columns_are_those_of_an_estimate_whether_there_is_one_or_not():
    one, none = intervals.wilson(3, 9), Undefined("too few")
    assert one.columns("share") == {"share": one.value, "share_low": one.low, "share_high": one.high}
    assert list(one.columns("share", alone=True)) == ["share", "low", "high"]
    for alone in (False, True):
        assert list(none.columns("share", alone)) == list(one.columns("share", alone))
        assert all(math.isnan(value) for value in none.columns("share", alone).values())
