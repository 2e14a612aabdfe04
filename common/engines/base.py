"""What every engine does: sample completions, score continuations, read hidden states.

An engine wraps one model. A prompt is a string, or a list of chat messages that goes through the model's own chat
template. A draw depends only on (seed, prompt, sample index, position): `plan` cuts a request into chunks that depend
on the full request alone, so that a run which was interrupted computes the chunks an undisturbed run would compute.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeVar, overload

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints, ValidationError

from common.completions import Completion
from common.errors import InputError
from common.progress import Progress

Message = Mapping[str, str]
"""A chat message: `role` and `content`."""

Prompt = str | Sequence[Message]

TooLong = Literal["refuse", "skip"]
"""What becomes of a prompt that the context cannot hold: the request is refused, or goes on without it."""

Answer = TypeVar("Answer")


class Answers(list[Answer | None]):
    """One answer a prompt; None for each that was too long and skipped."""

    @property
    def skipped(self) -> int:
        """How many were skipped."""
        return sum(one is None for one in self)


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
    logit_sums: bool = False
    """Keep sums over all logits with each completion; engine='hf' alone has them."""

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise InputError("; ".join(_problem(details) for details in error.errors())) from error


@dataclass(frozen=True, slots=True)
class OptionScores:
    """One-token options as the next token after each prompt (N prompts, K options); NaN for a skipped prompt."""

    probabilities: np.ndarray
    """[N, K] float32, renormalised over the options; by layer [N, layers, K]."""
    mass: np.ndarray
    """[N] float32: what the model gave to all options together; far below 1, it would have said something else.
    By layer [N, layers]."""
    skipped: int = 0
    """How many prompts were too long and skipped."""


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
    def lengths(self, texts: Sequence[str], continuations: Sequence[Sequence[str]] | None = None) -> list[int]:
        """Tokens of each text, with those of the longest of its continuations."""

    @abstractmethod
    def score(self, texts: Sequence[str], continuations: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Score continuations of rendered texts: see `logprobs`."""

    @abstractmethod
    def score_options(self, texts: Sequence[str], options: Sequence[str]) -> OptionScores:
        """Score options after rendered texts: see `option_scores`."""

    @abstractmethod
    def score_layers(self, texts: Sequence[str], options: Sequence[str]) -> OptionScores:
        """Score options after rendered texts by layer: see `option_scores_by_layer`."""

    @abstractmethod
    def hidden_states(self, prompts: Sequence[Prompt]) -> np.ndarray:
        """Read the last layer's state, after the final norm, at the last prompt token: [N, width] float32."""

    @overload
    def sample(
        self, prompts: Sequence[Prompt], sampling: Sampling, *, too_long: Literal["refuse"] = "refuse"
    ) -> list[list[Completion]]: ...
    @overload
    def sample(
        self, prompts: Sequence[Prompt], sampling: Sampling, *, too_long: Literal["skip"]
    ) -> Answers[list[Completion]]: ...

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling, *, too_long: TooLong = "refuse") -> Any:
        """Draw `sampling.n` completions for each prompt, in the order of the prompts.

        Args:
            prompts: strings, or lists of chat messages.
            sampling: how.
            too_long: "skip" leaves None in place of a prompt that does not fit into the context with `max_tokens` after
                it, and counts it in the answer's `skipped`; "refuse" refuses the request.

        Raises:
            InputError: `prompts` is no list, `sampling` no Sampling, or as in `render` and `plan`.
        """
        check_sampling(sampling)
        texts = self.texts(prompts)
        if too_long == "refuse":
            return self.draw(texts, sampling)
        fit = self._fitting(self.lengths(texts), sampling.max_tokens, too_long)
        return _in_place(len(texts), fit, self.draw([texts[index] for index in fit], sampling))

    @overload
    def logprobs(
        self,
        prompts: Sequence[Prompt],
        continuations: Sequence[Sequence[str]],
        *,
        too_long: Literal["refuse"] = "refuse",
    ) -> list[np.ndarray]: ...
    @overload
    def logprobs(
        self, prompts: Sequence[Prompt], continuations: Sequence[Sequence[str]], *, too_long: Literal["skip"]
    ) -> Answers[np.ndarray]: ...

    def logprobs(
        self, prompts: Sequence[Prompt], continuations: Sequence[Sequence[str]], *, too_long: TooLong = "refuse"
    ) -> Any:
        """Total natural-log probability of each continuation after its prompt: one [K_i] float32 array a prompt.

        `too_long` is as in `sample`; a prompt's longest continuation counts.

        Raises:
            InputError: not one list of continuations a prompt, an empty continuation, or a text as in `plan`.
        """
        texts = self.texts(prompts)
        _check_continuations(texts, continuations)
        if too_long == "refuse":
            return self.score(texts, continuations)
        fit = self._fitting(self.lengths(texts, continuations), 0, too_long)
        scores = self.score([texts[index] for index in fit], [continuations[index] for index in fit])
        return _in_place(len(texts), fit, scores)

    def option_scores(
        self, prompts: Sequence[Prompt], options: Sequence[str], *, too_long: TooLong = "refuse"
    ) -> OptionScores:
        """Score single-token options such as " (A)", " (B)" as the next token after each prompt.

        `too_long` is as in `sample`; skipped prompts have NaN in their place.

        Raises:
            InputError: an option is not a single token after a prompt, or a text as in `plan`.
        """
        texts = self.texts(prompts)
        if too_long == "refuse":
            return self.score_options(texts, options)
        fit = self._fitting(self.lengths(texts), 1, too_long)
        scores = self.score_options([texts[index] for index in fit], options)
        return _with_gaps(scores, len(texts), fit)

    def option_scores_by_layer(self, prompts: Sequence[Prompt], options: Sequence[str]) -> OptionScores:
        """Score single-token options after each prompt as each layer would: its state through norm and unembedding.

        Layer 0 is the embedding, the last one the model's own answer (early exit; nostalgebraist 2020, "logit lens").

        Raises:
            InputError: as in `option_scores`, or the engine cannot read layers.
        """
        return self.score_layers(self.texts(prompts), options)

    def draw(self, texts: Sequence[str], sampling: Sampling) -> list[list[Completion]]:
        """Draw `sampling.n` completions for each rendered text: see `sample`."""
        completions: list[list[Completion]] = [[] for _ in texts]
        with Progress("sample", len(texts) * sampling.n, "completion") as bar:
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

    def _fitting(self, lengths: Sequence[int], more: int, too_long: object) -> list[int]:
        """Which texts of these lengths fit into the context with `more` tokens after them."""
        if too_long != "skip":
            raise InputError(f"too_long {too_long!r}: it is one of refuse, skip")
        return [index for index, length in enumerate(lengths) if length + more <= self.context_length]


