import numpy as np
import pytest

from benchmarks.verdicts.worlds.genrm_vs_sc import former, pooled

STEPPED = [setting for setting in pooled.SETTINGS if setting.bank is not pooled.smooth]
SMOOTH = [setting for setting in pooled.SETTINGS if setting.bank is pooled.smooth]


FORMER = (pooled.TIES, pooled.MATCHES, pooled.CHEAPER, pooled.PEAKS)


def each(settings):
    return pytest.mark.parametrize("setting", settings, ids=lambda setting: f"{setting.kind}: {setting.shape}")


@each(pooled.SETTINGS)
def test_in_the_whole_bank_an_estimate_is_the_asked_truth(setting):
    for truth in setting.truths:
        assert setting.bank(setting.way, truth).truth(setting.way.measure) == pytest.approx(truth, abs=1e-8)


@each(SMOOTH)
def test_studies_of_a_smooth_statistic_lie_around_the_truth(setting, monkeypatch):
    monkeypatch.setattr(pooled, "RESAMPLES", 2)
    truth, study = setting.truths[1], setting.world().study
    values = [study(truth, np.random.default_rng(seed))[setting.kind].value for seed in range(60)]
    bias = 0.005  # of a best of several
    assert abs(np.mean(values) - truth) < 4 * np.std(values) / np.sqrt(len(values)) + bias


@each(STEPPED)
def test_many_studies_of_a_statistic_in_steps_are_beyond_the_margin_where_it_is_about_to_step(setting):
    bank, margin = setting.bank(setting.way, setting.truths[0]), setting.rule.margin
    values = [setting.way.measure(*bank.study(setting.n, 2, np.random.default_rng(seed))).value for seed in range(60)]
    below = setting is pooled.CHEAPER
    assert 0.15 < np.mean(np.array(values) < 0.9 if below else np.array(values) > 1.1 * margin) < 0.85


def test_hard_problems_are_as_many_as_said():
    base = pooled.drawn(pooled.LAB).verifiers[0][0]
    assert pooled.hard(base).mean() == pytest.approx(pooled.HARD)


def test_former_intervals_are_of_the_same_estimates():
    for world, setting in zip(former.WORLDS, FORMER, strict=True):
        drawn = [one.study(setting.truths[0], np.random.default_rng(0)) for one in (world, setting.world())]
        was, now = (next(iter(found.values())) for found in drawn)
        assert was.value == now.value
        assert now.low <= was.low <= was.high <= now.high
