from copy import deepcopy
from functools import cache

import numpy as np
import pytest

from common.engines import Sampling
from common.stats.estimates import Undefined
from replications.self_assessment import arrangements, shifts
from replications.self_assessment import control as live
from replications.self_assessment import experiment as asking
from replications.self_assessment.answers import TEMPLATES
from replications.self_assessment.inventories import inventory, respondents
from tests.replications.self_assessment import scripted

ITEMS = inventory("lab", 4)


@cache
def ask(answer, count=6):
    """All answers of a scripted respondent, as so many characters."""
    people = respondents("lab", count, "dev")
    engine = scripted.Scripted(answer)
    main = asking.questions(ITEMS, people, shifts.CONDITIONS)
    layouts = [*shifts.CONDITIONS, *arrangements.REARRANGED, *arrangements.SHIFTED]
    greedy = asking.generate(engine, main, Sampling(temperature=0.0))[0]
    drawn = asking.generate(engine, main, Sampling(n=2))
    turned = asking.questions(ITEMS, people, shifts.CONDITIONS[:3], negated=True)
    negated = asking.generate(engine, turned, Sampling(temperature=0.0))[0]
    options = asking.options(engine, asking.questions(ITEMS, people, layouts))
    return live.collect(greedy, drawn, options, negated, people)


def boot(answers, resamples=200):
    return live.weights(answers, resamples, np.random.default_rng(0))


def test_answers_are_arranged_by_respondent_trait_condition_and_item():
    answers = ask(scripted.honest)
    assert answers.keyed.values.shape == answers.expected.values.shape == (6, 5, 6, 4)
    assert answers.shifted.shape == (5, 6, 5, 2, 4)
    assert answers.original.shape == answers.negated.shape == answers.likeliest["moved"].shape == (6, 5, 3, 4)
    assert (answers.keyed.values == answers.levels[:, :, None, None]).all()
    assert (answers.original + answers.negated == 6).all()


def test_an_honest_respondent_passes_and_one_that_repeats_a_label_does_not():
    assert live.passing(ask(scripted.honest), boot(ask(scripted.honest))) == TEMPLATES
    for answer in (scripted.first_label, scripted.refusing):
        assert live.passing(ask(answer), boot(ask(answer))) == []
    assert live.passing(ask(scripted.only_who), boot(ask(scripted.only_who))) == ["WHO"]


def test_a_template_that_is_hardly_read_does_not_pass_however_true_the_rest():
    answers = deepcopy(ask(scripted.honest))
    answers.keyed.values[:, :, shifts.CONDITIONS.index(("MPI", "reversed")), 1:] = np.nan
    assert live.readable(answers) == {"MPI": 0.25, "WHO": 1, "ENFJ": 1}
    assert live.passing(answers, boot(answers)) == ["WHO", "ENFJ"]


def test_without_a_known_profile_whatever_can_be_read_passes():
    answers = ask(scripted.first_label)
    unknown = live.Answers(**{**vars(answers), "levels": np.full_like(answers.levels, np.nan)})
    assert live.passing(unknown, boot(unknown)) == TEMPLATES


def test_recovery_is_the_pooled_correlation_centred_within_traits():
    answers, w = ask(scripted.honest), boot(ask(scripted.honest))
    rng = np.random.default_rng(1)
    noisy = rng.integers(1, 6, answers.keyed.values.shape).astype(float)
    found = live.recovery(noisy, answers.levels, w)
    scores = noisy.mean(-1)[:, :, 2]
    centred = [x - x.mean(0) for x in (scores, answers.levels)]
    assert found[0, 2] == pytest.approx(np.corrcoef(centred[0].ravel(), centred[1].ravel())[0, 1])
    again = np.repeat(np.arange(6), w.respondents[1].astype(int))
    centred = [x[again] - x[again].mean(0) for x in (scores, answers.levels)]
    assert found[1, 2] == pytest.approx(np.corrcoef(centred[0].ravel(), centred[1].ravel())[0, 1])


