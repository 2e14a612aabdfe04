"""The program that compares hostile answers, in a process of its own; `sandbox` starts and kills it.

It answers one JSON line a request: ``["a"]`` asks whether the answer a can be read whole and compared, ``["a", "b"]``
whether a and b are equal. Each request has a limit of processor time, set as a kernel timer whose
signal ends the process even inside a C function that Python cannot interrupt, and even after the parent has died.
Processor time rather than wall time, so that a busy machine does not change grades.

Before the first request the process gives up what it does not need: memory beyond a limit, writing files, starting
programs, and the network. It ends at the end of its input, so it does not outlive its parent.

Run as a file, not as a module: of this repository it imports `common.algebra` alone, so it starts light.
"""

import json
import logging
import os
import resource
import signal
import sys
from typing import Any

from common.algebra.comparing import comparable, equal

_FORBIDDEN = (
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "os.kill", "os.remove",
    "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "pty.spawn", "shutil.",
    "socket.", "subprocess.", "ctypes.",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def give_up_rights(memory_bytes: int) -> None:
    """Limit memory to so many bytes of address space; forbid writing files, starting programs and the network.

    Cannot be undone in this process. Where the system does not know a limit, the audit hook still stands.
    """
    limits = (("RLIMIT_AS", memory_bytes), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0), ("RLIMIT_NPROC", 0))
    for name, limit in limits:
        if hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (limit, limit))
    sys.addaudithook(_forbid)


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if writes or event.startswith(_FORBIDDEN):
        raise PermissionError(f"the grading worker may not do {event}")


def answer(texts: list[str]) -> bool:
    """Say whether one answer can be read and compared, or whether two are equal."""
    try:
        return comparable(*texts) if len(texts) == 1 else equal(*texts)
    except Exception:  # sympy raises anything on hostile input; what cannot be decided is not equal
        return False


def serve(time_limit: float, memory_bytes: int) -> None:
    """Answer requests from standard input until it ends; time_limit in seconds of processor time a request."""
    logging.disable(logging.CRITICAL)
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # late imports and parser tables are loaded now, so that no request's time is spent on them
    answer([r"\sqrt{x}+\frac{1}{2}(x+1)^2 < \sin 2"])
    answer(["x < 5", "(1, 2) \\cup (3, 4]"])
    give_up_rights(memory_bytes)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    print("ready", file=replies, flush=True)
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_PROF, time_limit)
        reply = answer(json.loads(line))
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps(reply), file=replies, flush=True)


if __name__ == "__main__":
    serve(time_limit=float(sys.argv[1]), memory_bytes=int(sys.argv[2]))
