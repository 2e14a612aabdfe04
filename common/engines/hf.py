"""Any Hugging Face causal language model, by its own generation loop.

What texts share is computed once: a header common to all prompts of a request, a prompt's tokens for its samples and
continuations (see `attention`). Finished rows leave the batch. The header is decided by the full request, so that no
number depends on which chunks are computed, or on what was asked before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers
import torch
import transformers
from scipy.special import logsumexp, softmax
from torch import Tensor

from common.completions import Completion
from common.engines import loading, precision, scoring
from common.engines.base import Engine, OptionScores, Prompt, Sampling
from common.engines.draws import NO_NUMBER, uniforms
from common.engines.generation import Drawn, Stops, generate
from common.engines.network import TOKENS, Network
from common.engines.prompts import Codec, check_lengths
from common.engines.scoring import LOGITS
from common.errors import InputError
from common.progress import Progress

SEMANTICS = 1
"""Bumped by hand whenever the same request would give other numbers."""
SHORTEST_HEADER = 16
"""Tokens from which on a common header is worth a forward pass of its own."""


@dataclass(frozen=True)
class Request:
    """Prompts as token ids, and what they share."""

    texts: tuple[str, ...]
    ids: list[list[int]]
    header: tuple[int, ...]


class HFEngine(Engine):
    """A causal language model of transformers, from a folder or the Hub.

    Args:
        model: folder with safetensors weights, registered name, GGUF file, or Hub id.
        device: CUDA if there is any, by default.
        dtype: of the computation; by default that of a registered model's entry, or else float32. "auto" is the faster
            of bfloat16 and float32 on this machine.
        template: switches of the chat template, such as {"enable_thinking": False}.
        batch_size: completions (or prompts) in one forward pass.
        revision: branch, tag or commit on the Hub.
        trust_remote_code: run the Python code that comes with the model.

    Raises:
        InputError: the model cannot be loaded, or is of a kind not known here.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        device: str | None = None,
        dtype: str | None = None,
        template: Mapping[str, Any] | None = None,
        batch_size: int = 256,
        revision: str | None = None,
        trust_remote_code: bool = False,
    ) -> None:
        if not isinstance(batch_size, int) or batch_size < 1:
            raise InputError(f"batch_size must be a whole number of at least 1, got {batch_size!r}")
        device_ = _device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        source = loading.find(model)
        name = precision.choose(dtype, source.dtype, device_.type)
        loaded, tokenizer, version = loading.load(source, revision, precision.DTYPES[name], trust_remote_code)
        try:
            self.network = Network(loaded, device_)
        except torch.OutOfMemoryError as error:
            raise InputError(f"{model}: does not fit into the memory of {device_} in {name}: try bfloat16") from error
        self.codec = Codec(tokenizer, template)
        self.batch_size = batch_size
        self.context_length = loading.context_length(loaded)
        self.identity = {
            "backend": "hf",
            "model": version,
            "dtype": name,
            "semantics": SEMANTICS,
            **self.codec.switches(),
        }
        self.versions = {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "tokenizers": tokenizers.__version__,
            "device": torch.cuda.get_device_name(device_) if device_.type == "cuda" else device_.type,
        }
        self._ends = loading.end_tokens(loaded.generation_config.eos_token_id, tokenizer.eos_token_id)
        self._request = Request((), [], ())

    def render(self, prompt: Prompt) -> str:
        """Give the text the model reads: see `Engine.render`."""
        return self.codec.render(prompt)

    def plan(self, texts: Sequence[str], sampling: Sampling) -> list[list[int]]:
        """Cut a request into batches of prompts of similar length: see `Engine.plan`."""
        request = self._encode(texts)
        check_lengths(request.texts, request.ids, self.context_length, sampling.max_tokens)
        lengths = [len(ids) for ids in request.ids]
        return scoring.runs(lengths, rows=max(1, self.batch_size // sampling.n))

    @torch.inference_mode()
    def sample_chunk(self, texts: Sequence[str], sampling: Sampling, chunk: Sequence[int]) -> list[list[Completion]]:
        """Draw `sampling.n` completions for each prompt of one chunk: see `Engine.sample_chunk`."""
        request = self._encode(texts)
        logits, past = self.network.read([request.ids[index] for index in chunk], request.header)
        stops = Stops(self.codec, self._ends, sampling.stop, self.network.vocabulary)
        completions: list[list[Completion]] = [[] for _ in chunk]
        rows = [(place, sample) for place in range(len(chunk)) for sample in range(sampling.n)]
        for start in range(0, len(rows), self.batch_size):
            batch = rows[start : start + self.batch_size]
            places = torch.tensor([place for place, _ in batch], device=self.network.device)
            prompts = [request.ids[chunk[place]] for place, _ in batch]
            numbers = np.stack(
                [uniforms(sampling.seed, texts[chunk[place]], sample, sampling.max_tokens) for place, sample in batch]
            )
            stand = [part.take(places) for part in past]
            drawn = generate(self.network, prompts, stand, logits[places], numbers, sampling, stops)
            for row, (place, _) in enumerate(batch):
                completions[place].append(_completion(drawn, row, prompts[row], stops, sampling.logit_sums))
        return completions

    def lengths(self, texts: Sequence[str], continuations: Sequence[Sequence[str]] | None = None) -> list[int]:
        """Tokens of each text: see `Engine.lengths`."""
        return self.codec.lengths(texts, continuations)

    @torch.inference_mode()
    def score(self, texts: Sequence[str], continuations: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Total log-probability of each continuation after its text: see `Engine.logprobs`."""
        request = self._encode(texts)
        following = self.codec.following(texts, request.ids, continuations)
        longest = [max(map(len, several), default=0) for several in following]
        check_lengths(request.texts, request.ids, self.context_length, longest)
        scores: dict[int, np.ndarray] = {}
        for batch in self._batches(request, "logprobs"):
            ids = [request.ids[index] for index in batch]
            logits, past = self.network.read(ids, request.header)
            totals = scoring.score(self.network, ids, past, logits, [following[index] for index in batch])
            _check_numbers(np.concatenate(totals))
            scores.update(zip(batch, totals, strict=True))
        return [scores[index] for index in range(len(texts))]

    @torch.inference_mode()
    def score_options(self, texts: Sequence[str], options: Sequence[str]) -> OptionScores:
        """Score single-token options after each text: see `Engine.option_scores`."""
        request, tokens = self._with_options(texts, options)
        given = np.zeros((len(texts), len(options)))
        for batch in self._batches(request, "option_scores"):
            logits, _ = self.network.read([request.ids[index] for index in batch], request.header)
            given[batch] = self._given(logits, tokens[batch])
        return _shares(given)

    @torch.inference_mode()
    def score_layers(self, texts: Sequence[str], options: Sequence[str]) -> OptionScores:
        """Score single-token options after each text by layer: see `Engine.option_scores_by_layer`."""
        request, tokens = self._with_options(texts, options)
        layers = self.network.layers + 1
        given = np.zeros((len(texts), layers, len(options)))
        rows = max(1, LOGITS // (layers * self.network.vocabulary))
        for batch in self._batches(request, "option_scores_by_layer", rows):
            logits, _ = self.network.read([request.ids[index] for index in batch], request.header, "layers")
            given[batch] = self._given(logits, tokens[batch][:, None].repeat(layers, axis=1))
        return _shares(given)

    @torch.inference_mode()
    def hidden_states(self, prompts: Sequence[Prompt]) -> np.ndarray:
        """Read the last layer's state at the last prompt token: see `Engine.hidden_states`."""
        request = self._encode(self.texts(prompts))
        check_lengths(request.texts, request.ids, self.context_length, 0)
        states = np.zeros((len(request.ids), self.network.width), dtype=np.float32)
        for batch in self._batches(request, "hidden_states"):
            last, _ = self.network.read([request.ids[index] for index in batch], request.header, "states")
            states[batch] = last.float().cpu().numpy()
        _check_numbers(states)
        return states

    def _with_options(self, texts: Sequence[str], options: Sequence[str]) -> tuple[Request, np.ndarray]:
        """The request, and [N, K] token ids of the options after each text."""
        request = self._encode(texts)
        check_lengths(request.texts, request.ids, self.context_length, 1)
        tokens = [self.codec.option_ids(text, ids, options) for text, ids in zip(texts, request.ids, strict=True)]
        return request, np.array(tokens, dtype=np.int64).reshape(len(texts), len(options))

    def _given(self, logits: Tensor, tokens: np.ndarray) -> np.ndarray:
        """[..., K] log-probabilities of these tokens by logits [..., V]."""
        given: np.ndarray = (
            torch.log_softmax(logits.float(), dim=-1).gather(-1, self.network.send(tokens)).cpu().numpy()
        )
        return given

    def _batches(self, request: Request, what: str, rows: int | None = None) -> Iterator[list[int]]:
        """Prompts of a request in batches of similar length and at most so many rows, with a progress bar."""
        lengths = [len(ids) - len(request.header) for ids in request.ids]
        with Progress(what, len(lengths), "prompt") as bar:
            for batch in scoring.runs(lengths, rows=min(self.batch_size, rows or self.batch_size), tokens=TOKENS):
                yield batch
                bar.update(len(batch))

    def _encode(self, texts: Sequence[str]) -> Request:
        """Token ids of a request's texts, those of the last request from memory: chunks of one ask again and again."""
        if self._request.texts != tuple(texts):
            ids = self.codec.encode(texts)
            self._request = Request(tuple(texts), ids, _header(ids))
        return self._request


def _header(encoded: list[list[int]]) -> tuple[int, ...]:
    """Tokens that all prompts begin with, if they are many; each prompt keeps a token of its own."""
    if len(encoded) < 2:
        return ()
    first, last = min(encoded), max(encoded)  # what these two begin with, all in between do
    most = min(map(len, encoded)) - 1
    length = next((at for at in range(most) if first[at] != last[at]), most)
    return tuple(first[:length]) if length >= SHORTEST_HEADER else ()


def _completion(drawn: Drawn, row: int, prompt: Sequence[int], stops: Stops, sums: bool) -> Completion:
    length = int(drawn.lengths[row])
    tokens = drawn.tokens[row, :length].tolist()
    return Completion(
        text=stops.text(prompt, tokens)[0],
        token_ids=tuple(tokens),
        logprobs=tuple(drawn.logprobs[row, :length].tolist()),
        finish_reason="stop" if drawn.stopped[row] else "length",
        prompt_tokens=len(prompt),
        logits=drawn.logit_sums(row) if sums else None,
    )


def _shares(given: np.ndarray) -> OptionScores:
    """Scores from [..., K] log-probabilities."""
    _check_numbers(given)
    mass = np.exp(logsumexp(given, axis=-1))
    return OptionScores(softmax(given, axis=-1).astype(np.float32), mass.astype(np.float32))


def _check_numbers(values: np.ndarray) -> None:
    if np.isnan(values).any():
        raise InputError(NO_NUMBER)


def _device(name: str) -> torch.device:
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError, TypeError) as error:
        raise InputError(f"device {name!r} cannot be used here (cpu can): {str(error).splitlines()[0]:.200}") from error
