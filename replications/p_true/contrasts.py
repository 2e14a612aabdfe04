"""What the claims about recorded probabilities compare, as weights of excess calibration errors."""

from collections.abc import Hashable, Mapping

import numpy as np

from common import claims
from common.datasets.mcq_bias import Dataset
from common.stats.calibration.excess import Excess
from common.stats.estimates import Estimate, Found, Undefined
from replications.p_true import temperature
from replications.p_true.method import CLAIMS, ReanalysisParams
from replications.p_true.reanalysis import SHOTS, generator
from replications.p_true.recorded import BASE, CHAT, SIZES
from replications.p_true.temperature import Mended

Weights = dict[Hashable, float]

LARGEST = ("llama-65b", "Llama-2-70b-hf")
SUFFIX: dict[Dataset, str] = {"mmlu": "-recorded", "arc": "-arc"}
"""How the ids of the claims about each data set end."""


def largest() -> Weights:
    """Mean of the two largest base models at five shots."""
    return {(model, SHOTS): 1 / len(LARGEST) for model in LARGEST}


def slope() -> Weights:
    """Least-squares slope on log10 of the size at five shots, within LLaMA and within Llama-2, mean of the two."""
    weights: Weights = {}
    for family in ("LLaMA", "Llama-2"):
        x = np.log10(list(SIZES[family].values()))
        centred = (x - x.mean()) / ((x - x.mean()) ** 2).sum()
        weights |= {(model, SHOTS): float(w) / 2 for model, w in zip(SIZES[family], centred, strict=True)}
    return weights


def examples() -> Weights:
    """Zero shots less five, mean over the base models."""
    return {(model, shots): sign / len(BASE) for model in BASE for shots, sign in ((0, 1), (SHOTS, -1))}


def chat_less_base() -> Weights:
    """Chat models less the base models they were tuned from, five shots, mean over sizes."""
    signs = [(model, sign) for family, sign in (("Llama-2-chat", 1), ("Llama-2", -1)) for model in SIZES[family]]
    return {(model, SHOTS): sign / len(CHAT) for model, sign in signs}


def half_less_fitted() -> Weights:
    """Half of the excess as recorded less that at the fitted temperature, mean over the chat models."""
    before, fitted, _ = temperature.STATES
    return {(model, state): w / len(CHAT) for model in CHAT for state, w in ((before, 0.5), (fitted, -1.0))}


def estimates(
    errors: Mapping[Dataset, Excess],
    mended: Mapping[Dataset, Mended],
    absent: Mapping[Dataset, str],
    params: ReanalysisParams,
) -> dict[str, Found]:
    """One estimate a claim of the notebook, by claim id; `absent` says why a data set has none."""
    found: dict[str, Found] = {}
    for dataset, suffix in SUFFIX.items():
        asked = [claim.id for claim in claims.load(CLAIMS).claims if claim.id.endswith(suffix)]
        if dataset in absent:
            found |= dict.fromkeys(asked, Undefined(absent[dataset]))
        else:
            known = _named(errors[dataset], mended[dataset], generator(params, dataset, "gain"), params.resamples)
            found |= {claim: known[claim.removesuffix(suffix)] for claim in asked}
    return found


def _named(errors: Excess, mended: Mended, rng: np.random.Generator, resamples: int) -> dict[str, Estimate]:
    """Every comparison, by the claim's id without its suffix."""
    fitted, papers = temperature.STATES[1:]
    return {
        "calibrated": errors.contrast(largest()),
        "size": errors.contrast(slope()),
        "shots": errors.contrast(examples()),
        "chat-worse": errors.contrast(chat_less_base()),
        "one-temperature": mended.excess.contrast(half_less_fitted()),
        "one-temperature-brier": temperature.brier_gain(mended, CHAT, fitted, rng, resamples),
        "temperature-2.5": temperature.brier_gain(mended, CHAT, papers, rng, resamples),
    }
