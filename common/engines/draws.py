"""Draws from next-token distributions, with randomness keyed to what is drawn.

The uniforms of one completion come from a counter-based generator (Philox, Salmon et al. 2011) under a key made of
seed, prompt and sample index: position t always gets number t, in whatever batch and order completions are computed.
"""

import numpy as np
import torch
from torch import Tensor

from common.engines.prompts import draw_key
from common.errors import InputError

NO_NUMBER = "the model's output is not a number: load it with another dtype, such as float32"


def uniforms(seed: int, text: str, sample: int, positions: int) -> np.ndarray:
    """[positions] float64 in [0, 1): the random numbers of sample number `sample` of the prompt `text`."""
    return np.random.Generator(np.random.Philox(key=draw_key(seed, text, sample))).random(positions)


def draw(logits: Tensor, temperature: float, top_p: float, uniform: Tensor) -> tuple[Tensor, Tensor]:
    """Draw one token a row by inversion; at temperature 0 take the most likely one, the lowest id among ties.

    Args:
        logits: [B, V] of any floating type.
        temperature: divides the logits; 0 is greedy.
        top_p: keep the fewest most likely tokens whose mass reaches this share (nucleus sampling).
        uniform: [B] float64 in [0, 1).

    Returns:
        [B] token ids, and [B] float32 natural-log probabilities under the undivided logits, before top-p.

    Raises:
        InputError: the logits are not numbers.
    """
    logprobs = torch.log_softmax(logits.float(), dim=-1)
    tokens = logits.argmax(dim=-1) if temperature == 0 else _invert(_weights(logprobs, temperature, top_p), uniform)
    chosen = logprobs.gather(-1, tokens[:, None])[:, 0]
    if not torch.isfinite(chosen).all():
        raise InputError(NO_NUMBER)
    return tokens, chosen


def _weights(logprobs: Tensor, temperature: float, top_p: float) -> Tensor:
    """[B, V] weights to draw by, the most likely tokens' shares first decided by `top_p`; they need not sum to 1."""
    if temperature == 1:
        weights = logprobs.exp()
    else:
        top = logprobs.amax(dim=-1, keepdim=True)  # at least one weight is 1, however small the temperature
        weights = ((logprobs - top) / temperature).exp()
    if top_p == 1:
        return weights
    ranked, order = weights.sort(dim=-1, descending=True, stable=True)
    before = ranked.double().cumsum(dim=-1) - ranked
    ranked[before >= top_p * weights.sum(dim=-1, keepdim=True, dtype=torch.float64)] = 0
    return torch.zeros_like(weights).scatter_(-1, order, ranked)


def _invert(weights: Tensor, uniform: Tensor) -> Tensor:
    cumulative = weights.cumsum(dim=-1, dtype=torch.float64)
    total = cumulative[:, -1]
    target = torch.minimum(uniform * total, torch.nextafter(total, torch.zeros_like(total)))
    return torch.searchsorted(cumulative, target[:, None], right=True)[:, 0].clamp(max=weights.shape[-1] - 1)
