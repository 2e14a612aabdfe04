"""The registry of public files, and the one door through which the project opens them.

`locate` hands out a path only after size and SHA-256 agree with the pin, so what a loader reads is what the
registry names. A file is hashed once a process: the answer is kept under (path, mtime, size) and a change on
disk asks for a new hash. `used` lists what has been handed out, for the provenance of a run.

Files that are fetched only when asked for (see `on_demand`) lie in a folder beside data/, whose lock does not cover
them, and are pinned by first_use.json, which their first fetch writes.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import TypeAdapter

from common import paths
from common.datasets import copies
from common.datasets.copies import Copy
from common.errors import InputError

REGISTRY = Path(__file__).with_name("registry.yaml")
_MEND = "mend the copy in DATA_MIRROR, or unset it and run `make data`"

_hashes: dict[tuple[Path, int, int], str] = {}
_used: dict[str, str] = {}


class DataUnavailableError(InputError):
    """A registered file is neither in data/ nor in DATA_MIRROR."""


@dataclass(frozen=True)
class Entry:
    """One pinned file: `path` under data/, upstream `url`, `sha256` in hex, size in `bytes`, `rows` (records)."""

    path: str
    url: str
    sha256: str
    bytes: int
    rows: int
    licence: str


def load_registry() -> Mapping[str, Entry]:
    """Every pinned file, keyed by its path under data/, in the order of registry.yaml."""
    return _parse(REGISTRY)


@cache
def _parse(file: Path) -> Mapping[str, Entry]:
    rows = TypeAdapter(list[Entry]).validate_python(yaml.safe_load(file.read_text(encoding="utf-8"))["files"])
    return MappingProxyType({row.path: row for row in rows})


def on_demand_folder() -> Path:
    """Where files lie that are fetched only when asked for: data_on_demand/, beside data/."""
    return paths.DATA.with_name(f"{paths.DATA.name}_on_demand")


def first_uses() -> Mapping[str, Entry]:
    """Pins that a first fetch wrote, keyed by path under `on_demand_folder`; none before."""
    file = on_demand_folder() / "first_use.json"
    return _parse_first_uses(file, file.stat().st_mtime_ns) if file.is_file() else {}


@cache
def _parse_first_uses(file: Path, _changed: int) -> Mapping[str, Entry]:
    rows = TypeAdapter(list[Entry]).validate_json(file.read_bytes())
    return MappingProxyType({row.path: row for row in rows})


def entry(path: str) -> Entry:
    """The pin of one file, `path` as in registry.yaml or in first_use.json.

    Raises InputError when neither lists it.
    """
    pin = load_registry().get(path) or first_uses().get(path)
    if pin is None:
        raise InputError(f"data/{path} is not in the registry: see common/datasets/registry.yaml")
    return pin


def mirror() -> Path | None:
    """The folder that DATA_MIRROR names, laid out like data/; None when it is not set.

    Raises InputError when DATA_MIRROR is set to something that is not a folder.
    """
    name = os.environ.get("DATA_MIRROR")
    if not name:
        return None
    folder = Path(name).absolute()
    if not folder.is_dir():
        raise InputError(f"DATA_MIRROR={name} is not a folder: point it at a copy of the data, or unset it")
    return folder


def fault(file: Path, pin: Entry) -> str | None:
    """What keeps `file` from being the pinned one, as the end of a sentence; None when it is that file."""
    if not file.is_file():
        return "is not here"
    size = file.stat().st_size
    if size != pin.bytes:
        return f"has {size:,} bytes, {pin.bytes:,} expected"
    found = _sha256(file)
    if found != pin.sha256:
        return f"has SHA-256 {found[:12]}..., {pin.sha256[:12]}... expected"
    return None


def _sha256(file: Path) -> str:
    stat = file.stat()
    key = (file.absolute(), stat.st_mtime_ns, stat.st_size)
    if key not in _hashes:
        with file.open("rb") as stream:
            _hashes[key] = hashlib.file_digest(stream, "sha256").hexdigest()
    return _hashes[key]


def locate(path: str) -> Path:
    """The local file of one registry entry: data/`path`, or the same path in DATA_MIRROR, used in place.

    What the mirror holds packed (`path`.xz) is unpacked once, into .cache/unpacked/ beside data/.

    Raises DataUnavailableError when neither holds it, and InputError when the one found is not the pinned file.
    """
    pin, pinned = entry(path), path in load_registry()
    file = (paths.DATA if pinned else on_demand_folder()) / path
    remedy = f"delete it and run `make {'data' if pinned else 'on-demand'}`"
    if not file.is_file():
        file, remedy = _in_mirror(pin), _MEND
    wrong = fault(file, pin)
    if wrong:
        raise InputError(f"{file} {wrong}: {remedy}")
    _used[path] = pin.sha256
    return file


def _in_mirror(pin: Entry) -> Path:
    folder = mirror()
    copy = copies.find(folder, pin.path) if folder else None
    if copy is None:
        raise DataUnavailableError(
            f"data/{pin.path} is not here: run `make data` (needs the network, or DATA_MIRROR=<folder>)"
        )
    return _unpacked(copy, pin) if copy.packed else copy.file


def _unpacked(copy: Copy, pin: Entry) -> Path:
    target = paths.DATA.resolve().parent / ".cache" / "unpacked" / pin.path
    if fault(target, pin) is None:
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _unpack(copy, pin, target)
    except copies.PackingError as error:
        raise InputError(f"{error}: {_MEND}") from error
    except OSError as error:
        raise InputError(f"cannot unpack {copy.file} ({error}): mend that and run again") from error
    return target


def _unpack(copy: Copy, pin: Entry, target: Path) -> None:
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")  # several processes may unpack at once
    try:
        with partial.open("wb") as writer:
            writer.writelines(copy.chunks(pin.bytes))
        if wrong := fault(partial, pin):
            raise InputError(f"{copy.file}, unpacked, {wrong}: {_MEND}")
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def note(file: Path) -> None:
    """Count a file that a user gave, and nothing pins, among the used ones."""
    inside = file.is_relative_to(paths.ROOT)
    _used[(file.relative_to(paths.ROOT) if inside else file).as_posix()] = _sha256(file)


def used() -> dict[str, str]:
    """Path and SHA-256 of every file this process has opened through `locate` or counted by `note`, sorted by path.

    Files fetched on demand come in hundreds: one line a folder (two levels deep), with the hash of their hashes.
    """
    on_demand = first_uses()
    found = {path: sha256 for path, sha256 in _used.items() if path not in on_demand}
    others = sorted(path for path in _used if path in on_demand)
    for folder, inside in groupby(others, lambda path: "/".join(path.split("/")[:2])):
        files = list(inside)
        digest = hashlib.sha256("".join(f"{_used[path]}  {path}\n" for path in files).encode())
        found[f"{folder} ({len(files)} files)"] = digest.hexdigest()
    return dict(sorted(found.items()))
