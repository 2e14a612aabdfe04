"""In which number format a model computes. Never does the machine decide it, unless it is asked to.

float32 is the default everywhere; a registered model's format stands in its entry. `auto` is for trying things: the
faster of bfloat16 and float32 on this machine, which it names. Some processors have no bfloat16 or float16 arithmetic
and emulate it, at a cost that is measured and said.
"""

import logging
import time

import torch

from common.errors import InputError

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
SHAPE = (64, 1024, 4096)
"""Of the matrix product that is timed: rows of a batch, and a small model's width in and out."""
TRIALS = 5
EMULATED = 1.2
"""How many times as long as float32 a narrower format takes where it is said to be emulated; natively it takes less."""

logger = logging.getLogger(__name__)


def check(name: str) -> torch.dtype:
    """The dtype of this name.

    Raises:
        InputError: there is none.
    """
    if name not in DTYPES:
        raise InputError(f"dtype {name!r}: it is one of {', '.join([*DTYPES, 'auto'])}")
    return DTYPES[name]


def choose(asked: str | None, registered: str | None, device: str) -> str:
    """The name of the dtype to compute in: what is asked for, or else the registered one, or else float32.

    What `auto` chose, and that a dtype is emulated, is logged with what was measured. `device` is "cpu" or "cuda".

    Raises:
        InputError: no such dtype.
    """
    if asked == "auto":
        return _fastest(device)
    name = asked or registered or "float32"
    narrow = check(name) != torch.float32
    if narrow and device == "cpu" and (times := slowdown(name)) > EMULATED:
        logger.warning("%s is emulated by this processor: it takes %.1f times as long as float32", name, times)
    return name


def slowdown(name: str) -> float:
    """How many times as long as in float32 a matrix product takes on this processor, by the best of a few trials."""
    return _seconds(DTYPES[name]) / _seconds(torch.float32)


def _fastest(device: str) -> str:
    if device == "cpu":
        times = slowdown("bfloat16")
        name, why = "bfloat16" if times < 1 else "float32", f"bfloat16 takes {times:.2f} times as long as float32 here"
    else:
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        name, why = ("bfloat16", "this GPU computes it") if native else ("float32", "this GPU has no bfloat16")
    logger.warning("dtype='auto' is %s: %s", name, why)
    return name


def _seconds(dtype: torch.dtype) -> float:
    rows, width, out = SHAPE
    left, right = torch.ones(rows, width, dtype=dtype), torch.ones(out, width, dtype=dtype)
    spent = []
    for _ in range(TRIALS + 1):  # the first is slower
        start = time.perf_counter()
        torch.nn.functional.linear(left, right)
        spent.append(time.perf_counter() - start)
    return min(spent[1:])