def test_averages_are_over_what_exists():
    values = np.array([[[1.0, np.nan], [3.0, 5.0]]])
    assert live.average(values, np.array([[1.0, 1], [2, 0], [0, 1]])).tolist() == [3, 1, 4]
    assert np.isnan(live.average(np.full((1, 2, 2), np.nan), np.ones((1, 2))))


def test_scores_leave_out_what_was_not_answered():
    ratings = np.full((1, 5, 1, 3), np.nan)
    ratings[0, 0, 0] = [1, np.nan, 5]
    found = live.scores(ratings, np.ones((1, 5, 3)))
    assert found[0, 0, 0, 0] == 3
    assert np.isnan(found[0, 0, 1:]).all()


def test_correlations_of_what_does_not_vary_are_undefined():
    flat = np.ones((1, 4, 5))
    varied = np.random.default_rng(0).normal(size=(1, 4, 5))
    assert np.isnan(live.correlation(flat, varied, np.ones((1, 4))))
    assert live.correlation(varied, 2 * varied + np.arange(5), np.ones((1, 4))) == pytest.approx(1)


def test_several_respondents_are_resampled_and_a_single_one_by_its_items():
    many, one = ask(scripted.honest), ask(scripted.honest, 1)
    assert [x.shape for x in vars(boot(many)).values()] == [(1, 5, 4), (201, 6)]
    assert [x.shape for x in vars(boot(one)).values()] == [(201, 5, 4), (1, 1)]
    assert live.estimate(np.linspace(0, 1, 101), boot(many)).n == 6
    assert live.estimate(np.linspace(0, 1, 101), boot(one)).method.startswith("basic bootstrap over 20 items")


def test_what_is_undefined_for_the_data_or_in_many_resamples_is_not_testable():
    w = boot(ask(scripted.honest))
    values = np.linspace(0, 1, 101)
    values[1:4] = np.nan
    assert live.estimate(values, w).method.endswith("97 resamples")
    values[1:20] = np.nan
    assert live.estimate(values, w) == Undefined(
        "undefined in 19% of the resamples: too few answers, or answers that do not vary"
    )
    assert isinstance(live.estimate(np.full(101, np.nan), w), Undefined)


def test_flips_need_two_answers_and_a_side():
    answers = ask(scripted.deaf_to_not)
    original = answers.original
    assert (live.flips(answers)[original != 3] == 0).all()
    assert np.isnan(live.flips(answers)[original == 3]).all()
    flipped = live.flips(ask(scripted.honest))
    assert (flipped[original != 3] == 1).all()


def test_intervals_over_respondents_cover_the_shift_of_their_population():
    """Draw 32 respondents, each with a shift of its own and noisy answers to 12 items; look for the mean statistic."""
    rng = np.random.default_rng(0)

    def drawn(m):
        moves = rng.normal(0.5, 0.4, (m, 5, 1, 1))
        base = rng.normal(3, 1, (m, 5, 1, 12))
        noisy = base + np.where(np.arange(6)[:, None] >= 3, moves, 0) + rng.normal(0, 1, (m, 5, 6, 12))
        return shifts.Ratings(noisy.round().clip(1, 5))

    def statistic(ratings, w):
        return live.average(shifts.shift(ratings, w.items)[..., 3:], w.respondents)

    ones = live.Weights(np.ones((1, 5, 12)), np.ones((1, 4000)))
    truth = statistic(drawn(4000), ones)[0]
    covered = 0
    for _ in range(100):
        resampled = np.concatenate([np.ones((1, 32)), rng.multinomial(32, np.full(32, 1 / 32), size=300)])
        w = live.Weights(ones.items, resampled)
        found = live.estimate(statistic(drawn(32), w), w)
        covered += found.low <= truth <= found.high
    assert covered >= 88  # a 95 % interval falls short of this three times in a thousand
