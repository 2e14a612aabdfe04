"""What was asked of which model: the part of a row's key that many rows share."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

Kind = Literal["sample", "logprobs", "options", "layers", "lengths", "hidden"]
"""The last two are kept in recordings alone."""


@dataclass(frozen=True)
class Request:
    """A kind of question, the engine's identity and the settings, the last two as canonical JSON."""

    kind: str
    identity: str
    settings: str

    @classmethod
    def of(cls, kind: Kind, identity: Mapping[str, str | int], settings: Mapping[str, Any]) -> "Request":
        """Build the request of an engine; the order of names does not matter."""
        return cls(kind, canonical(identity), canonical(settings))

    @cached_property
    def digest(self) -> bytes:
        """128-bit hash of kind, identity and settings (JSON holds no NUL, so that joining is unambiguous)."""
        return digest("\0".join((self.kind, self.identity, self.settings)).encode())

    @property
    def model(self) -> str:
        """The model's name: Hub id and commit, or folder and digest."""
        return str(json.loads(self.identity).get("model", ""))


def canonical(values: Any) -> str:
    """JSON with sorted names and nothing but ASCII."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"))


def text_bytes(text: str) -> bytes:
    """UTF-8, also of the lone surrogates that a Python string may hold."""
    return text.encode("utf-8", "surrogatepass")


def digest(data: bytes) -> bytes:
    """128-bit BLAKE2 hash."""
    return blake2b(data, digest_size=16).digest()
