import numpy as np
import pytest
from scipy import stats

from common.stats.voting.race import Draw, unit_nodes


@pytest.mark.parametrize(
    ("degree", "rtol"), [(0, 1e-15), (1, 1e-14), (2, 1e-14), (7, 1e-14), (40, 1e-13), (255, 1e-12), (16383, 1e-9)]
)
def test_the_nodes_integrate_every_power_up_to_their_degree(degree, rtol):
    y, weight = unit_nodes(degree)
    powers = np.unique(np.linspace(0, degree, 200).astype(int))
    np.testing.assert_allclose(weight @ y[:, None] ** powers, 1 / (powers + 1), rtol=rtol)


def test_large_degrees_need_far_fewer_nodes_than_half_their_degree():
    assert len(unit_nodes(16383)[0]) < 16383 / 2 / 15


@pytest.mark.parametrize(("size", "pool"), [(1, 1), (1, 2), (3, 5), (64, 256), (255, 256), (256, 256), (8192, 16384)])
def test_reading_a_binomial_count_on_few_points_gives_back_its_chance(size, pool):
    draw = Draw(size, pool)
    everything = (1 - draw.rate + draw.rate * draw.z()) ** pool
    assert (everything @ draw.reader).real == pytest.approx(1, abs=1e-12)


def test_reading_drops_what_belongs_to_other_numbers_of_draws():
    draw = Draw(5, 9)
    chance = stats.binom.pmf(5, 9, 5 / 9)
    polynomial = 0.3 * draw.z(4) + 0.2 * draw.z(5) + 0.5 * draw.z(8)
    assert (polynomial @ draw.reader).real == pytest.approx(0.2 / chance, abs=1e-14)
