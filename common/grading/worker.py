"""The program that runs math-verify on hostile answers, in a process of its own; `sandbox` starts and kills it.

It answers one JSON line a request: ``["a"]`` asks whether the answer a can be read and compared at all, ``["a", "b"]``
whether a and b are equal in either direction. Each request has a limit of processor time, set as a kernel timer whose
signal ends the process even inside a C function that Python cannot interrupt, and even after the parent has died.
Processor time rather than wall time, so that a busy machine does not change grades.

Before the first request the process gives up what it does not need: memory beyond a limit, writing files, starting
programs, and the network. It ends at the end of its input, so it does not outlive its parent.

Run as a file, not as a module: it imports nothing of this repository.
"""

import json
import logging
import os
import resource
import signal
import sys
import zlib
from functools import lru_cache
from typing import Any

import math_verify

_FORBIDDEN = (
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "os.kill", "os.remove",
    "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "pty.spawn", "shutil.",
    "socket.", "subprocess.", "ctypes.",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

# the boxed patterns backtrack badly, and the answers come without a box
_CONFIG = (math_verify.LatexExtractionConfig(boxed_match_priority=-1), math_verify.ExprExtractionConfig())


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
    """Say whether one answer can be read and compared, or whether two are equal in either direction."""
    if len(texts) == 1:
        # meeting a number forces the evaluation that a later pair would, so a bomb goes off here, once
        _value(texts[0])
        _verify(texts[0], "7")
        return any(not isinstance(value, str) for value in _read(texts[0]))
    return not _clearly_differ(*texts) and (_verify(*texts) or _verify(texts[1], texts[0]))


def _verify(gold: str, target: str) -> bool:
    return bool(math_verify.verify(_read(gold), _read(target), timeout_seconds=None))


@lru_cache(maxsize=256)
def _read(text: str) -> list[Any]:
    return list(math_verify.parse(f"${text}$", extraction_config=_CONFIG, parsing_timeout=None))


def _clearly_differ(left: str, right: str) -> bool:
    """Say whether two expressions differ at one point, far beyond rounding.

    Then they are not equal, and the simplification that would prove it, by far the slowest part, is saved.
    """
    a, b = _value(left), _value(right)
    return a is not None and b is not None and abs(a - b) > 1e-5 + 1e-9 * max(abs(a), abs(b))


@lru_cache(maxsize=1024)
def _value(text: str) -> complex | None:
    """Evaluate an expression with each symbol at a fixed value; None for a set, a relation, a lone symbol, ..."""
    expression: Any = next(iter(_read(text)), None)
    if not hasattr(expression, "evalf") or getattr(expression, "is_Symbol", True) or "%" in text:
        return None
    try:
        point = {symbol: 0.5 + zlib.crc32(str(symbol).encode()) / 2**32 for symbol in expression.free_symbols}
        return complex(expression.evalf(subs=point))
    except Exception:  # sympy raises anything on hostile input; no value only means the slower comparison decides
        return None


def serve(time_limit: float, memory_bytes: int) -> None:
    """Answer requests from standard input until it ends; time_limit in seconds of processor time a request."""
    logging.disable(logging.CRITICAL)
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # late imports and parser tables are loaded now, so that no request's time is spent on them
    answer([r"\sqrt{x}+\frac{1}{2}(x+1)^2"])
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
