"""Tables of recorded option probabilities (sections 2 and 3.3 of Kadavath et al. 2022).

Two populations, as in the paper: calibration errors look at the likeliest letter of each question, charts of all
options pool four rows a question. Every comparison between models is over the same questions.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from common import tables
from common.datasets.mcq_bias import Dataset
from common.stats.calibration import options, scores
from common.stats.calibration.excess import Excess
from replications.p_true.choices import temperature
from replications.p_true.choices.recorded import CHAT, SIZES, Recorded, Tops, ties
from replications.p_true.choices.recorded_estimates import SHOTS
from replications.p_true.choices.temperature import Mended


def cell_table(recorded: Recorded, chosen: Tops, errors: Excess) -> pd.DataFrame:
    """One row a family, model and number of shots: accuracy, calibration errors with floor, scores, 95% intervals."""
    rows = []
    for family, model, billions, shots in _cells():
        p, c = chosen[model, shots]
        table = recorded.probabilities[model, shots]
        key = table[np.arange(len(table)), recorded.keys]
        cell = {"dataset": recorded.dataset, "family": family, "model": model, "billions": billions, "shots": shots}
        rows.append(
            cell
            | {"ties": ties(table)}
            | tables.forecast(p, c)
            | tables.errors(errors, (model, shots))
            | {"brier_all_options": scores.brier(*options.all_options(table, recorded.keys))}
            | {"log_score_of_key": scores.log_score(key, np.ones(len(key)))}
        )
    return pd.DataFrame(rows)


def curve_table(recorded: Recorded, chosen: Tops) -> pd.DataFrame:
    """Reliability curves: ten points a model, number of shots and population.

    `top` is the likeliest letter, with 95% Wilson intervals; `all` pools all options, as the paper's charts do, and
    has no interval since the four rows of a question depend on each other.
    """
    parts = []
    for _, model, _, shots in _cells():
        cell: dict[str, Any] = {"dataset": recorded.dataset, "model": model, "shots": shots}
        pooled = options.all_options(recorded.probabilities[model, shots], recorded.keys)
        for population, (p, c) in {"top": chosen[model, shots], "all": pooled}.items():
            parts.append(tables.curve(p, c).assign(**cell, population=population))
    curves = pd.concat(parts, ignore_index=True)
    curves.loc[curves["population"] == "all", ["low", "high"]] = np.nan
    return curves


def temperature_table(dataset: Dataset, mended: Mended) -> pd.DataFrame:
    """One row a model and state (`temperature.STATES`): temperature, calibration error, Brier score; judged half."""
    rows = []
    for family, model, billions, _ in _cells((SHOTS,)):
        for state, t in zip(temperature.STATES, (1.0, mended.fitted[model], temperature.PAPERS), strict=True):
            pooled = options.all_options(mended.probabilities[model, state], mended.keys)
            cell = {"dataset": dataset, "family": family, "model": model, "billions": billions, "state": state}
            found = {"n": len(mended.keys), "temperature": t, "brier_all_options": scores.brier(*pooled)}
            rows.append(cell | found | tables.errors(mended.excess, (model, state)))
    return pd.DataFrame(rows)


def mended_curves(mended: Mended) -> pd.DataFrame:
    """Reliability curves of the likeliest letter of each chat model, by state, judged half only."""
    cells = [(model, state) for model in CHAT for state in temperature.STATES]
    return pd.concat(
        [tables.curve(*mended.tops[cell]).assign(model=cell[0], state=cell[1]) for cell in cells], ignore_index=True
    )


def _cells(shots: Sequence[int] = (0, SHOTS)) -> Iterator[tuple[str, str, int, int]]:
    """Family, model, size in billions and number of shots, of every model."""
    for family, models in SIZES.items():
        for model, billions in models.items():
            yield from ((family, model, billions, count) for count in shots)
