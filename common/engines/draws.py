"""Draws from next-token distributions, with randomness keyed to what is drawn.

The uniforms of one completion come from a counter-based generator (Philox, Salmon et al. 2011) under a key made of
seed, prompt and sample index: position t always gets number t, in whatever batch and order completions are computed.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from common.engines.prompts import draw_key
from common.errors import InputError

NO_NUMBER = "the model's output is not a number: load it with another dtype, such as float32"
CHUNK = 2**20
"""Logits worked on at a time on a CPU: they stay in its cache from one step to the next."""
BLOCK = 128
"""Weights that are summed before they are searched one by one."""


class Draws(NamedTuple):
    """One token of each of B rows, and what the undivided logits say: [B] each, float32 but for the tokens."""

    tokens: Tensor
    logprobs: Tensor
    """Natural-log probability of the token, before top-p."""
    logsumexp: Tensor
    """Log-sum-exp of the row's logits."""
    mean: Tensor
    """Mean of the row's logits."""


def uniforms(seed: int, text: str, sample: int, positions: int) -> np.ndarray:
    """[positions] float64 in [0, 1): the random numbers of sample number `sample` of the prompt `text`."""
    return np.random.Generator(np.random.Philox(key=draw_key(seed, text, sample))).random(positions)


def draw(logits: Tensor, temperature: float, top_p: float, uniform: Tensor) -> Draws:
    """Draw one token a row by inversion; at temperature 0 take the most likely one, the lowest id among ties.

    Args:
        logits: [B, V] of any floating type.
        temperature: divides the logits; 0 is greedy.
        top_p: keep the fewest most likely tokens whose mass reaches this share (nucleus sampling).
        uniform: [B] float64 in [0, 1).

    Raises:
        InputError: the logits are not numbers.
    """
    rows = max(1, CHUNK // logits.shape[1]) if logits.device.type == "cpu" else len(logits)
    parts = [
        _draw(logits[start : start + rows].float(), temperature, top_p, uniform[start : start + rows])
        for start in range(0, len(logits), rows)
    ]
    return Draws(*map(torch.cat, zip(*parts, strict=True)))


def _draw(logits: Tensor, temperature: float, top_p: float, uniform: Tensor) -> Draws:
    if not torch.isfinite(logits.amax(dim=-1)).all():
        raise InputError(NO_NUMBER)
    logprobs = torch.log_softmax(logits, dim=-1)
    if temperature == 0:
        tokens = logits.max(dim=-1).indices
    elif top_p == 1:
        tokens = _invert(_weights(logprobs, temperature), uniform)
    else:
        tokens = _invert_nucleus(_weights(logprobs, temperature), top_p, uniform)
    chosen = logprobs.gather(-1, tokens[:, None])[:, 0]
    logsumexp = logits.gather(-1, tokens[:, None])[:, 0] - chosen
    return Draws(tokens, chosen, logsumexp, logits.mean(dim=-1))


def _weights(logprobs: Tensor, temperature: float) -> Tensor:
    """[B, V] weights to draw by; they need not sum to 1."""
    if temperature == 1:
        return logprobs.exp()
    top = logprobs.amax(dim=-1, keepdim=True)  # at least one weight is 1, however small the temperature
    return (logprobs - top).div_(temperature).exp_()


def _invert(weights: Tensor, uniform: Tensor) -> Tensor:
    """The token whose stretch of the cumulative weights, in vocabulary order, holds each uniform's share of them."""
    if lack := -weights.shape[1] % BLOCK:
        weights = pad(weights, (0, lack))
    blocks = weights.view(len(weights), -1, BLOCK)
    ends = blocks.sum(dim=-1, dtype=torch.float64).cumsum(dim=-1)
    block, before = _place(ends, uniform * ends[:, -1])
    inside = blocks[torch.arange(len(blocks), device=block.device), block].double().cumsum(dim=-1)
    return block * BLOCK + _place(inside, uniform * ends[:, -1] - before)[0]


def _place(cumulative: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """[B] index of the first sum above each target, never one that adds nothing; and [B] the sum before it."""
    last = cumulative[:, -1]
    target = torch.minimum(target, torch.nextafter(last, torch.zeros_like(last)))
    at = torch.searchsorted(cumulative, target[:, None], right=True).clamp(max=cumulative.shape[1] - 1)
    before = cumulative.gather(1, (at - 1).clamp(min=0)).masked_fill(at == 0, 0)
    return at[:, 0], before[:, 0]


def _invert_nucleus(weights: Tensor, top_p: float, uniform: Tensor) -> Tensor:
    """As `_invert`, from the nucleus alone.

    Sorted are only those tokens that may belong to it: all those below the floor together weigh less than what the
    nucleus leaves out. There are some hundreds of them, or in a flat distribution all.
    """
    total = weights.sum(dim=-1, keepdim=True, dtype=torch.float64)
    floor = (1 - top_p) * total / (2 * weights.shape[1])  # half, so that no rounding matters
    row, token = (weights >= floor.float()).nonzero(as_tuple=True)
    counts = torch.bincount(row, minlength=len(weights))
    column = torch.arange(len(row), device=row.device) - (counts.cumsum(0) - counts)[row]
    likely = weights.new_zeros(len(weights), int(counts.max()))
    likely[row, column] = weights[row, token]
    tokens = torch.zeros_like(likely, dtype=torch.long)
    tokens[row, column] = token
    place = _invert(_nucleus(likely, top_p * total), uniform)
    return tokens.gather(1, place[:, None])[:, 0]


def _nucleus(weights: Tensor, goal: Tensor) -> Tensor:
    """The weights with all set to 0 but the fewest largest that reach the goal [B, 1], the first ones among ties."""
    ranked, order = weights.sort(dim=-1, descending=True, stable=True)
    before = ranked.double().cumsum(dim=-1) - ranked
    ranked[before >= goal] = 0
    return torch.zeros_like(weights).scatter_(-1, order, ranked)
