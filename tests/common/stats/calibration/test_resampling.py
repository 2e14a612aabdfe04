import numpy as np
import pytest

from common.errors import InputError
from common.stats import intervals
from common.stats.calibration import resampling


def of(n=12, questions=None):
    return resampling.forecasts(np.linspace(0, 1, n), np.arange(n) % 2, questions)


def test_rows_are_grouped_by_their_question_whatever_its_label():
    found = resampling.forecasts([0.1, 0.2, 0.4, 0.8], [0, 1, 0, 1], ["b", "a", "b", "c"])
    assert found.names == ("a", "b", "c")
    sum_p, n = found.sums(found.p, np.ones(4))
    assert sum_p == pytest.approx([0.2, 0.5, 0.8])
    assert n.tolist() == [1, 2, 1]


@pytest.mark.parametrize("most", [1, 30, 10**6])
def test_counts_are_those_of_resampled_indices_block_by_block(monkeypatch, most):
    monkeypatch.setattr(resampling, "MOST_ENTRIES", most)
    blocks = []

    def statistic(counts):
        blocks.append(counts)
        return counts[:, 0]

    values = resampling.draws(statistic, of(), np.random.default_rng(0), 7)
    rng, expected = np.random.default_rng(0), []
    for block in blocks:
        drawn = intervals.resample(12, len(block), rng)
        expected += [np.bincount(row, minlength=12) for row in drawn]
    np.testing.assert_array_equal(np.concatenate(blocks), expected)
    np.testing.assert_array_equal(values, np.array(expected)[:, 0])
    assert max(len(block) * 12 for block in blocks) <= max(most, 12)


def test_undefined_resamples_are_left_out_and_counted():
    def statistic(counts):
        return np.where(counts[:, 0] > 0, counts[:, 0], np.nan)

    estimate = resampling.bootstrap(statistic, of(), np.random.default_rng(1), 500)
    values = resampling.draws(statistic, of(), np.random.default_rng(1), 500)
    undefined = int(np.isnan(values).sum())
    assert 0 < undefined < 400
    assert f"500 resamples, {undefined} of them undefined and left out" in estimate.method
    assert estimate.low == np.nanmin(values)
    assert estimate.finest_p == 2 / (500 - undefined + 1)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: resampling.forecasts([0.5, 0.5], [0, 1], ["q", "q"]),
        lambda: resampling.forecasts([0.5, 0.5], [0, 1], ["q"]),
        lambda: resampling.forecasts([0.5], [1]),
        lambda: resampling.forecasts([0.5, 0.5], [0, 0.5]),
        lambda: resampling.same_questions(of(4), of(5)),
        lambda: resampling.same_questions(of(2, ["a", "b"]), of(2, ["a", "c"])),
        lambda: resampling.bootstrap(lambda counts: counts[:, 0], of(), np.random.default_rng(0), 0),
        lambda: resampling.bootstrap(lambda counts: counts[:, 0] * np.nan, of(), np.random.default_rng(0), 9),
    ],
)
def test_bad_input_is_refused_in_one_line(bad):
    with pytest.raises(InputError) as error:
        bad()
    assert "\n" not in str(error.value)
