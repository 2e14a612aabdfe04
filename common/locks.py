"""A lock on a folder for one process at a time; the kernel lets go of it however the process ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.errors import InputError


@contextmanager
def sole_owner(lock: Path, refusal: str) -> Iterator[None]:
    """Hold a lock file, which is made if it is not there and stays when it is let go.

    Args:
        lock: the file; its folder exists.
        refusal: what to say where another process holds it.

    Raises:
        InputError: another process holds it.
    """
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(refusal) from None
        yield
