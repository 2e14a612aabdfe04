"""What the claims about P(True) estimate from answers that a user imported: one a question, with its P(True).

Judged are the claims about P(True) as such. Those about one way to ask for it, or about two of them, about several
answers or several models, say why they are not.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from common import guards
from common.stats.calibration import excess
from common.stats.calibration.excess import Excess
from common.stats.estimates import Found, Undefined, attempt
from replications.p_true.p_true.params import RecordedParams
from replications.p_true.p_true.recorded import Recorded
from replications.p_true.p_true.scoring import Scoring

Measure = Callable[[Scoring, pd.DataFrame], Found]

JUDGED: dict[str, tuple[list[str], Measure]] = {
    "separates": (["p_true"], lambda scoring, rows: scoring.auroc(rows)),
    "better-than-base-rate": (["p_true"], lambda scoring, rows: scoring.brier_beyond_base_rate(rows)),
    "conditional-accuracy": (["p_true"], lambda scoring, rows: scoring.conditional_gain(rows)),
    "beats-likelihood": (["p_true", "likelihood"], lambda scoring, rows: scoring.auroc_gain(rows, rows, "likelihood")),
}
"""The scores that each claim about one answer a question rests on, and its measure, by claim id."""
COLUMNS = {"p_true": "p_true", "likelihood": "logprob"}
"""The column of an import that a score comes from."""

ONE_WAY = Undefined("is about one way to ask for P(True): how an imported one was asked for is not recorded")
TWO_WAYS = Undefined("compares two ways to ask for P(True): an imported answer has one P(True)")
SEVERAL_ANSWERS = Undefined("needs several answers to a question: one was imported")
SEVERAL_MODELS = Undefined("needs models of several sizes: imported answers are those of one")
DOSES = Undefined("is about lab models that read more or fewer documents about judging")
NOT_JUDGED = {
    "label-swap": ONE_WAY,
    "prompt-uncalibrated": ONE_WAY,
    "twenty-calibrated": ONE_WAY,
    "ideas-help": TWO_WAYS,
    "ideas-help-at-20": TWO_WAYS,
    "shots-calibrate": TWO_WAYS,
    "shots-alone": TWO_WAYS,
    "shots-not-ranking": TWO_WAYS,
    "best-everywhere": TWO_WAYS,
    "beats-entropy": SEVERAL_ANSWERS,
    "beats-agreement": SEVERAL_ANSWERS,
    "p-true-size": SEVERAL_MODELS,
    "small-models-easier": SEVERAL_MODELS,
    "large-models-judge-better": SEVERAL_MODELS,
    "untaught": DOSES,
    "dose": DOSES,
}


def measure_excess(rows: pd.DataFrame, params: RecordedParams) -> Excess | Undefined:
    """Calibration error of the imported P(True), its only cell, or why there is none."""
    cell = rows["p_true"].to_numpy(), rows["right"].to_numpy()
    rng = np.random.default_rng(params.seed)
    return attempt(lambda: excess.measure({"p_true": cell}, rng, params.resamples, params.redraws))


def estimates(recorded: Recorded, scoring: Scoring) -> dict[str, Found]:
    """One estimate a claim of the experiment, by claim id."""
    judged = {claim: _estimate(recorded, scoring, scores, measure) for claim, (scores, measure) in JUDGED.items()}
    return judged | NOT_JUDGED


def _estimate(recorded: Recorded, scoring: Scoring, scores: list[str], measure: Measure) -> Found:
    for score in scores:
        if recorded.rows[score].isna().all():
            return Undefined(f"no answer came with a `{COLUMNS[score]}`: import them with one (docs/own_data.md)")
    rows = recorded.judged(*scores)
    found = guards.both(measure(scoring, rows), rows["right"], "judged answers")
    return guards.read(found, recorded.answered - len(rows), recorded.answered)