def check_sampling(sampling: object) -> None:
    """Check that these are settings.

    Raises:
        InputError: they are not.
    """
    if not isinstance(sampling, Sampling):
        raise InputError(f"sampling must be a Sampling, such as Sampling(n=4), got {sampling!r:.80}")


def _check_continuations(texts: Sequence[str], continuations: Sequence[Sequence[str]]) -> None:
    listed = isinstance(continuations, Sequence) and len(continuations) == len(texts)
    if not listed or any(isinstance(several, str) or not isinstance(several, Sequence) for several in continuations):
        raise InputError("continuations must be one list of strings for each prompt")


def _in_place(count: int, fit: Sequence[int], given: Sequence[Answer]) -> Answers[Answer]:
    found = dict(zip(fit, given, strict=True))
    return Answers(found.get(index) for index in range(count))


def _with_gaps(scores: OptionScores, count: int, fit: Sequence[int]) -> OptionScores:
    probabilities = np.full((count, scores.probabilities.shape[1]), np.nan, dtype=np.float32)
    mass = np.full(count, np.nan, dtype=np.float32)
    probabilities[fit], mass[fit] = scores.probabilities, scores.mass
    return replace(scores, probabilities=probabilities, mass=mass, skipped=count - len(fit))


def _problem(details: Any) -> str:
    name = details["loc"][0]
    if details["type"] == "extra_forbidden":
        return f"unknown sampling setting {name!r} (there are: {', '.join(Sampling.model_fields)})"
    return f"{name}: {details['msg']}, got {details['input']!r}"
