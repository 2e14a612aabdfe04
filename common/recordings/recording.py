"""What one model said in one experiment on one task: `recordings/<subject>/<paper>-<experiment>-<task>/`.

`meta.json` names the model and how it was asked, and every part by its hash. Parts are only ever added. A file that
meta.json does not name is what a killed process left; the next part takes its place.
"""

import hashlib
import json
import platform
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from common.completions import Completion
from common.engines.prompts import Codec
from common.errors import InputError
from common.files import write_whole
from common.locks import sole_owner
from common.models import registry
from common.recordings import META, parts
from common.store import Request
from common.store.store import ScoreKey
from common.subjects import Subject

SCHEMA = 1
"""Raised by hand whenever older parts could not be read any more."""


class Computing(Protocol):
    """An engine that has its model at hand."""

    identity: Mapping[str, str | int]
    context_length: int
    codec: Codec


class Recording:
    """One folder, checked and in memory.

    Args:
        folder: of the recording.

    Raises:
        InputError: no recording of this schema, or a part that is missing or not as it was written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._completions: dict[tuple[str, bytes], dict[int, parts.Row]] = {}
        self._scores: dict[tuple[str, bytes, bytes], parts.Row] = {}
        self.meta: dict[str, Any] = {"parts": {}}
        self._read()

    @classmethod
    def begin(cls, folder: Path, subject: Subject, engine: Computing) -> Self:
        """Begin the recording of a model that is here."""
        folder.mkdir(parents=True, exist_ok=True)
        registered = registry.load_registry().get(subject.model)
        meta = {
            "schema": SCHEMA,
            "subject": subject.id,
            "licence": registered.licence if registered else "not known",
            "identity": dict(engine.identity),
            "context_length": engine.context_length,
            "chat_template": engine.codec.tokenizer.chat_template or "",
            "chat_template_sha256": _template_hash(engine),
            "special_tokens": {name: str(one) for name, one in engine.codec.tokenizer.special_tokens_map.items()},
            "requests": {},
            "parts": {},
        }
        write_whole(folder / META, json.dumps(meta, indent=1) + "\n")
        return cls(folder)

    @property
    def digest(self) -> str:
        """SHA-256 of meta.json, which has those of all parts."""
        return _sha256(self.folder / META)

    def check(self, engine: Computing) -> None:
        """Refuse an engine that computes something else than what was recorded.

        Raises:
            InputError: another model, dtype, backend or template.
        """
        recorded = {**self.meta["identity"], "chat template": self.meta["chat_template_sha256"]}
        here = {**engine.identity, "chat template": _template_hash(engine)}
        if other := [name for name in {**recorded, **here} if recorded.get(name) != here.get(name)]:
            raise InputError(
                f"{self.folder}: recorded with {other[0]} {recorded.get(other[0])!r}, here it is "
                f"{here.get(other[0])!r}: remove the folder to record anew, or bring back what was recorded"
            )

    def completions(self, request: Request, texts: Collection[str], n: int) -> dict[str, list[Completion]]:
        """The first `n` completions of each prompt; prompts that lack any of them are left out."""
        found = {text: self._completions.get((request.digest.hex(), parts.of_text(text)), {}) for text in texts}
        return {
            text: [parts.completion(rows[sample]) for sample in range(n)]
            for text, rows in found.items()
            if all(sample in rows for sample in range(n))
        }

    def scores(self, request: Request, keys: Collection[ScoreKey]) -> dict[ScoreKey, np.ndarray]:
        """Scores, one float32 array a key; keys that were not recorded are left out."""
        named = {key: (request.digest.hex(), parts.of_text(key[0]), parts.of_list(key[1])) for key in keys}
        return {key: parts.scores(self._scores[name]) for key, name in named.items() if name in self._scores}

    def append(self, requests: Mapping[str, Request], rows: Sequence[parts.Row], versions: Mapping[str, str]) -> None:
        """Write what is not there yet as one more part.

        Args:
            requests: by digest, those that the rows belong to.
            rows: of `parts.completion_row` and `parts.score_row`.
            versions: of the libraries that computed them.

        Raises:
            InputError: another process is writing a part.
        """
        with sole_owner(self.folder / ".lock", f"{self.folder}: another process is recording: wait for it"):
            self._read()
            new = list({_key(row): row for row in rows if not self._has(row)}.values())  # asked twice, kept once
            if not new:
                return
            name = f"part-{len(self.meta['parts']):03}.parquet"
            parts.write(self.folder / name, new)
            said = {key: {"kind": one.kind, "settings": json.loads(one.settings)} for key, one in requests.items()}
            part = {
                "sha256": _sha256(self.folder / name),
                "rows": len(new),
                "versions": dict(versions),
                "processor": _processor(),
            }
            meta = self.meta | {
                "requests": self.meta["requests"] | said,
                "parts": self.meta["parts"] | {name: part},
            }
            write_whole(self.folder / META, json.dumps(meta, indent=1) + "\n")
            self._read()

    def _read(self) -> None:
        """Read meta.json, and what parts it names that were not read yet."""
        meta = _meta(self.folder)
        for name, part in meta["parts"].items():
            if name not in self.meta["parts"]:
                _check(self.folder / name, part["sha256"])
                for row in parts.read(self.folder / name):
                    self._add(row)
        self.meta = meta

    def _add(self, row: parts.Row) -> None:
        if row["kind"] == "sample":
            self._completions.setdefault((row["request"], row["prompt"]), {})[row["sample"]] = row
        else:
            self._scores[row["request"], row["prompt"], row["scored"]] = row

    def _has(self, row: parts.Row) -> bool:
        if row["kind"] == "sample":
            return row["sample"] in self._completions.get((row["request"], row["prompt"]), {})
        return (row["request"], row["prompt"], row["scored"]) in self._scores


def _key(row: parts.Row) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in ("request", "prompt", "sample", "scored"))


def _template_hash(engine: Computing) -> str:
    return hashlib.sha256((engine.codec.tokenizer.chat_template or "").encode()).hexdigest()


def _processor() -> str:
    import torch  # whoever replays needs none

    return f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()}"


def _meta(folder: Path) -> dict[str, Any]:
    file = folder / META
    try:
        meta: dict[str, Any] = json.loads(file.read_text())
        schema = meta["schema"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file}: no recording can be read from it: git has it as it was committed") from error
    if schema != SCHEMA:
        raise InputError(f"{file}: recorded in schema {schema}, this code reads {SCHEMA}: use the code that wrote it")
    return meta


def _check(file: Path, sha256: str) -> None:
    if not file.is_file():
        raise InputError(f"{file} is missing: `git checkout` brings back what was recorded")
    if _sha256(file) != sha256:
        raise InputError(f"{file} is not as it was recorded: `git checkout` brings it back")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
