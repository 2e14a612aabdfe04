import numpy as np

from common.stats.estimates import Undefined
from common.stats.resamples import resample_weights
from replications.self_assessment import estimates, shifts, weighting
from tests.replications.self_assessment import scripted
from tests.replications.self_assessment.asked import ask, boot


def test_averages_are_over_what_exists():
    values = np.array([[[1.0, np.nan], [3.0, 5.0]]])
    assert weighting.average(values, np.array([[1.0, 1], [2, 0], [0, 1]])).tolist() == [3, 1, 4]
    assert np.isnan(weighting.average(np.full((1, 2, 2), np.nan), np.ones((1, 2))))


def test_scores_leave_out_what_was_not_answered():
    ratings = np.full((1, 5, 1, 3), np.nan)
    ratings[0, 0, 0] = [1, np.nan, 5]
    found = weighting.scores(ratings, np.ones((1, 5, 3)))
    assert found[0, 0, 0, 0] == 3
    assert np.isnan(found[0, 0, 1:]).all()


def test_several_respondents_are_resampled_and_a_single_one_by_its_items():
    many, one = ask(scripted.honest), ask(scripted.honest, 1)
    assert [x.shape for x in vars(boot(many)).values()] == [(1, 5, 4), (201, 6)]
    assert [x.shape for x in vars(boot(one)).values()] == [(201, 5, 4), (1, 1)]
    assert weighting.estimate(np.linspace(0, 1, 101), boot(many)).n == 6
    found = weighting.estimate(np.linspace(0, 1, 101), boot(one))
    assert found.method.startswith("percentile bootstrap over 20 items within traits")
    assert found.method.endswith("centred on the estimate")


def test_what_is_undefined_for_the_data_or_in_many_resamples_is_not_testable():
    w = boot(ask(scripted.honest))
    values = np.linspace(0, 1, 101)
    values[1:4] = np.nan
    assert weighting.estimate(values, w).method.endswith("97 resamples")
    values[1:20] = np.nan
    assert weighting.estimate(values, w) == Undefined(
        "undefined in 19% of the resamples: too few answers, or answers that do not vary"
    )
    assert isinstance(weighting.estimate(np.full(101, np.nan), w), Undefined)


def test_intervals_over_respondents_cover_the_shift_of_their_population():
    """Draw 32 respondents, each with a shift of its own and noisy answers to 12 items; look for the mean statistic."""
    rng = np.random.default_rng(0)

    def drawn(m):
        moves = rng.normal(0.5, 0.4, (m, 5, 1, 1))
        base = rng.normal(3, 1, (m, 5, 1, 12))
        noisy = base + np.where(np.arange(6)[:, None] >= 3, moves, 0) + rng.normal(0, 1, (m, 5, 6, 12))
        return shifts.Ratings(noisy.round().clip(1, 5))

    def statistic(ratings, w):
        return weighting.average(shifts.shift(ratings, w.items)[..., 3:], w.respondents)

    ones = weighting.Weights(np.ones((1, 5, 12)), np.ones((1, 4000)))
    truth = statistic(drawn(4000), ones)[0]
    covered = 0
    for _ in range(100):
        resampled = np.concatenate([np.ones((1, 32)), rng.multinomial(32, np.full(32, 1 / 32), size=300)])
        w = weighting.Weights(ones.items, resampled)
        found = weighting.estimate(statistic(drawn(32), w), w)
        covered += found.low <= truth <= found.high
    assert covered >= 88  # a 95 % interval falls short of this three times in a thousand


def drawn_from(ratings, rng):
    """An inventory of 60 items a trait, drawn from real ones."""
    picks = rng.integers(0, 60, (5, 1, 60))
    return shifts.Ratings(np.stack([np.take_along_axis(m, picks, axis=-1) for m in ratings.values]))


def test_intervals_of_shares_of_tests_cover_what_inventories_show_on_average(data):
    """Take the real items as the population, and look for the mean share over inventories drawn from it."""
    rng = np.random.default_rng(0)

    def share(w):
        p = shifts.wilcoxon_p(drawn_from(data["keyed"], rng), w)
        return shifts.significant(p, 0.05, correct=True).mean((1, 2, 3))

    truth = np.mean([share(np.ones((1, 5, 60))) for _ in range(300)])
    centred = reflected = 0
    for _ in range(60):
        values = share(resample_weights(60, 200, rng, (5,)))
        low, high = np.quantile(2 * values[0] - values[1:], [0.025, 0.975])
        reflected += low <= truth <= high
        estimate = weighting.over_items(values)
        centred += estimate.low <= truth <= estimate.high
    assert centred >= 51  # 85 %: a 95 % interval falls short of it once in a thousand
    assert reflected < 51


def test_intervals_of_shifts_cover_the_shift_of_the_population(data):
    """Take the real items as the population, with keys in turn, and look for its shift, which has no noise floor."""
    rng = np.random.default_rng(0)
    ratings, between = data["keyed"], shifts.BETWEEN_TEMPLATES
    truth = shifts.distance(ratings.differences, np.ones((1, 5, 60)))[..., between].mean()
    covered = around = 0
    for _ in range(60):
        found = estimates.moved(drawn_from(ratings, rng), resample_weights(60, 200, rng, (5,)), between)
        covered += found.low <= truth <= found.high
        around += 2 * found.value - found.low >= truth
    assert covered >= 51
    assert around < 20  # an interval as wide to either side of the shift beyond noise misses what the floor took away
