"""What a headless run is doing, told while it runs: the cell at work, and what its code says of its progress.

The kernel writes its open bars to a file (`common.progress`), papermill saves the notebook whenever a cell begins;
both are read here, in a thread of the runner. On a terminal one line is kept up to date, elsewhere a line is written
every half minute.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from common import progress

_LOOK = 1.0
"""Seconds between two looks on a terminal."""


@contextmanager
def told(notebook: Path, bars: Path) -> Iterator[None]:
    """Tell of a run on stderr until the block ends.

    Args:
        notebook: where papermill saves the notebook that runs.
        bars: where the kernel writes its open bars.
    """
    ended, terminal = threading.Event(), sys.stderr.isatty()
    watcher = threading.Thread(target=_watch, args=(notebook, bars, ended, terminal), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        if terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _watch(notebook: Path, bars: Path, ended: threading.Event, terminal: bool) -> None:
    began = time.monotonic()
    while not ended.wait(_LOOK if terminal else progress.EVERY):
        text = now(notebook, bars, time.monotonic() - began)
        with suppress(OSError):  # a terminal that was closed ends no run
            if terminal:
                width = (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1
                print(f"\r\x1b[K{text[:width]}", end="", file=sys.stderr, flush=True)
            else:
                print(text, file=sys.stderr, flush=True)


def now(notebook: Path, bars: Path, seconds: float) -> str:
    """What a run that began so many seconds ago is doing now, in one line."""
    doing = [f"{notebook.name}: {_cell(notebook)}"]
    with suppress(OSError, ValueError):  # nothing to tell yet
        if states := json.loads(bars.read_text()):
            since = max(time.time() - bars.stat().st_mtime, 0.0)
            doing.append(progress.line([state | {"seconds": state["seconds"] + since} for state in states]))
    return f"{', '.join(doing)}; {progress.duration(seconds)} since the start"


def _cell(notebook: Path) -> str:
    """The code cell at work, of how many."""
    try:
        cells = json.loads(notebook.read_text())["cells"]
    except (OSError, ValueError, KeyError):  # not written yet, or just being written
        return "a cell"
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    begun = [i for i, cell in enumerate(code, start=1) if cell["metadata"]["papermill"]["status"] != "pending"]
    return f"cell {max(begun, default=0)} of {len(code)}"
