"""Log-probabilities of given continuations, a prompt's continuations over its one set of keys and values."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from common.engines.attention import FAR, Shared
from common.engines.network import TOKENS, Network

LOGITS = 2**27
"""Logits in one forward pass, at most: half a gigabyte of float32."""


def score(
    network: Network,
    prompts: Sequence[Sequence[int]],
    past: list[Shared],
    logits: Tensor,
    continuations: Sequence[Sequence[Sequence[int]]],
) -> list[np.ndarray]:
    """Total log-probability of each continuation: one [K_i] float32 array a prompt.

    Args:
        network: the model.
        prompts: token ids of P prompts.
        past: the segments that hold them, a row a prompt.
        logits: [P, V] next-token logits after each.
        continuations: token ids of each prompt's continuations.
    """
    totals = [np.zeros(len(several)) for several in continuations]
    rows = [(place, number) for place, several in enumerate(continuations) for number in range(len(several))]
    if not rows:
        return [total.astype(np.float32) for total in totals]
    owners, firsts = zip(*((place, continuations[place][number][0]) for place, number in rows), strict=True)
    begun = torch.log_softmax(logits.float(), dim=-1)[list(owners), list(firsts)].tolist()
    for (place, number), logprob in zip(rows, begun, strict=True):
        totals[place][number] = logprob
    longer = [(place, number) for place, number in rows if len(continuations[place][number]) > 1]
    lengths = [len(continuations[place][number]) - 1 for place, number in longer]
    for part in runs(lengths, tokens=min(TOKENS, LOGITS // network.vocabulary)):
        batch = [longer[row] for row in part]
        places = torch.tensor([place for place, _ in batch], device=network.device)
        stand = [shared.take(places) for shared in past]
        following = [continuations[place][number] for place, number in batch]
        rest = _rest(network, [prompts[place] for place, _ in batch], following, stand)
        for (place, number), logprob in zip(batch, rest, strict=True):
            totals[place][number] += logprob
    return [total.astype(np.float32) for total in totals]


def _rest(
    network: Network, prompts: Sequence[Sequence[int]], following: Sequence[Sequence[int]], past: list[Shared]
) -> np.ndarray:
    """[B] log-probability of all but the first token of each row's continuation."""
    width = max(map(len, following)) - 1
    tokens = np.zeros((len(following), width), dtype=np.int64)
    targets = np.zeros_like(tokens)
    positions = np.full_like(tokens, FAR)
    for row, (prompt, ids) in enumerate(zip(prompts, following, strict=True)):
        tokens[row, : len(ids) - 1], targets[row, : len(ids) - 1] = ids[:-1], ids[1:]
        positions[row, : len(ids) - 1] = np.arange(len(prompt), len(prompt) + len(ids) - 1)
    longest = int(positions[positions < FAR].max()) + 1
    own = network.empty(len(following), width)
    logits = network.extend(network.send(tokens), network.send(positions), own, past, longest).float()
    logprobs = logits.gather(-1, network.send(targets)[..., None])[..., 0] - logits.logsumexp(dim=-1)
    total: np.ndarray = logprobs.cpu().double().numpy().sum(axis=1, where=positions < FAR)
    return total


def runs(lengths: Sequence[int], *, rows: int | None = None, tokens: int | None = None) -> list[list[int]]:
    """Cut texts of these lengths into batches, shortest first, of at most so many rows and so many padded tokens."""
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: lengths[index]):
        full = not batches or len(batches[-1]) == rows
        if full or (tokens is not None and (len(batches[-1]) + 1) * lengths[index] > tokens):
            batches.append([])
        batches[-1].append(index)
    return batches
