"""Fetching the registered files into data/: resumable, checked before they land, refused by name when wrong.

data/ only ever holds verified files, because its lock hashes the whole folder. What is on its way lies beside
it, in .cache/downloads/<path>.part, on the same file system, and one rename brings it in. A part that a kill
or a dropped connection leaves behind is resumed with an HTTP Range request; a part that turns out wrong is
removed, so the next run starts it clean. One bad file does not stop the others, a missing network does: it
would fail every file alike.
"""

import http
import http.client
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from tqdm import tqdm

from common.datasets import copies
from common.datasets.copies import Copy
from common.datasets.registry import Entry, fault
from common.errors import InputError
from common.locks import sole_owner

TIMEOUT_S = 30.0
_CHUNK = 1 << 16


class RefusedError(InputError):
    """One file could not be had, or is not the pinned one; the others may still come."""


class OfflineError(InputError):
    """The network cannot be reached, so no other file will come either."""


def fetch(pins: Collection[Entry], data: Path, mirror: Path | None = None) -> list[str]:
    """Bring every file of `pins` into the folder `data`, from the folder `mirror` where it has it, else by URL.

    Files that are there and verified are left alone; altered ones are fetched again. Returns one line for each
    file refused. Raises OfflineError when the network cannot be reached, InputError when another fetch is running
    or the disk cannot be written. Safe to kill at any moment and to run again.
    """
    with exclusively(data) as downloads:
        return _fetch_wanted(pins, data, downloads, mirror)


def extra_files(pins: Collection[Entry], data: Path) -> list[str]:
    """Paths under `data`, sorted, of files that `pins` does not list."""
    listed = {pin.path for pin in pins}
    found = (file.relative_to(data).as_posix() for file in data.rglob("*") if not file.is_dir())
    return sorted(path for path in found if path not in listed)


@contextmanager
def exclusively(data: Path) -> Iterator[Path]:
    """The folder for what is on its way into `data`, while no other process fetches.

    Raises InputError when another fetch is running, or when the disk cannot be written meanwhile.
    """
    downloads = data.resolve().parent / ".cache" / "downloads"
    try:
        downloads.mkdir(parents=True, exist_ok=True)
        lock = downloads / ".lock"
        with sole_owner(lock, f"another fetch is running (it holds {lock}): wait for it to end"):
            yield downloads
    except OSError as error:
        raise InputError(
            f"cannot store the data ({error}): nothing half-written is in {data}; mend that and run again"
        ) from error


def _fetch_wanted(pins: Collection[Entry], data: Path, downloads: Path, mirror: Path | None) -> list[str]:
    wanted = [pin for pin in pins if fault(data / pin.path, pin)]
    terminal = sys.stderr.isatty()
    refused = []
    total = sum(pin.bytes for pin in wanted)
    with tqdm(total=total, unit="B", unit_scale=True, disable=not terminal, leave=False) as bar:
        for number, pin in enumerate(wanted, start=1):
            try:
                _fetch_one(pin, data / pin.path, downloads / f"{pin.path}.part", mirror, bar)
                line = f"[{number}/{len(wanted)}] data/{pin.path}: fetched, {pin.bytes:,} bytes"
            except RefusedError as error:
                refused.append(str(error))
                line = f"[{number}/{len(wanted)}] {error}"
            bar.write(line, file=sys.stderr)
    return refused


def _fetch_one(pin: Entry, target: Path, part: Path, mirror: Path | None, bar: "tqdm[Any]") -> None:
    part.parent.mkdir(parents=True, exist_ok=True)
    copy = copies.find(mirror, pin.path) if mirror else None
    source = pin.url
    if fault(part, pin):
        if copy:
            source = str(copy.file)
            copy_in(copy, part, pin.path, pin.bytes, bar)
        else:
            download(pin, part, bar)
    _accept(pin, part, target, source)


