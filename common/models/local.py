"""Models named by a registered name or by the path of a GGUF file: where their folder is, and what identifies them."""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

from common.errors import InputError
from common.models import converted, registry, room


class Local(NamedTuple):
    """A converted model: its folder, what names it in results, and the dtype it is computed in where one is fixed."""

    folder: Path
    identity: str
    dtype: str | None


def resolve(model: str | Path) -> Local | None:
    """Find the folder of a registered name, or of a GGUF file, which is converted when first used.

    None for anything else, such as a folder or a Hub id; a folder that has a registered name is that folder.

    Raises:
        InputError: the model is not here, or not as its present conversion has it, or the file cannot be converted.
    """
    if not isinstance(model, str | Path) or Path(model).is_dir():
        return None
    if Path(model).suffix == ".gguf":
        return _from_file(Path(model).absolute())
    known = registry.load_registry()
    return _from_registry(known[model]) if isinstance(model, str) and model in known else None


def _from_registry(entry: registry.Entry) -> Local:
    folder = converted.cache() / entry.name
    wrong = converted.fault(folder, entry.sha256)
    if wrong:
        accept = " --accept-terms" if entry.terms else ""
        raise InputError(f"{entry.name} {wrong}: run `python -m common.models fetch {entry.name}{accept}`")
    return Local(folder, converted.identity(entry.name, entry.sha256), entry.dtype)


def _from_file(gguf: Path) -> Local:
    if not gguf.is_file():
        raise InputError(f"{gguf}: no such file")
    sha256 = _sha256(gguf)
    folder = converted.cache() / f"gguf-{sha256[:16]}"
    if converted.fault(folder, sha256):
        from common.models.convert import convert  # slow to import, and seldom needed

        with converted.exclusively():
            seconds = room.seconds(gguf.stat().st_size)
            print(f"{gguf}: converting into {folder}, once; about {seconds} s", file=sys.stderr, flush=True)
            convert(gguf, folder, gguf.stem, sha256, None)
    return Local(folder, converted.identity(gguf.stem, sha256), None)


def _sha256(gguf: Path) -> str:
    """The file's SHA-256; known from last time where path, size and time of change are still the same."""
    notes = converted.cache() / "hashes.json"
    stat = gguf.stat()
    key = f"{gguf} {stat.st_size} {stat.st_mtime_ns}"
    known: dict[str, str] = json.loads(notes.read_bytes()) if notes.is_file() else {}
    if key not in known:
        with gguf.open("rb") as stream:
            known[key] = hashlib.file_digest(stream, "sha256").hexdigest()
        notes.parent.mkdir(parents=True, exist_ok=True)
        new = notes.with_name(f"{notes.name}.{os.getpid()}")
        new.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        os.replace(new, notes)
    return known[key]
