"""A causal language model as the source of states: its last layer at marked tokens of a text, with gradients.

Any causal language model of transformers will do, from safetensors and without remote code. It stays in evaluation
mode, so dropout draws nothing. Where only a head is trained, an engine will do too (`Features`): one that replays a
recording has states, but no model.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from common.engines import loading, precision
from common.engines.base import Engine, Prompt
from common.engines.prompts import Codec, check_lengths
from common.engines.scoring import runs
from common.progress import Progress
from common.training.rollout import padded

TOKENS = 4096
"""Padded tokens in one pass: more gain no speed, and cost memory."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text as token ids, and the places of the tokens whose states are read."""

    ids: list[int]
    places: list[int]


class Backbone:
    """A causal language model without its output layer, and its tokenizer.

    Args:
        model: folder with safetensors weights, or Hub id.
        device: CUDA if there is any, by default.
        dtype: of the weights; bfloat16 serves a frozen backbone, training wants float32.
        revision: branch, tag or commit on the Hub.

    Raises:
        InputError: the model cannot be loaded.
    """

    def __init__(
        self, model: str | Path, *, device: str | None = None, dtype: str = "float32", revision: str | None = None
    ) -> None:
        loaded, tokenizer, _ = loading.load(
            loading.find(model), revision, precision.check(dtype), trust_remote_code=False
        )
        loaded.set_attn_implementation("sdpa")  # the engine's own has no use for padding on the right
        self.width = int(loaded.get_output_embeddings().weight.shape[1])
        self.model = loaded.base_model.to(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self.codec = Codec(tokenizer)
        self.context_length = loading.context_length(loaded)

    @property
    def device(self) -> torch.device:
        """Where states are."""
        found: torch.device = self.model.device
        return found

    def copy(self) -> "Backbone":
        """The same with weights of its own."""
        copied = copy.copy(self)
        copied.model = copy.deepcopy(self.model)
        return copied

    def at_end(self, prompts: Sequence[Prompt]) -> list[Marked]:
        """Prompts (strings or chat messages) marked at their last token.

        Raises:
            InputError: a prompt that the model cannot read, or one longer than its context.
        """
        texts = [self.codec.render(prompt) for prompt in prompts]
        encoded = self.codec.encode(texts)
        check_lengths(texts, encoded, self.context_length, 0)
        return [Marked(ids, [len(ids) - 1]) for ids in encoded]

    def states(self, rows: Sequence[Marked]) -> Tensor:
        """States after the final norm at all marks of the rows in turn: [marks, width] float32, with gradients.

        Texts are padded on the right, where no token of theirs can see it.
        """
        ids, mask = (
            torch.from_numpy(padded(values, np.int64)).to(self.model.device)
            for values in ([row.ids for row in rows], [[1] * len(row.ids) for row in rows])
        )
        found = self.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
        index = [(number, place) for number, row in enumerate(rows) for place in row.places]
        numbers, places = zip(*index, strict=True)
        states: Tensor = found[list(numbers), list(places)].float()
        return states

    @torch.no_grad()
    def fixed_states(self, rows: Sequence[Marked]) -> list[Tensor]:
        """States of every row without gradients, computed once: one [marks, width] float32 a row."""
        found: dict[int, Tensor] = {}
        with Progress("states", len(rows), "text") as bar:
            for part in parts(rows):
                states = self.states([rows[i] for i in part])
                found |= zip(part, torch.split(states, [len(rows[i].places) for i in part]), strict=True)
                bar.update(len(part))
        return [found[i] for i in range(len(rows))]


class Features:
    """An engine's hidden states at the ends of prompts, in the place of a backbone that stays frozen.

    A prompt becomes one token, whose id is the place of its state in the order of reading.

    Args:
        engine: as `Engine.hidden_states` reads it.
    """

    device = torch.device("cpu")

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._states: list[Tensor] = []

    @property
    def width(self) -> int:
        """Numbers of a state; known once something was read."""
        return len(self._states[0])

    def at_end(self, prompts: Sequence[Prompt]) -> list[Marked]:
        """Read prompts (strings or chat messages) at their last token. Raises as `Engine.hidden_states`."""
        first = len(self._states)
        self._states += torch.from_numpy(self._engine.hidden_states(prompts)) if prompts else []
        return [Marked([place], [0]) for place in range(first, len(self._states))]

    def fixed_states(self, rows: Sequence[Marked]) -> list[Tensor]:
        """States of every row: one [1, width] float32 a row."""
        return [self._states[row.ids[0]][None] for row in rows]


def parts(rows: Sequence[Marked]) -> list[list[int]]:
    """Indices of rows to compute together, of similar length, so that memory is bounded and padding small."""
    return runs([len(row.ids) for row in rows], tokens=TOKENS)
