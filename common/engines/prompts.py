"""From prompts to token ids and back, the same for every backend.

A rendered text alone decides its token ids, so a chat prompt and the same text given as a string are one prompt.
A text that begins with the tokenizer's BOS (most chat templates write it out) gets no second one.
"""

import hashlib
import json
import reprlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from operator import eq
from typing import Any

import numpy as np
from jinja2 import TemplateError
from jinja2.meta import find_undeclared_variables
from tokenizers.models import WordLevel
from transformers.utils.chat_template_utils import _compile_jinja_template

from common.engines.base import Prompt
from common.errors import InputError

GIVEN = {"messages", "add_generation_prompt", "continue_final_message", "raise_exception", "strftime_now"}
"""What every chat template is given, beside special tokens such as `bos_token`: no switches."""


class Codec:
    """A tokenizer seen through what engines need.

    Args:
        tokenizer: one of transformers.
        template: switches of its chat template, such as {"enable_thinking": False}.

    Raises:
        InputError: the template knows no such switch.
    """

    def __init__(self, tokenizer: Any, template: Mapping[str, Any] | None = None) -> None:
        self.tokenizer = tokenizer
        self.template = dict(template or {})
        _check_switches(self.template, tokenizer)
        backend = getattr(tokenizer, "backend_tokenizer", None)
        self._of_words = backend is not None and isinstance(backend.model, WordLevel)
        self._split = lru_cache(maxsize=4096)(self._split_line)
        self._may_end: dict[tuple[tuple[str, ...], int], np.ndarray] = {}

    def switches(self) -> dict[str, str]:
        """The template's switches as a part of the engine's identity; nothing where there are none."""
        return {"template": json.dumps(self.template, sort_keys=True)} if self.template else {}

    def render(self, prompt: Prompt) -> str:
        """Give a string as it is, and messages through the chat template, ready for the assistant's turn.

        Raises:
            InputError: messages, and there is no chat template or it refuses them; or neither string nor messages.
        """
        if isinstance(prompt, str):
            return prompt
        listed = isinstance(prompt, Sequence) and len(prompt) > 0 and all(isinstance(part, Mapping) for part in prompt)
        if not listed or any(not isinstance(part.get(key), str) for part in prompt for key in ("role", "content")):
            raise InputError(
                f"a prompt is a string, or messages that each have role and content as strings; got {prompt!r:.80}"
            )
        if not self.tokenizer.chat_template:
            raise InputError("this model has no chat template: give the prompt as one string")
        try:
            messages = [dict(message) for message in prompt]
            text = self.tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True, **self.template
            )
        except (TemplateError, TypeError) as error:
            raise InputError(f"the model's chat template refuses these messages: {error}") from error
        return str(text)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Turn each text into its token ids, the tokenizer's special tokens among them.

        Raises:
            InputError: a text without any token, or with a word that a closed vocabulary lacks.
        """
        bos = self.tokenizer.bos_token
        begun = [bool(bos) and text.startswith(bos) for text in texts]
        bare = iter(self._tokens([text for text, has in zip(texts, begun, strict=True) if has], special=False))
        full = iter(self._tokens([text for text, has in zip(texts, begun, strict=True) if not has], special=True))
        encoded = [next(bare if has else full) for has in begun]
        if empty := [index for index, ids in enumerate(encoded) if not ids]:
            raise InputError(f"prompt {texts[empty[0]]!r} has no tokens: a prompt needs at least one")
        return encoded

    def lengths(self, texts: Sequence[str], continuations: Sequence[Sequence[str]] | None = None) -> list[int]:
        """Tokens of each text, with those of the longest of its continuations."""
        encoded = self.encode(texts)
        after = self.following(texts, encoded, continuations) if continuations else [[]] * len(texts)
        return [len(ids) + max(map(len, several), default=0) for ids, several in zip(encoded, after, strict=True)]

    def following(
        self, texts: Sequence[str], encoded: Sequence[Sequence[int]], continuations: Sequence[Sequence[str]]
    ) -> list[list[list[int]]]:
        """Token ids of each text's continuations: see `continuation`."""
        return [
            [self.continuation(text, ids, continuation) for continuation in several]
            for text, ids, several in zip(texts, encoded, continuations, strict=True)
        ]

    def continuation(self, text: str, ids: Sequence[int], continuation: str) -> list[int]:
        """Token ids of a continuation after a text with the token ids `ids` (as `encode` gave them).

        They are what follows the text's tokens in text + continuation, as the model would write and read it. A
        vocabulary of whole words has no merges: there a continuation is words of its own, as such a model is taught.

        Raises:
            InputError: no string, or one without any token, or with a word that a closed vocabulary lacks; or the two
                merge: text + continuation does not begin with the text's tokens, so a score after these would be that
                of something the model never writes.
        """
        if not isinstance(continuation, str):
            raise InputError(f"continuation or option {continuation!r:.80} must be a string")
        found = self._after_last_line(text, ids, continuation)
        if found is None and self._of_words:
            found = self._tokens([continuation], special=False)[0]
        if found is None:
            joined = self.encode([text + continuation])[0]
            if joined[: len(ids)] != list(ids):
                raise InputError(self._merged(ids, joined, continuation))
            found = joined[len(ids) :]
        if not found:
            raise InputError(f"continuation {continuation!r} has no tokens: it needs at least one")
        return found

    def option_ids(self, text: str, ids: Sequence[int], options: Sequence[str]) -> list[int]:
        """Token id of each one-token option after a text with the token ids `ids`.

        Raises:
            InputError: no options, an option that is not a single token here, or two options with one token.
        """
        if isinstance(options, str) or not isinstance(options, Sequence) or not options:
            raise InputError(f"options must be a list of one or more strings, got {options!r}")
        found: dict[int, str] = {}
        for option in options:
            tokens = self.continuation(text, ids, option)
            if len(tokens) != 1:
                pieces = self.tokenizer.convert_ids_to_tokens(tokens)
                raise InputError(f"option {option!r} must be a single token after the prompt, it is {pieces}")
            if tokens[0] in found:
                raise InputError(f"options {found[tokens[0]]!r} and {option!r} are the same token: drop one")
            found[tokens[0]] = option
        return list(found)

    def decode(self, ids: Sequence[int], generated: Sequence[int]) -> str:
        """Text of generated tokens after a prompt with the token ids `ids`, special tokens left out."""
        anchor = list(ids[-1:])  # some decoders drop a leading space, but only that of the first token
        return self._text([*anchor, *generated])[len(self._text(anchor)) :]

    def may_end(self, stop: tuple[str, ...], vocabulary: int) -> np.ndarray:
        """[vocabulary] bool: tokens whose text could complete a stop string. All others surely do not."""
        if not stop:
            return np.zeros(vocabulary, dtype=bool)
        if (stop, vocabulary) not in self._may_end:
            pairs = [[token, token] for token in range(vocabulary)]  # the second is written with its leading space
            texts = self.tokenizer.batch_decode(pairs, skip_special_tokens=True, clean_up_tokenization_spaces=False)
            last = {*(string[-1] for string in stop), "\ufffd"}  # a character may be split over tokens
            self._may_end[stop, vocabulary] = np.array([not last.isdisjoint(text) for text in texts])
        return self._may_end[stop, vocabulary]

    def _merged(self, ids: Sequence[int], joined: Sequence[int], continuation: str) -> str:
        same = sum(takewhile(bool, map(eq, ids, joined)))
        alone, together = (self.tokenizer.convert_ids_to_tokens(list(part)) for part in (ids[same:], joined[same:]))
        return (
            f"continuation or option {continuation!r:.80} merges with the prompt's end, which is {alone} alone and "
            f"{together[:8]} with it: end the prompt earlier and begin what follows with the rest of it"
        )

    def _text(self, ids: list[int]) -> str:
        text = self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return str(text)

    def _after_last_line(self, text: str, ids: Sequence[int], continuation: str) -> list[int] | None:
        """The same from the last line alone, which is much cheaper; None where its tokens do not end the text's."""
        split = self._split(text[text.rstrip().rfind("\n") + 1 :], continuation)
        if split is None or list(ids[-len(split[0]) :]) != split[0]:
            return None
        return split[1]

    def _split_line(self, line: str, continuation: str) -> tuple[list[int], list[int]] | None:
        before, joined = self._tokens([line, line + continuation], special=False)
        own = before and joined[: len(before)] == before
        return (before, joined[len(before) :]) if own else None

    def _tokens(self, texts: list[str], *, special: bool) -> list[list[int]]:
        if not texts:
            return []
        try:
            encoded = self.tokenizer(texts, add_special_tokens=special, return_attention_mask=False)
        except Exception as error:  # tokenizers raises a bare Exception where a word-level vocabulary lacks a word
            _check_characters(texts)
            if missing := self._missing(texts):
                raise InputError(f"the model's vocabulary lacks {', '.join(map(repr, missing))}: reword it") from error
            raise
        return [list(ids) for ids in encoded["input_ids"]]

    def _missing(self, texts: list[str]) -> list[str]:
        """Words of these texts that a word-level vocabulary without an unknown-word token lacks."""
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        if backend is None or backend.pre_tokenizer is None:
            return []
        vocabulary = backend.get_vocab()
        words = (word for text in texts for word, _ in backend.pre_tokenizer.pre_tokenize_str(text))
        return list(dict.fromkeys(word for word in words if word not in vocabulary))


