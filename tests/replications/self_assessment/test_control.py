from copy import deepcopy

import numpy as np
import pytest

from replications.self_assessment import control, experiment, shifts
from replications.self_assessment.answers import TEMPLATES
from tests.replications.self_assessment import scripted
from tests.replications.self_assessment.asked import ask, boot


def test_an_honest_respondent_passes_and_one_that_repeats_a_label_does_not():
    assert control.passing(ask(scripted.honest), boot(ask(scripted.honest))) == TEMPLATES
    for answer in (scripted.first_label, scripted.refusing):
        assert control.passing(ask(answer), boot(ask(answer))) == []
    assert control.passing(ask(scripted.only_who), boot(ask(scripted.only_who))) == ["WHO"]


def test_a_template_that_is_hardly_read_does_not_pass_however_true_the_rest():
    answers = deepcopy(ask(scripted.honest))
    answers.keyed.values[:, :, shifts.CONDITIONS.index(("MPI", "reversed")), 1:] = np.nan
    assert control.readable(answers) == {"MPI": 0.25, "WHO": 1, "ENFJ": 1}
    assert control.passing(answers, boot(answers)) == ["WHO", "ENFJ"]


def test_without_a_known_profile_whatever_can_be_read_passes():
    answers = ask(scripted.first_label)
    unknown = experiment.Answers(**{**vars(answers), "levels": np.full_like(answers.levels, np.nan)})
    assert control.passing(unknown, boot(unknown)) == TEMPLATES


def test_recovery_is_the_pooled_correlation_centred_within_traits():
    answers, w = ask(scripted.honest), boot(ask(scripted.honest))
    rng = np.random.default_rng(1)
    noisy = rng.integers(1, 6, answers.keyed.values.shape).astype(float)
    found = control.recovery(noisy, answers.levels, w)
    scores = noisy.mean(-1)[:, :, 2]
    centred = [x - x.mean(0) for x in (scores, answers.levels)]
    assert found[0, 2] == pytest.approx(np.corrcoef(centred[0].ravel(), centred[1].ravel())[0, 1])
    again = np.repeat(np.arange(6), w.respondents[1].astype(int))
    centred = [x[again] - x[again].mean(0) for x in (scores, answers.levels)]
    assert found[1, 2] == pytest.approx(np.corrcoef(centred[0].ravel(), centred[1].ravel())[0, 1])


def test_correlations_of_what_does_not_vary_are_undefined():
    flat = np.ones((1, 4, 5))
    varied = np.random.default_rng(0).normal(size=(1, 4, 5))
    assert np.isnan(control.correlation(flat, varied, np.ones((1, 4))))
    assert control.correlation(varied, 2 * varied + np.arange(5), np.ones((1, 4))) == pytest.approx(1)
