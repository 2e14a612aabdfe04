"""Files that are fetched only when asked for, and pinned by their first use.

For data of which only the address at one upstream commit was known when the code was written. The first fetch writes
size and hash of each file to data_on_demand/first_use.json; from then on it is pinned like any file of the registry:
verified whenever it is opened, fetched again where altered, refused where something else comes. Such files are JSON
lines; a first fetch refuses what is empty, oversized, a web page, or ends in the middle of a line.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from common.datasets import copies, fetch, registry
from common.datasets.fetch import RefusedError
from common.datasets.registry import Entry

MOST_BYTES = 1 << 26
"""More than this is no file of the kind that is expected here."""
BATCH = 64
"""Pins are written this many files at a time; a kill in between costs fetching those again."""


@dataclass(frozen=True)
class Source:
    """What is known of a file before its first use: `path` under data_on_demand/, upstream `url`, licence."""

    path: str
    url: str
    licence: str


def missing(sources: Sequence[Source]) -> list[Source]:
    """The sources that were never fetched, or whose files are gone."""
    folder, pins = registry.on_demand_folder(), registry.first_uses()
    return [source for source in sources if source.path not in pins or not (folder / source.path).is_file()]


def fetch_sources(sources: Sequence[Source], mirror: Path | None = None) -> list[str]:
    """Bring every file of `sources` into data_on_demand/, from the folder `mirror` where it has it, else by URL.

    Returns one line for each file refused. Raises what `fetch.fetch` raises. Safe to kill and to run again.
    """
    folder, pins = registry.on_demand_folder(), dict(registry.first_uses())
    new = [source for source in sources if source.path not in pins]
    refused = fetch.fetch([pins[source.path] for source in sources if source.path in pins], folder, mirror)
    with fetch.exclusively(folder) as downloads, _progress(len(new)) as bar:
        for start in range(0, len(new), BATCH):
            refused += _fetch_batch(new[start : start + BATCH], pins, downloads, mirror, bar)
    return refused


def _fetch_batch(
    batch: Sequence[Source], pins: dict[str, Entry], downloads: Path, mirror: Path | None, bar: "tqdm[Any]"
) -> list[str]:
    refused = []
    try:
        for source in batch:
            try:
                pins[source.path] = _first_use(source, downloads, mirror)
            except RefusedError as error:
                refused.append(str(error))
            bar.update()
    finally:
        if pins:
            _write(pins)
    return refused


def _progress(files: int) -> "tqdm[Any]":
    return tqdm(total=files, unit="file", disable=not sys.stderr.isatty(), leave=False)


def _first_use(source: Source, downloads: Path, mirror: Path | None) -> Entry:
    part, target = downloads / f"{source.path}.part", registry.on_demand_folder() / source.path
    part.parent.mkdir(parents=True, exist_ok=True)
    copy = copies.find(mirror, source.path) if mirror else None
    with tqdm(disable=True) as silent:
        if copy:
            fetch.copy_in(copy, part, source.path, MOST_BYTES, silent)
        else:
            fetch.download(Entry(source.path, source.url, "", MOST_BYTES, 0, source.licence), part, silent)
    pin = _pin(source, part)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(part, target)
    return pin


def _pin(source: Source, part: Path) -> Entry:
    content = part.read_bytes()
    if wrong := _fault(content, fetch.is_html(part)):
        part.unlink()
        raise RefusedError(f"data_on_demand/{source.path} refused: {wrong} ({source.url})")
    digest = hashlib.sha256(content).hexdigest()
    return Entry(source.path, source.url, digest, len(content), content.count(b"\n"), source.licence)


def _fault(content: bytes, html: bool) -> str | None:
    if html:
        return "the server sent an HTML page, not the data"
    if len(content) > MOST_BYTES:
        return f"more than {MOST_BYTES:,} bytes came"
    return None if content.endswith(b"\n") else "what came is empty or ends in the middle of a line"


def _write(pins: Mapping[str, Entry]) -> None:
    file = registry.on_demand_folder() / "first_use.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name("first_use.json.partial")
    partial.write_text(json.dumps([asdict(pins[path]) for path in sorted(pins)], indent=1) + "\n")
    os.replace(partial, file)
