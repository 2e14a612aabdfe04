"""Progress of long work: a bar on a terminal and in Jupyter, a line every half minute where nobody can see a bar.

TQDM_DISABLE=1 silences both.

In a headless run nothing may be drawn, since it would stand in the notebook with its times. There the open bars are
written to the file that PROGRESS_FILE names, and the runner tells of them (`common.runs.watch`).
"""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

EVERY = 30.0
"""Seconds between two lines."""
_open: list["Progress"] = []
"""Bars at work, the outermost first."""


class Progress:
    """So many of `total`, to be used as a context manager and told of every step; raises nothing, slows nothing.

    Args:
        what: what is done, in a word or two.
        total: how many there are.
        unit: of what, in the singular.
        done: how many were done before.
    """

    def __init__(self, what: str, total: int, unit: str, done: int = 0) -> None:
        self.what, self.total, self.unit = what, total, unit
        self.done = self._before = done
        self.note = ""
        hidden = _silenced() or not _drawn()
        self._bar = tqdm(total=total, initial=done, desc=what, unit=unit, leave=False, disable=hidden)
        self._began = self._told = time.monotonic()

    def __enter__(self) -> Self:
        _open.append(self)
        _save()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.close()
        _open.remove(self)
        _save()

    def update(self, count: int = 1, note: str = "") -> None:
        """So many more are done; `note` stands behind the count until the next one."""
        self.done += count
        self.note = note or self.note
        self._bar.set_postfix_str(self.note, refresh=False)
        self._bar.update(count)
        self._tell()

    def state(self) -> dict[str, Any]:
        """What is told: also the seconds it took so far, and how many of it were done before."""
        return {
            "what": self.what,
            "done": self.done,
            "before": self._before,
            "total": self.total,
            "unit": self.unit,
            "note": self.note,
            "seconds": round(time.monotonic() - self._began, 1),
        }

    def _tell(self) -> None:
        now, run = time.monotonic(), "PROGRESS_FILE" in os.environ
        if now - self._told < (1.0 if run else EVERY):
            return
        for each in _open:
            each._told = now
        if run:
            _save()
        elif not _drawn() and not _silenced():
            print(line([each.state() for each in _open]), file=sys.stderr, flush=True)


def line(states: Sequence[Mapping[str, Any]]) -> str:
    """What is at work, outermost first, in one line with the time that the outermost will still take."""
    parts = [
        f"{s['what']}: {s['done']:,} of {s['total']:,} {s['unit']}{'s' * (s['total'] != 1)}"
        + (f", {s['note']}" if s["note"] else "")
        for s in states
    ]
    first = states[0]
    made = first["done"] - first["before"]
    left = f", about {duration(first['seconds'] / made * (first['total'] - first['done']))} left" if made else ""
    return f"{', '.join(parts)} ({duration(first['seconds'])}{left})"


def duration(seconds: float) -> str:
    """Seconds in words: 40 s, 5 min, 2 h 10 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def _drawn() -> bool:
    """Whether a bar can be seen: on a terminal, or below a cell that somebody ran."""
    return "PROGRESS_FILE" not in os.environ and (sys.stderr.isatty() or "ipykernel" in sys.modules)


def _silenced() -> bool:
    return bool(os.environ.get("TQDM_DISABLE"))


def _save() -> None:
    """Write the open bars to the file that the runner reads, if there is one."""
    if not (name := os.environ.get("PROGRESS_FILE")):
        return
    partial = Path(f"{name}.partial")
    try:
        partial.write_text(json.dumps([each.state() for each in _open]))
        os.replace(partial, name)
    except OSError:  # the runner has gone, or its disk is full: the work itself goes on
        return
