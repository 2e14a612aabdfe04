"""The positive control: a template passes if its answers can be read and bring a known profile back.

Without it a score that moves says nothing about a prompt: the prompt might never have been understood.
"""

import numpy as np

from common.arrays import Floats
from common.stats.estimates import Estimate
from replications.self_assessment.answers import ORDERS, TEMPLATES
from replications.self_assessment.experiment import Answers
from replications.self_assessment.shifts import CONDITIONS
from replications.self_assessment.weighting import Weights, estimate, scores

CONTROL = 0.5
"""A template passes if the 95% interval of its recovery lies above this; fixed with the claims."""
READABLE = 0.5
"""... and at least this share of its answers can be read in both orders."""


def correlation(a: Floats, b: Floats, respondents: Floats) -> Floats:
    """Weighted correlation over respondents and traits, both centred within the trait: [r, m, t] twice -> [r].

    NaN where one of them does not vary. Respondents without a score count for nothing.
    """
    w = respondents[:, :, None] * (np.isfinite(a) & np.isfinite(b))
    total = w.sum(1, keepdims=True)

    def centred(x: Floats) -> Floats:
        x = np.where(w > 0, x, 0.0)
        mean = np.divide((w * x).sum(1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
        found: Floats = x - mean
        return found

    x, y = centred(np.broadcast_to(a, w.shape)), centred(np.broadcast_to(b, w.shape))
    scale = np.sqrt((w * x**2).sum((1, 2)) * (w * y**2).sum((1, 2)))
    found: Floats = np.divide((w * x * y).sum((1, 2)), scale, out=np.full_like(scale, np.nan), where=scale > 1e-9)
    return found


def recovery(ratings: Floats, levels: Floats, w: Weights) -> Floats:
    """Correlation of trait scores with true levels in each condition, [m, t, c, i] and [m, t] -> [r, c]."""
    found = scores(ratings, w.items)
    return np.stack([correlation(found[..., c], levels[None], w.respondents) for c in range(found.shape[-1])], axis=1)


def readable(answers: Answers) -> dict[str, float]:
    """Share of greedy answers that could be read, by template, in the worse of its two orders."""
    share = np.isfinite(answers.keyed.values).mean((0, 1, 3))
    return {t: float(min(share[CONDITIONS.index((t, order))] for order in ORDERS)) for t in TEMPLATES}


def passing(answers: Answers, w: Weights) -> list[str]:
    """Templates that pass the control: read, and, where levels are known, with recovery above `CONTROL`."""
    read = [template for template, share in readable(answers).items() if share >= READABLE]
    if np.isnan(answers.levels).all():
        return read
    found = recovery(answers.keyed.values, answers.levels, w)
    by_template = {t: estimate(found[:, CONDITIONS.index((t, "original"))], w) for t in read}
    return [t for t, e in by_template.items() if isinstance(e, Estimate) and e.low > CONTROL]
