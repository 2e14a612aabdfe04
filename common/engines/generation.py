"""The generation loop: draw, stop, drop finished rows, extend."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from common.completions import LogitSums
from common.engines.attention import Shared
from common.engines.base import Sampling
from common.engines.draws import Draws, draw
from common.engines.network import Network
from common.engines.prompts import Codec, cut

ROOM = 64
"""Tokens of a row to make place for at first."""
DROP = 8
"""Finished rows leave the batch when they are one in so many: moving the others costs time as well."""


class Stops:
    """What ends a completion: end-of-text tokens, and stop strings in its text."""

    def __init__(self, codec: Codec, ends: Sequence[int], stop: Sequence[str], vocabulary: int) -> None:
        self.codec, self.stop = codec, stop
        self.ends = np.zeros(vocabulary, dtype=bool)
        self.ends[[token for token in ends if token < vocabulary]] = True
        self.suspects = codec.may_end(tuple(stop), vocabulary)

    def text(self, prompt: Sequence[int], generated: Sequence[int]) -> tuple[str, bool]:
        """Text of a completion before what ends it, and whether a stop string does."""
        body = generated[:-1] if self.ends[generated[-1]] else generated
        text = self.codec.decode(prompt, body)
        before = cut(text, self.stop)
        return (text, False) if before is None else (before, True)

    def ended(self, prompts: Sequence[Sequence[int]], tokens: np.ndarray) -> np.ndarray:
        """[B] which completions [B, length] end with their last token."""
        last = tokens[:, -1]
        done: np.ndarray = self.ends[last]
        for row in np.flatnonzero(self.suspects[last] & ~done).tolist():
            done[row] = self.text(prompts[row], tokens[row].tolist())[1]
        return done


class Drawn:
    """Generated tokens of B rows, [B, max_tokens], and how many there are in each."""

    def __init__(self, rows: int, limit: int) -> None:
        self.tokens = np.zeros((rows, limit), dtype=np.int64)
        self.logprobs = np.zeros((rows, limit), dtype=np.float32)
        self.lengths = np.zeros(rows, dtype=np.int64)
        self.stopped = np.zeros(rows, dtype=bool)
        self.sums, self.first, self.last = np.zeros((3, rows, 2))
        """[B, 2] log-sum-exp and mean of the logits, over all tokens, at the first and at the last."""

    def add(self, rows: np.ndarray, step: int, draws: Draws, going: np.ndarray) -> None:
        """Add one token to each of these rows, from those places of the draws that are `going`."""
        tokens, logprobs, *logits = (part.cpu().numpy()[going] for part in draws)
        self.tokens[rows, step] = tokens
        self.logprobs[rows, step] = logprobs
        self.lengths[rows] = step + 1
        self.last[rows] = np.stack(logits, axis=1)
        self.sums[rows] += self.last[rows]
        if step == 0:
            self.first[rows] = self.last[rows]

    def logit_sums(self, row: int) -> LogitSums:
        """What one row's logits come to."""
        every = np.concatenate([self.sums[row], self.first[row], self.last[row]])
        return LogitSums(*every.astype(np.float32).tolist())


def generate(
    network: Network,
    prompts: Sequence[Sequence[int]],
    past: list[Shared],
    logits: Tensor,
    uniform: np.ndarray,
    sampling: Sampling,
    stops: Stops,
) -> Drawn:
    """Complete B rows, each from its prompt's token ids, its segments and its next-token logits [B, V].

    `uniform` is [B, max_tokens] in [0, 1).
    """
    count, limit = uniform.shape
    drawn = Drawn(count, limit)
    batch = np.arange(count)  # which row each place of the batch computes; finished ones may stay a while
    own, longest = network.empty(count, min(limit, ROOM)), max(map(len, prompts)) + limit
    ends, numbers = network.send(np.array([len(ids) for ids in prompts])), network.send(uniform)
    for step in range(limit):
        draws = draw(logits, sampling.temperature, sampling.top_p, numbers[:, step])
        tokens, going = draws.tokens, ~drawn.stopped[batch]
        rows = batch[going]
        drawn.add(rows, step, draws, going)
        drawn.stopped[rows] = stops.ended([prompts[row] for row in rows.tolist()], drawn.tokens[rows, : step + 1])
        going = ~drawn.stopped[batch]
        if not going.any() or step + 1 == limit:
            break
        if (~going).sum() * DROP >= len(batch):
            keep = network.send(np.flatnonzero(going))
            batch, tokens, numbers, ends = batch[going], tokens[keep], numbers[keep], ends[keep]
            own, past = own.take(keep), [part.take(keep) for part in past]
        logits = network.extend(tokens[:, None], (ends + step)[:, None], own, past, longest)[:, -1]
    return drawn
