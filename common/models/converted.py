"""The cache of converted models: folders that transformers loads, each with a source.json that says what it is made of.

A folder is made under another name and takes its place when it is whole, so one that is there is complete. What
can happen to it later is told from source.json, which is small, rather than from gigabytes of weights.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from common import paths
from common.errors import InputError
from common.locks import sole_owner

CONVERT = 1
"""Raised by hand when the conversion comes to give other weights, tokens or end tokens; part of a model's identity."""

RECORD = "source.json"
WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Source:
    """What a folder was made from: the GGUF file, the conversion's number, and the size its weights then had."""

    name: str
    sha256: str
    bytes: int
    licence: str | None
    convert: int
    weights: int


def cache() -> Path:
    """The folder of converted models: the one MODELS_CACHE names, or .cache/models."""
    return Path(os.environ.get("MODELS_CACHE") or paths.ROOT / ".cache" / "models").absolute()


def fault(folder: Path, sha256: str) -> str | None:
    """What keeps `folder` from being the present conversion of that GGUF file, as the end of a sentence; or None."""
    if not folder.is_dir():
        return "is not here"
    try:
        source = TypeAdapter(Source).validate_json((folder / RECORD).read_bytes())
        size = (folder / WEIGHTS).stat().st_size
    except (OSError, ValidationError):
        return f"is damaged: {RECORD} or {WEIGHTS} cannot be read"
    if source.sha256 != sha256:
        return f"was made from another GGUF file, {source.sha256[:12]}..., {sha256[:12]}... expected"
    if source.convert != CONVERT:
        return f"was made by conversion {source.convert}, {CONVERT} is current"
    if size != source.weights:
        return f"is damaged: {WEIGHTS} has {size:,} bytes, {source.weights:,} expected"
    return None


def identity(name: str, sha256: str) -> str:
    """What names the model in results: the GGUF file and the conversion, whichever library versions read them."""
    return f"{name}@gguf:{sha256}+convert{CONVERT}"


@contextmanager
def exclusively() -> Iterator[Path]:
    """The folder for what is on its way into the cache, while no other process brings anything in.

    Raises:
        InputError: another process does, or the disk cannot be written meanwhile.
    """
    downloads = cache() / ".downloads"
    try:
        downloads.mkdir(parents=True, exist_ok=True)
        lock = downloads / ".lock"
        with sole_owner(lock, f"another process fetches or converts a model (it holds {lock}): wait for it to end"):
            yield downloads
    except OSError as error:
        raise InputError(
            f"cannot store the model ({error}): mend that, or set MODELS_CACHE to a folder elsewhere, and run again"
        ) from error
