"""What the claims about recorded probabilities estimate, most of them as weights of excess calibration errors."""

from collections.abc import Hashable

import numpy as np

from common.datasets.mcq_bias import SUBJECTS, Dataset
from common.stats.calibration import excess
from common.stats.calibration.excess import Excess
from common.stats.estimates import Found
from replications.p_true.choices import temperature
from replications.p_true.choices.params import RecordedParams
from replications.p_true.choices.recorded import BASE, CHAT, SIZES, Recorded, Tops, fair_top
from replications.p_true.choices.temperature import Mended

SHOTS = 5
"""Examples in the prompts that most claims are about."""
STEPS = ("ties", "excess", "temperature", "gain")
"""What draws random numbers; each step of each data set has a generator of its own."""
Weights = dict[Hashable, float]

LARGEST = ("llama-65b", "Llama-2-70b-hf")


def generator(params: RecordedParams, dataset: Dataset, step: str) -> np.random.Generator:
    """The random numbers of one step on one data set: the same whatever else is here."""
    return np.random.default_rng([params.seed, list(SUBJECTS).index(dataset), STEPS.index(step)])


def tops(recorded: Recorded, params: RecordedParams) -> Tops:
    """Each cell's top prediction (`options.top_label`); where letters tie, a fair coin says which was meant."""
    rng = generator(params, recorded.dataset, "ties")
    return {cell: fair_top(table, recorded.keys, rng) for cell, table in recorded.probabilities.items()}


def measure_excess(dataset: Dataset, chosen: Tops, params: RecordedParams) -> Excess:
    """Excess calibration error of every model and number of shots."""
    return excess.measure(chosen, generator(params, dataset, "excess"), params.resamples, params.redraws)


def mend(recorded: Recorded, params: RecordedParams) -> Mended:
    """Temperatures fitted on one half of the questions at five shots, and the other half under them."""
    rng = generator(params, recorded.dataset, "temperature")
    return temperature.mend(recorded, SHOTS, rng, params.resamples, params.redraws)


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


def estimates(errors: Excess, mended: Mended, dataset: Dataset, params: RecordedParams) -> dict[str, Found]:
    """One estimate a claim about recorded probabilities, by claim id."""
    rng = generator(params, dataset, "gain")
    fitted, papers = temperature.STATES[1:]
    return {
        "calibrated": errors.contrast(largest()),
        "size": errors.contrast(slope()),
        "shots": errors.contrast(examples()),
        "chat-worse": errors.contrast(chat_less_base()),
        "one-temperature": mended.excess.contrast(half_less_fitted()),
        "one-temperature-brier": temperature.brier_gain(mended, CHAT, fitted, rng, params.resamples),
        "temperature-2.5": temperature.brier_gain(mended, CHAT, papers, rng, params.resamples),
    }
