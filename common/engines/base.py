"""What every engine does: sample completions, score continuations, read hidden states.

An engine wraps one model. A prompt is a string, or a list of chat messages that goes through the model's own chat
template. A draw depends only on (seed, prompt, sample index, position): `plan` cuts a request into chunks that depend
on the full request alone, so that a run which was interrupted computes the chunks an undisturbed run would compute.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints, ValidationError
from tqdm import tqdm

from common.errors import InputError

Message = Mapping[str, str]
"""A chat message: `role` and `content`."""

Prompt = str | Sequence[Message]


def _ordered(strings: Any) -> Any:
    if isinstance(strings, set | frozenset):  # another order in every process would be another request each time
        raise ValueError("must be a list or tuple")
    return strings


class Sampling(BaseModel):
    """How completions are drawn. Greedy decoding is `temperature=0`.

    Raises:
        InputError: a value out of its bounds or of the wrong type, or an unknown name.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    n: int = Field(default=1, ge=1)
    """Completions a prompt, independent of each other."""
    temperature: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    top_p: float = Field(default=1.0, gt=0, le=1)
    """Nucleus sampling (Holtzman et al. 2020, section 3.1): the fewest most likely tokens that reach this mass."""
    max_tokens: int = Field(default=64, ge=1)
    stop: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1)], ...], Strict(False), BeforeValidator(_ordered)
    ] = ()
    """Strings that end a completion; the text ends before the first of them."""
    seed: int = Field(default=0, ge=0, lt=2**63)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise InputError("; ".join(_problem(details) for details in error.errors())) from error


@dataclass(frozen=True, slots=True)
class Completion:
    """One sampled continuation of a prompt."""

    text: str
    token_ids: tuple[int, ...]
    """Every generated token, the end-of-text or stopping tokens among them: what was paid for."""
    logprobs: tuple[float, ...]
    """Natural-log probability of each token under the model's own distribution (temperature 1, before top-p)."""
    finish_reason: Literal["stop", "length"]
    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class OptionScores:
    """One-token options as the next token after each prompt (N prompts, K options)."""

    probabilities: np.ndarray
    """[N, K] float32, renormalised over the options."""
    mass: np.ndarray
    """[N] float32: what the model gave to all options together; far below 1, it would have said something else."""


class Engine(ABC):
    """A model that samples and scores. `HFEngine`, `VLLMEngine` and `CachedEngine` are the implementations."""

    identity: Mapping[str, str | int]
    """What a draw depends on: backend, model id and revision or weights digest, dtype, semantics version."""
    versions: Mapping[str, str]
    """Library versions, recorded beside each stored row but no part of its key."""
    context_length: int

    @abstractmethod
    def render(self, prompt: Prompt) -> str:
        """Give the text the model reads: a string as it is, messages through the chat template.

        Raises:
            InputError: messages, and the model has no chat template or its template refuses them.
        """

    @abstractmethod
    def plan(self, texts: Sequence[str], sampling: Sampling) -> list[list[int]]:
        """Cut a request into chunks of prompt indices, by the full request alone.

        Raises:
            InputError: a text the model cannot read, or longer than the context with `max_tokens` after it.
        """

    @abstractmethod
    def sample_chunk(self, texts: Sequence[str], sampling: Sampling, chunk: Sequence[int]) -> list[list[Completion]]:
        """Draw `sampling.n` completions for each prompt of one chunk of the plan, in the order of the chunk."""

    @abstractmethod
    def logprobs(self, prompts: Sequence[Prompt], continuations: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Total natural-log probability of each continuation after its prompt: one [K_i] float32 array a prompt.

        Raises:
            InputError: not one list of continuations a prompt, an empty continuation, or a text as in `plan`.
        """

    @abstractmethod
    def option_scores(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        """Score single-token options such as " (A)", " (B)" as the next token after each prompt.

        Raises:
            InputError: an option is not a single token after a prompt, or a text as in `plan`.
        """

    @abstractmethod
    def hidden_states(self, prompts: Sequence[Prompt]) -> np.ndarray:
        """Read the last layer's state, after the final norm, at the last prompt token: [N, width] float32."""

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[list[Completion]]:
        """Draw `sampling.n` completions for each prompt, in the order of the prompts.

        Raises:
            InputError: `prompts` is no list, `sampling` no Sampling, or as in `render` and `plan`.
        """
        check_sampling(sampling)
        texts = self.texts(prompts)
        completions: list[list[Completion]] = [[] for _ in texts]
        with tqdm(total=len(texts) * sampling.n, desc="sample", unit="completion") as bar:
            for chunk in self.plan(texts, sampling):
                for index, drawn in zip(chunk, self.sample_chunk(texts, sampling, chunk), strict=True):
                    completions[index] = drawn
                    bar.update(len(drawn))
        return completions

    def texts(self, prompts: Sequence[Prompt]) -> list[str]:
        """Render every prompt; a lone string or message in place of a list of prompts is an InputError."""
        if isinstance(prompts, str):
            raise InputError("prompts must be a list of prompts, got one string: put it in brackets")
        if isinstance(prompts, Mapping) or not isinstance(prompts, Iterable):
            raise InputError(
                f"prompts must be a list of prompts, got {prompts!r:.80}: give strings or lists of messages"
            )
        return [self.render(prompt) for prompt in prompts]


def check_sampling(sampling: object) -> None:
    """Check that these are settings.

    Raises:
        InputError: they are not.
    """
    if not isinstance(sampling, Sampling):
        raise InputError(f"sampling must be a Sampling, such as Sampling(n=4), got {sampling!r:.80}")


def _problem(details: Any) -> str:
    name = details["loc"][0]
    if details["type"] == "extra_forbidden":
        return f"unknown sampling setting {name!r} (there are: {', '.join(Sampling.model_fields)})"
    return f"{name}: {details['msg']}, got {details['input']!r}"
