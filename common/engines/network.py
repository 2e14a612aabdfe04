"""Forward passes of a transformers model over shared segments: read prompts, then extend rows by more tokens."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from common.engines.attention import FAR, Segment, Segments, Shared
from common.engines.early_exit import early_exits

What = Literal["logits", "states", "layers"]
"""Read at the last token of a text: logits [V], the last state [width], or the logits of all layers [layers + 1, V]."""
TOKENS = 4096
"""Padded tokens in one forward pass over prompts or continuations: more gain no speed, and cost memory."""


class Network:
    """A causal language model on its device, with the header of the last request.

    `model` must have been loaded with the attention backend of `attention`.
    """

    def __init__(self, model: Any, device: torch.device) -> None:
        self.model = model.to(device)
        self.device = device
        self.vocabulary, self.width = map(int, model.get_output_embeddings().weight.shape)
        self.layers = int(model.config.get_text_config().num_hidden_layers)
        self._header: tuple[tuple[int, ...], Segment] | None = None

    def read(
        self, ids: Sequence[Sequence[int]], header: tuple[int, ...], what: What = "logits"
    ) -> tuple[Tensor, list[Shared]]:
        """Read texts that all begin with the header, which itself is read once and kept.

        Returns:
            [B, V] next-token logits (or another `What`), and segments that hold the texts.
        """
        past = [self._read_header(header)] if header else []
        parts = [self._read(ids[part.start : part.stop], past, len(header), what) for part in _parts(ids, len(header))]
        segment = Segment.joined([segment for _, segment in parts])
        every = torch.arange(len(ids), device=self.device)
        shared = [*(Shared(part, torch.zeros_like(every)) for part in past), Shared(segment, every)]
        return torch.cat([last for last, _ in parts]), shared

    def extend(self, tokens: Tensor, positions: Tensor, own: Segment, past: list[Shared], longest: int) -> Tensor:
        """Add tokens [B, S] at their positions (FAR for padding) to the rows; returns logits [B, S, V].

        `longest` is an upper bound on the tokens of any row's text.
        """
        own.positions = torch.cat([own.positions, positions], dim=1)
        logits: Tensor = self.model(**_given(tokens, positions, own, past, longest)).logits
        return logits

    def empty(self, rows: int, room: int) -> Segment:
        """A segment for the own tokens of so many rows, with room for so many tokens a row before it grows."""
        return Segment(torch.empty(rows, 0, dtype=torch.long, device=self.device), room)

    def send(self, array: np.ndarray) -> Tensor:
        """The same numbers on the model's device."""
        return torch.from_numpy(array).to(self.device)

    def _read_header(self, header: tuple[int, ...]) -> Segment:
        if self._header is None or self._header[0] != header:
            self._header = header, self._read([header], [], 0, "logits")[1]
        return self._header[1]

    def _read(
        self, ids: Sequence[Sequence[int]], past: list[Segment], begin: int, what: What
    ) -> tuple[Tensor, Segment]:
        tokens, positions = _left_padded([text[begin:] for text in ids], begin)
        group = torch.zeros(len(ids), dtype=torch.long, device=self.device)
        segment = Segment(self.send(positions))
        shared = [Shared(part, group) for part in past]
        given = _given(self.send(tokens), segment.positions, segment, shared, max(map(len, ids)))
        if what == "states":
            return self.model.base_model(**given).last_hidden_state[:, -1], segment
        if what == "layers":
            with early_exits(self.model):
                return self.model(**given).logits, segment
        return self.model(**given, logits_to_keep=1).logits[:, -1], segment


def _given(tokens: Tensor, positions: Tensor, own: Segment, past: list[Shared], longest: int) -> dict[str, Any]:
    places = positions.masked_fill(positions == FAR, 0)
    segments = Segments(past, own, places, longest)
    return {"input_ids": tokens, "position_ids": places, "use_cache": False, "segments": segments}


def _parts(ids: Sequence[Sequence[int]], begin: int) -> list[range]:
    """Cut texts into neighbours of at most TOKENS padded tokens from `begin` on."""
    parts: list[range] = []
    longest = 0
    for index, text in enumerate(ids):
        length = len(text) - begin
        longest = max(longest, length)
        if parts and (index + 1 - parts[-1].start) * longest <= TOKENS:
            parts[-1] = range(parts[-1].start, index + 1)
        else:
            parts.append(range(index, index + 1))
            longest = length
    return parts


def _left_padded(texts: Sequence[Sequence[int]], begin: int) -> tuple[np.ndarray, np.ndarray]:
    """[B, longest] token ids and their positions, counted from `begin`."""
    longest = max(map(len, texts))
    tokens = np.zeros((len(texts), longest), dtype=np.int64)
    positions = np.full((len(texts), longest), FAR, dtype=np.int64)
    for row, ids in enumerate(texts):
        tokens[row, longest - len(ids) :] = ids
        positions[row, longest - len(ids) :] = np.arange(begin, begin + len(ids))
    return tokens, positions