def _accept(pin: Entry, part: Path, target: Path, source: str) -> None:
    wrong = fault(part, pin)
    if wrong:
        html = is_html(part)
        part.unlink(missing_ok=True)
        what = "the server sent an HTML page, not the data" if html else f"what came {wrong}"
        raise RefusedError(f"data/{pin.path} refused: {what} ({source})")
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(part, target)


def is_html(part: Path) -> bool:
    """Whether a web page came in place of the data."""
    if not part.is_file():
        return False
    with part.open("rb") as stream:
        head = stream.read(512).lstrip().lower()
    return head.startswith((b"<!doctype html", b"<html"))


def copy_in(copy: Copy, part: Path, path: str, most: int, bar: "tqdm[Any]") -> None:
    """Copy a file of the mirror to `part`, unpacked; stops where `most` bytes are passed.

    Raises RefusedError, which names it by its `path` under data/, when it is packed and not whole.
    """
    try:
        with part.open("wb") as writer:
            for chunk in copy.chunks(most):
                writer.write(chunk)
                bar.update(len(chunk))
            _settle(writer)
    except copies.PackingError as error:
        part.unlink()
        raise RefusedError(f"data/{path} refused: {error}: mend the copy in DATA_MIRROR") from error


def download(pin: Entry, part: Path, bar: "tqdm[Any]") -> None:
    """Bring what the URL has into `part`, going on where it ends; stops where the pinned size is passed.

    Raises RefusedError when the server refuses or the connection drops, OfflineError without a network.
    """
    have = part.stat().st_size if part.is_file() else 0
    if have >= pin.bytes:
        part.unlink()
        have = 0
    try:
        response = _open(pin, have)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
            raise RefusedError(f"data/{pin.path} refused: the server answered {error.code} ({pin.url})") from None
        part.unlink()
        return download(pin, part, bar)
    with response:
        resumes = response.status == http.HTTPStatus.PARTIAL_CONTENT
        with part.open("ab" if resumes else "wb") as writer:
            bar.update(writer.tell())
            _receive(response, writer, pin, bar)
            _settle(writer)


def _open(pin: Entry, have: int) -> Any:
    request = urllib.request.Request(pin.url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        return urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError:
        raise
    except (urllib.error.URLError, TimeoutError) as error:
        raise _offline(pin, error) from error
    except (OSError, http.client.HTTPException) as error:
        raise _dropped(pin, str(error)) from error


def _receive(response: Any, writer: IO[bytes], pin: Entry, bar: "tqdm[Any]") -> None:
    """Write what comes as it comes, so that a kill loses nothing; stop where the pinned size is passed."""
    announced = response.length
    start = writer.tell()
    for chunk in _chunks(response, pin):
        writer.write(chunk)
        writer.flush()
        bar.update(len(chunk))
        if writer.tell() > pin.bytes:
            return
    if announced is not None and writer.tell() - start < announced:
        raise _dropped(pin, f"{writer.tell():,} of {start + announced:,} bytes are here")


def _chunks(response: Any, pin: Entry) -> Iterator[bytes]:
    try:
        while chunk := response.read1(_CHUNK):
            yield chunk
    except TimeoutError as error:
        raise _offline(pin, error) from error
    except (OSError, http.client.HTTPException) as error:
        raise _dropped(pin, str(error)) from error


def _settle(writer: IO[bytes]) -> None:
    writer.flush()
    os.fsync(writer.fileno())


def _dropped(pin: Entry, detail: str) -> RefusedError:
    return RefusedError(f"data/{pin.path} not fetched: the connection dropped ({detail}): run again to resume")


def _offline(pin: Entry, error: OSError) -> OfflineError:
    reason = getattr(error, "reason", error)
    host = urlsplit(pin.url).netloc
    return OfflineError(
        f"cannot reach {host} for data/{pin.path} ({reason}): "
        "the data needs the network, or DATA_MIRROR=<folder that holds the files>"
    )
