import numpy as np
import pytest

from benchmarks.engines.choices import THEIRS, check
from benchmarks.engines.clock import MismatchError


def test_equal_log_probabilities_pass_with_their_accuracy():
    theirs = np.log(np.eye(4)[[0, 1, 2, 3]] + 1)
    found = check({"ours": theirs + 5e-5, THEIRS: theirs})
    assert found["largest_difference"] == pytest.approx(5e-5)
    assert 0 <= found["accuracy"] <= 1


@pytest.mark.parametrize("off", [2e-4, np.nan])
def test_log_probabilities_that_differ_are_refused(off):
    theirs = np.zeros((3, 4))
    ours = theirs.copy()
    ours[1, 2] = off
    with pytest.raises(MismatchError, match="differ"):
        check({"ours": ours, THEIRS: theirs})
