"""All answers of a scripted respondent, as so many characters."""

from functools import cache

import numpy as np

from common.engines import Sampling
from replications.self_assessment import arrangements, experiment, prompts, shifts, weighting
from replications.self_assessment.inventories import inventory, respondents
from tests.replications.self_assessment import scripted

ITEMS = inventory("lab", 4)


@cache
def ask(answer, count=6):
    """All answers of a scripted respondent, as so many characters."""
    people = respondents("lab", count, "dev")
    engine = scripted.Scripted(answer)
    main = prompts.questions(ITEMS, people, shifts.CONDITIONS)
    layouts = [*shifts.CONDITIONS, *arrangements.REARRANGED, *arrangements.SHIFTED]
    greedy = experiment.generate(engine, main, Sampling(temperature=0.0))[0]
    drawn = experiment.generate(engine, main, Sampling(n=2))
    turned = prompts.questions(ITEMS, people, shifts.CONDITIONS[:3], negated=True)
    negated = experiment.generate(engine, turned, Sampling(temperature=0.0))[0]
    options = experiment.options(engine, prompts.questions(ITEMS, people, layouts))
    return experiment.collect(greedy, drawn, options, negated, people)


def boot(answers, resamples=200):
    return weighting.of_live(answers, resamples, np.random.default_rng(0))
