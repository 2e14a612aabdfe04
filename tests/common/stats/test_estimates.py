from common.errors import InputError
from common.stats import intervals
from common.stats.estimates import Undefined, attempt


def test_a_refusal_becomes_the_reason():
    def refuse():
        raise InputError("AUROC needs outcomes of both classes")

    one = intervals.recount(0.2, 9)
    assert attempt(refuse) == Undefined("AUROC needs outcomes of both classes")
    assert attempt(lambda: one) is one
