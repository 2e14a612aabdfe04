import numpy as np
import pytest
from scipy import stats

from benchmarks.verdicts.worlds.prm_from_rl import judges
from replications.prm_from_rl import judging

ARMS = [judges.BASE, judges.OUTCOME, judges.FORMAT, judges.REJECTION, judges.HEADS]


@pytest.mark.parametrize("arm", ARMS)
def test_runs_of_an_arm_reach_its_accuracies_and_its_f1_on_many_items(arm):
    rng = np.random.default_rng(0)
    labels = np.where(np.arange(2000) % 2, 0.0, -1.0)
    hit = judges.judged(arm, rng.standard_normal(2000), labels, 400, rng) == labels
    error, correct = hit[:, labels == 0].mean(axis=1), hit[:, labels == -1].mean(axis=1)
    assert error.mean() == pytest.approx(arm.error, abs=0.05)
    assert correct.mean() == pytest.approx(arm.correct, abs=0.05)
    assert judging.f1(error, correct).mean() == pytest.approx(judges.f1(arm), abs=0.04)


@pytest.mark.parametrize("arm", ARMS)
def test_an_arm_is_shifted_to_an_f1(arm):
    assert judges.f1(judges.at_f1(arm, 0.4)) == pytest.approx(0.4)


def test_two_runs_and_the_base_are_as_alike_as_said():
    base = np.random.default_rng(0).standard_normal(40_000)
    runs = judges.latents(judges.OUTCOME, base, 2, np.random.default_rng(1))
    assert np.corrcoef(runs)[0, 1] == pytest.approx(judges.OUTCOME.alike, abs=0.01)
    assert np.corrcoef(runs[0], base)[0, 1] == pytest.approx(judges.OUTCOME.loading, abs=0.01)
    assert runs.std() == pytest.approx(1, abs=0.02)
    assert stats.norm.cdf(judges.OUTCOME.thresholds) == pytest.approx([judges.OUTCOME.error, judges.OUTCOME.correct])


def test_half_of_the_items_are_wrong_and_labels_are_steps():
    found, labels = judges.items(400, np.random.default_rng(0))
    assert len({item.problem for item in found}) == 400
    assert (labels >= 0).sum() == 200
    shares = np.bincount(labels[labels >= 0].astype(int), minlength=6) / 200
    assert shares[0] == pytest.approx(0.37, abs=0.08)  # as published
    lucky = [item.answer_right for item in found if item.label >= 0]
    assert np.mean(lucky) == pytest.approx(judges.LUCKY, abs=0.06)


def test_a_judge_of_answers_scores_on_many_items_what_is_said():
    found, labels = judges.items(4000, np.random.default_rng(0))
    hit = judging.outcome_only(found) == labels
    assert hit[labels == -1].all()
    assert float(judging.f1(hit[labels >= 0].mean(), 1.0)) == pytest.approx(judges.answers_only(), abs=0.03)
