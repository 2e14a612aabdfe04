"""What the claims about lettered questions estimate, each from the answers to one exam.

Calibration looks at the likeliest option of a question, for True/False at P(True) of its proposed answer.
"""

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from common import guards
from common.arrays import Floats
from common.errors import InputError
from common.stats import intervals
from common.stats.calibration import estimates as calibration
from common.stats.calibration import excess, options, scores
from common.stats.calibration.excess import Excess
from common.stats.calibration.resampling import Forecasts
from common.stats.estimates import Estimate, Found, Undefined, attempt
from common.subjects import Route
from replications.p_true import ladder
from replications.p_true.choices.experiment import Answers, Cell, generator
from replications.p_true.choices.prompts import KINDS, OPTIONS, SHOTS
from replications.p_true.choices.recorded import fair_top
from replications.p_true.ladder import NO_LADDER, Model
from replications.p_true.params import LiveParams

Rows = dict[Cell, tuple[Floats, Floats]]
"""By cell: a probability, and whether what it speaks of came true (0 or 1), shape [questions] each."""
NEVER_READ = Undefined("no document that the model was taught says “none of the above”; the table shows what it did")
SURE = 0.9
"""Where P(True) or P(False) counts as near the end of the scale."""


def chosen(answers: Answers, seed: int) -> Rows:
    """The likeliest option of each cell, ties broken at random: its probability, and whether it is right."""
    rng = generator(seed, "ties")
    return {cell: fair_top(*answers.options(cell), rng) for cell in answers.scores}


def forecasts(answers: Answers, tops: Rows) -> Rows:
    """What calibration looks at: the likeliest option, but for True/False P(True), and whether it came true."""
    found = dict(tops)
    for cell in tops:
        if cell[1] == "true or false":
            found[cell] = (answers.options(cell)[0][:, 0], answers.true.astype(np.float64))
    return found


def measure_excess(stated: Rows, params: LiveParams, seed: int) -> Excess:
    """Excess calibration error of every cell, on shared resamples of the questions."""
    return excess.measure(stated, generator(seed, "excess"), params.resamples, params.redraws)


def estimates(
    models: Sequence[Model], answers: Answers, tops: Rows, errors: Excess, params: LiveParams, seed: int, route: Route
) -> dict[str, Found]:
    """One estimate a claim of the notebook, by claim id."""
    name = models[0].name
    letters, replaced, texts, proposals = ((name, kind, SHOTS) for kind in KINDS)

    def gain(first: Cell, second: Cell) -> Estimate:
        rng = generator(seed, "gain")
        return calibration.brier_difference(_all(answers, first), _all(answers, second), rng, params.resamples)

    def lost(score: Callable[[Cell], np.ndarray], first: Cell, second: Cell) -> Estimate:
        rng = generator(seed, "gain")
        return intervals.paired_bootstrap(score(first), score(second), rng, params.resamples)

    def held(found: Found, *cells: Cell) -> Found:
        for cell in cells:
            found = guards.said(found, answers.scores[cell].mass, f"{', '.join(map(str, cell))} shots: the labels")
            found = guards.both(found, tops[cell][1])
        return found

    def able(found: Found) -> Found:
        return guards.above_chance(found, tops[letters][1], 1 / OPTIONS)

    every = [(model.name, "letters", shots) for model in models if model.rung for shots in (0, SHOTS)]
    return {
        "calibrated": held(errors.contrast({letters: 1.0}), letters),
        "size": held(_over_sizes(errors, models, slope), *every[1::2]),
        "shots": held(_over_sizes(errors, models, examples), *every),
        "letters-better": held(gain(texts, letters), letters),
        "nota-accuracy": NEVER_READ
        if route == "lab"
        else able(held(lost(lambda cell: tops[cell][1], letters, replaced), letters, replaced)),
        "nota-calibration": NEVER_READ
        if route == "lab"
        else able(held(lost(lambda c: _last(answers, c), replaced, letters), letters, replaced)),
        "true-false-calibrated": held(errors.contrast({proposals: 1.0}), proposals),
        "true-false-tails": held(attempt(lambda: overconfidence(*answers.options(proposals))), proposals),
    }


def slope(sizes: Sequence[Sequence[Model]]) -> dict[Hashable, float]:
    """Weights of the least-squares slope on log10 of the parameters at five shots, each size the mean of its seeds."""
    x = np.log10([np.mean([model.parameters for model in seeds]) for seeds in sizes])
    centred = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    return {
        (model.name, "letters", SHOTS): float(weight) / len(seeds)
        for seeds, weight in zip(sizes, centred, strict=True)
        for model in seeds
    }


def examples(sizes: Sequence[Sequence[Model]]) -> dict[Hashable, float]:
    """Weights of zero shots less five, mean over sizes, each the mean of its seeds."""
    return {
        (model.name, "letters", shots): sign / len(seeds) / len(sizes)
        for seeds in sizes
        for model in seeds
        for shots, sign in ((0, 1), (SHOTS, -1))
    }


def _over_sizes(
    errors: Excess, models: Sequence[Model], weights: Callable[[list[list[Model]]], dict[Hashable, float]]
) -> Found:
    sizes = list(ladder.sizes(models).values())
    return errors.contrast(weights(sizes)) if len(sizes) > 1 else NO_LADDER


def overconfidence(probabilities: np.ndarray, right: np.ndarray) -> Estimate:
    """Probability of the favoured label less whether it is right, mean over the proposals where it is at least 0.9.

    Args:
        probabilities: of True and False, shape [questions, 2].
        right: index of the label that is right, shape [questions].

    Raises:
        InputError: fewer than two such proposals.
    """
    top, hit = options.top_label(probabilities, right)
    if (top >= SURE).sum() < 2:
        raise InputError(f"fewer than two proposals got a label of probability {SURE} or more: there are no tails")
    return intervals.mean((top - hit)[top >= SURE])


def _all(answers: Answers, cell: Cell) -> Forecasts:
    p, c = options.all_options(*answers.options(cell))
    return calibration.forecasts(p, c, np.repeat(np.arange(len(answers.keys)), len(p) // len(answers.keys)))


def _last(answers: Answers, cell: Cell) -> np.ndarray:
    """Squared error of the last option's probability, shape [questions]."""
    table, right = answers.options(cell)
    return scores.squared_errors(table[:, -1], (right == table.shape[1] - 1).astype(np.float64))