def _check_switches(template: Mapping[str, Any], tokenizer: Any) -> None:
    if not template:
        return
    if not tokenizer.chat_template:
        raise InputError(f"template {dict(template)}: this model has no chat template, so leave the switches out")
    environment = _compile_jinja_template(tokenizer.chat_template).environment  # it has tags of its own
    named = find_undeclared_variables(environment.parse(tokenizer.chat_template))
    known = {name for name in named if name not in GIVEN and not name.endswith("_token")}
    if unknown := sorted(set(template) - known):
        there = f"it knows {', '.join(sorted(known))}" if known else "it knows none"
        raise InputError(f"template: the model's chat template has no switch {', '.join(unknown)} ({there})")


def _check_characters(texts: Sequence[str]) -> None:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        raise InputError(f"a text holds {error.object[error.start]!a}, half a character: replace it") from error


def check_lengths(
    texts: Sequence[str], encoded: Sequence[Sequence[int]], context_length: int, more: int | Sequence[int]
) -> None:
    """Check that every prompt, with `more` tokens after it (or so many after each), fits into the context.

    Raises:
        InputError: one does not.
    """
    following = [more] * len(encoded) if isinstance(more, int) else more
    for text, ids, after in zip(texts, encoded, following, strict=True):
        if len(ids) + after > context_length:
            raise InputError(  # no number: a caller may have asked for more prompts than came here
                f"prompt {reprlib.repr(text)} has {len(ids)} tokens, with {after} more {len(ids) + after}: "
                f"too many for the model's context of {context_length}, shorten it or what follows"
            )


def cut(text: str, stop: Sequence[str]) -> str | None:
    """Cut the text before the first stop string in it; None if there is none."""
    found = [at for at in map(text.find, stop) if at >= 0]
    return text[: min(found)] if found else None


def draw_key(seed: int, text: str, sample: int) -> int:
    """A 128-bit key of the random stream for one draw: sample number `sample` of the rendered prompt `text`."""
    named = f"{seed}:{sample}:".encode() + text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(named, digest_size=16).digest(), "little")
