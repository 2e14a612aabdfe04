import math

import pytest

from benchmarks.verdicts.worlds.genrm_vs_sc import tilts


def test_a_smooth_statistic_is_found_nearest_to_no_tilt():
    assert tilts.smooth(math.sin, 0.5) == pytest.approx(math.pi / 6)
    assert tilts.smooth(math.cos, 1.0 - 1e-9) == pytest.approx(0, abs=1e-4)


def steps(tilt):
    """1 up to .3, then 2, and 1 again between 3 and 7."""
    return 1.0 if tilt < 0.3 or 3 < tilt < 7 else 2.0


def test_the_middle_of_the_longest_run():
    assert tilts.middle(steps, 1.0) == pytest.approx((-8 + 0.25) / 2)
    assert tilts.middle(steps, 2.0) == pytest.approx((0.375 + 3) / 2)


@pytest.mark.parametrize(("wanted", "up"), [(1.0, True), (2.0, False)])
def test_the_edge_is_the_last_tilt_before_the_jump_nearest_to_no_tilt(wanted, up):
    found = tilts.edge(steps, wanted, up=up)
    assert found == pytest.approx(0.3, abs=1e-8)
    assert steps(found) == wanted != steps(found + (1e-8 if up else -1e-8))
