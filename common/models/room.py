"""Whether disk and memory suffice, asked before the work begins rather than found out in the middle of it."""

import shutil
from pathlib import Path

from common.errors import InputError

MEMORY_BASE = 2.5e9
MEMORY_PER_PARAMETER = 2.5
"""Bytes that a conversion holds at its peak, rounded up: measured were 1.0 GB for 135 million parameters, 3.1 GB for
630, 5.8 GB for 1,777, and 3.4 GB for 268 million with a vocabulary of 262,144 tokens, which takes most of it."""

_MEMINFO = Path("/proc/meminfo")


def converted_bytes(parameters: int) -> int:
    """Size of a converted folder: two bytes a parameter, and the tokenizer."""
    return 2 * parameters + 50_000_000


def need_disk(what: str, needed: int, folder: Path) -> None:
    """Check that the disk of `folder`, which exists, has `needed` bytes to spare.

    Raises:
        InputError: it has not.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise InputError(
            f"{what} needs {_gb(needed)} of disk, {folder} has {_gb(free)} free: "
            "make room, or set MODELS_CACHE to a folder on a larger disk"
        )


def need_memory(what: str, parameters: int) -> None:
    """Check that there is memory to convert a model of so many parameters.

    Raises:
        InputError: there is not.
    """
    needed, available = MEMORY_BASE + MEMORY_PER_PARAMETER * parameters, _available()
    if available is not None and available < needed:
        raise InputError(
            f"converting {what} needs {_gb(needed)} of memory, {_gb(available)} are available: close other programs"
        )


def seconds(size: int) -> int:
    """Roughly how long the conversion of a GGUF file of so many bytes takes, as measured on two cores."""
    return 20 + round(size / 1e7)


def _available() -> float | None:
    if not _MEMINFO.is_file():  # not Linux
        return None
    fields = dict(line.split(":") for line in _MEMINFO.read_text().splitlines())
    return 1024.0 * int(fields["MemAvailable"].split()[0])


def _gb(size: float) -> str:
    return f"{size / 1e9:.1f} GB"
