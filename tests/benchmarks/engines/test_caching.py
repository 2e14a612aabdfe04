import numpy as np
import pytest

from benchmarks.engines.caching import check
from benchmarks.engines.clock import MismatchError
from common.engines import Completion, OptionScores


def options(first: float) -> OptionScores:
    return OptionScores(np.array([[first, 1 - first]]), np.ones(1))


def drawn(logprob: float) -> list[list[Completion]]:
    return [[Completion("a", (1,), (logprob,), "length", 3)]]


def test_equal_numbers_pass():
    assert check({"bare": options(0.5), "full store": options(0.5)}) == {"largest_difference": 0}
    assert check({"bare": drawn(-1), "full store": drawn(-1)}) == {"largest_difference": 0}


def test_other_numbers_through_the_store_are_refused():
    with pytest.raises(MismatchError, match="differ"):
        check({"bare": options(0.5), "empty store": options(0.4)})
    with pytest.raises(MismatchError, match="differ"):
        check({"bare": drawn(-1), "empty store": drawn(-1.1)})
