"""A model while it is trained: it samples groups of completions, and gives their log-probabilities with gradients.

Both run through the shared segments of `common.engines`: a prompt is computed once for all its completions. Random
numbers are keyed to (seed, step, prompt, sample, position), so a training that was resumed draws what one that was not
would draw. Models stay in evaluation mode: dropout would make the policy that learns another than the one that samples.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from common.engines import loading
from common.engines.attention import BACKEND, FAR, Shared
from common.engines.base import Sampling
from common.engines.draws import uniforms
from common.engines.generation import Stops, generate
from common.engines.network import Network
from common.engines.prompts import Codec, check_lengths
from common.engines.scoring import LOGITS, runs
from common.errors import InputError
from common.training.loss import NotANumberError, token_logprobs

ROWS = 256
"""Completions sampled at once, at most."""
TOKENS = 2048
"""Padded tokens of completions in one pass with gradients: more gain no speed, and cost memory."""


@dataclass(frozen=True, slots=True)
class Group:
    """Completions of one prompt."""

    prompt: list[int]
    completions: list[list[int]]
    """Token ids, the end-of-text or stopping tokens among them."""
    logprobs: list[list[float]]
    """Natural-log probability of each token under the policy that sampled it."""
    texts: list[str]
    truncated: list[bool]
    """Which completions reached the limit without an end."""


class Policy:
    """A causal language model of transformers on its device, with its tokenizer.

    Args:
        model: of a stock architecture that the hf engine computes.
        tokenizer: a tokenizer of transformers.
        temperature: divides the logits, in sampling and in log-probabilities alike.
        stop: strings that end a completion; the tokens that complete them belong to it.

    Raises:
        InputError: a model of another architecture.
    """

    def __init__(
        self, model: Any, tokenizer: Any, device: str = "cpu", temperature: float = 1.0, stop: Sequence[str] = ()
    ) -> None:
        loading.check(model)
        self.model, self.codec = model.eval(), Codec(tokenizer)
        self.network = _Tempered(model, torch.device(device), temperature)
        ends = loading.end_tokens(model.generation_config.eos_token_id, tokenizer.eos_token_id)
        self.stops = Stops(self.codec, ends, stop, self.network.vocabulary)

    def encode(self, prompts: Sequence[str], max_new_tokens: int) -> list[list[int]]:
        """Token ids of prompts.

        Raises:
            InputError: a prompt that is no string, that the model cannot read, or too long with `max_new_tokens` more.
        """
        if wrong := [prompt for prompt in prompts if not isinstance(prompt, str)]:
            raise InputError(f"a prompt must be a string, got {wrong[0]!r:.80}: apply the chat template first")
        ids = self.codec.encode(prompts)
        check_lengths(prompts, ids, loading.context_length(self.model), max_new_tokens)
        return ids

    @torch.no_grad()
    def sample(
        self, prompts: Sequence[list[int]], keys: Sequence[str], group_size: int, max_new_tokens: int, seed: int
    ) -> list[Group]:
        """Draw a group of completions for each prompt.

        Args:
            prompts: token ids.
            keys: what names each prompt's random numbers, beside the seed.
            group_size: completions a prompt.
            max_new_tokens: tokens a completion, at most.
            seed: of all random numbers.

        Raises:
            NotANumberError: the model's output is not a number.
        """
        groups: list[Group] = []
        count = max(1, ROWS // group_size)
        with shared_attention(self.model):
            for start in range(0, len(prompts), count):
                part = slice(start, start + count)
                groups += self._sample(prompts[part], keys[part], group_size, max_new_tokens, seed)
        return groups

    def logprobs(self, groups: Sequence[Group]) -> Tensor:
        """[B, longest] log-probability of each token of all completions, padded on the right, with gradients."""
        tokens = padded([ids for group in groups for ids in group.completions], np.int64)
        lengths = np.array([len(ids) for group in groups for ids in group.completions])
        place = np.repeat(np.arange(len(groups)), [len(group.completions) for group in groups])
        with shared_attention(self.model):
            logits, past = self.network.read([group.prompt for group in groups], ())
            places = self.network.send(place)
            parts = [logits[places][:, None]]
            if tokens.shape[1] > 1:
                begin = np.array([len(groups[index].prompt) for index in place.tolist()])
                at = np.arange(tokens.shape[1] - 1)
                positions = np.where(at < lengths[:, None] - 1, begin[:, None] + at, FAR)
                stand = [segment.take(places) for segment in past]
                parts.append(self._extend(tokens[:, :-1], positions, stand, int((begin + lengths).max())))
        return token_logprobs(torch.cat(parts, dim=1), self.network.send(tokens))

    def parts(self, groups: Sequence[Group]) -> Iterator[list[int]]:
        """Indices of groups to compute together, of similar length, so that memory is bounded and padding small."""
        sizes = [len(group.completions) * max(map(len, group.completions)) for group in groups]
        yield from runs(sizes, tokens=min(TOKENS, LOGITS // self.network.vocabulary))

    def _extend(self, tokens: np.ndarray, positions: np.ndarray, stand: list[Shared], longest: int) -> Tensor:
        own = self.network.empty(len(tokens), 0)
        return self.network.extend(self.network.send(tokens), self.network.send(positions), own, stand, longest)

    def _sample(
        self, prompts: Sequence[list[int]], keys: Sequence[str], group_size: int, max_new_tokens: int, seed: int
    ) -> list[Group]:
        logits, past = self.network.read(prompts, ())
        place = np.repeat(np.arange(len(prompts)), group_size)
        places = self.network.send(place)
        numbers = np.stack(
            [uniforms(seed, key, sample, max_new_tokens) for key in keys for sample in range(group_size)]
        )
        stand, sampling = [segment.take(places) for segment in past], Sampling(max_tokens=max_new_tokens)
        texts = [prompts[index] for index in place.tolist()]
        try:
            drawn = generate(self.network, texts, stand, logits[places], numbers, sampling, self.stops)
        except InputError as error:
            raise NotANumberError("the model's output is not a number") from error
        groups = [Group(prompt, [], [], [], []) for prompt in prompts]
        for row, index in enumerate(place.tolist()):
            length, group = int(drawn.lengths[row]), groups[index]
            group.completions.append(drawn.tokens[row, :length].tolist())
            group.logprobs.append(drawn.logprobs[row, :length].tolist())
            group.texts.append(self.stops.text(group.prompt, group.completions[-1])[0])
            group.truncated.append(not drawn.stopped[row])
        return groups


class _Tempered(Network):
    """A network whose logits are divided by a temperature."""

    def __init__(self, model: Any, device: torch.device, temperature: float) -> None:
        super().__init__(model, device)
        self.temperature = temperature

    def read(self, *given: Any, **named: Any) -> tuple[Tensor, list[Shared]]:
        logits, past = super().read(*given, **named)
        return logits / self.temperature, past

    def extend(self, *given: Any) -> Tensor:
        return super().extend(*given) / self.temperature


@contextmanager
def shared_attention(model: Any) -> Iterator[None]:
    """Let a model attend to shared segments for a while; outside it is the model that it was."""
    before = model.config._attn_implementation
    model.set_attn_implementation(BACKEND)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def padded(rows: Sequence[Sequence[float]], dtype: Any) -> np.ndarray:
    """[B, longest] of rows of numbers, with zeros on the right."""
    array = np.zeros((len(rows), max(map(len, rows))), dtype=dtype)
    for row, values in enumerate(rows):
        array[row, : len(values)] = values
    return array
