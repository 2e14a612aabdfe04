"""A guarded child process that compares answers: started when first needed, reused, killed and replaced.

The child is a plain subprocess that speaks over pipes, so it works the same from notebooks, from pytest and from
worker pools; multiprocessing would want an importable ``__main__``. It is ended when its `Sandbox` is closed or
collected and when the interpreter exits; after a kill -9 of the parent it ends by itself (see `worker`).
Needs a Unix system.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from types import TracebackType
from typing import Self

from common.errors import InputError

_PROGRAM = Path(__file__).with_name("worker.py")
_ROOT = Path(__file__).parents[2]
_START_SECONDS = 120.0
_RECYCLE_AFTER = 2_000


class TimedOutError(Exception):
    """A request ran past the time limit; the child was killed."""


class DiedError(Exception):
    """The child died on a request for another reason, such as lack of memory."""


class Sandbox:
    """One child process that compares answers under limits; safe to use from several threads and after a fork.

    Args:
        time_limit: seconds of processor time a request. On the wall clock, ten times as many are allowed.
        memory_bytes: address space of the child.

    Raises:
        InputError: a limit is not positive.
    """

    def __init__(self, time_limit: float = 2.0, memory_bytes: int = 2**30) -> None:
        if time_limit <= 0 or memory_bytes <= 0:
            raise InputError(f"limits are {time_limit} s and {memory_bytes} bytes; give positive ones")
        self.time_limit = time_limit
        self.memory_bytes = memory_bytes
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._served = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is no child."""
        return None if self._process is None else self._process.pid

    def ask(self, *texts: str) -> bool:
        """Give the child's answer on one text (can it be read?) or two (are they equal?).

        Raises:
            TimedOutError, DiedError: the request brought the child down; the next one gets a new child.
            RuntimeError: no child could be started.
        """
        with self._lock:
            process = self._ready()
            try:
                return self._exchange(process, texts)
            except BaseException:
                # an unread reply would be taken for the next request's
                self.close()
                raise

    def close(self) -> None:
        """End the child, if there is one; a later request starts another."""
        if self._process is not None:
            self._finalizer()
            self._process = None

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            self._process = None
        if self._served >= _RECYCLE_AFTER or (self._process is not None and self._process.poll() is not None):
            self.close()
        if self._process is None:
            self._process = self._start()
        self._served += 1
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-s", str(_PROGRAM), str(self.time_limit), str(self.memory_bytes)]
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": path},
            start_new_session=True,
        )
        self._owner, self._served = os.getpid(), 0
        self._finalizer = weakref.finalize(self, _end, process, self._owner)
        if _read_line(process, _START_SECONDS) != b"ready\n":
            _end(process, self._owner)
            raise RuntimeError(f"the grading worker did not start; run it by hand to see why: {' '.join(command)}")
        return process

    def _exchange(self, process: subprocess.Popen[bytes], texts: tuple[str, ...]) -> bool:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(texts).encode() + b"\n")
        reply = _read_line(process, 10 * self.time_limit)
        if reply:
            return bool(json.loads(reply))
        if reply is None or process.wait() == -signal.SIGPROF:
            raise TimedOutError(f"no answer within {self.time_limit} s")
        raise DiedError(f"the grading worker ended with code {process.returncode}")


def _read_line(process: subprocess.Popen[bytes], seconds: float) -> bytes | None:
    """Read a reply: None after so many seconds of silence, empty if the child has closed its end."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], seconds)
    return process.stdout.readline() if readable else None


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """Kill and reap the child, unless this is a fork of the process that owns it."""
    if os.getpid() != owner:
        return
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
