"""A model that nearly always knows which of its answers are right must be found; one that tosses a coin must not."""

from common.claims import Status
from replications.p_true.ladder import Model
from tests.replications import judging
from tests.replications.p_true.made_up_models import MadeUp, chance_of, seldom_wrong
from tests.replications.p_true.p_true.made_up_experiment import estimates, perform

KNOWS = ("separates", "better-than-base-rate", "conditional-accuracy", "label-swap")


def coin(question, proposed, true_is_first):
    return chance_of("coin", question.text, proposed, true_is_first)


def verdicts(judge):
    models = [Model("made-up", "")]
    experiment = perform({"made-up": MadeUp(judge=judge)}, models, names=("facts",), questions=160)
    judged = judging.judge("p_true/p_true", estimates(experiment, models))
    return {one.id: one.verdict for one in judged if one.id in KNOWS}


def test_positive_control_a_judge_that_is_seldom_wrong_is_found():
    assert verdicts(seldom_wrong) == dict.fromkeys(KNOWS, Status.SUPPORTED)


def test_negative_control_a_judge_that_tosses_a_coin_is_not():
    assert Status.SUPPORTED not in verdicts(coin).values()
