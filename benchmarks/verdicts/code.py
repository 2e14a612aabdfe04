"""Digest of the code that a module depends on: its own source and that of all it imports from this repository."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from common.paths import ROOT


@cache
def digest(module: str) -> str:
    """SHA-256 over the sources of a module (by its full name) and of everything that it imports, directly or not."""
    found: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        file = _file(waiting.pop())
        if file and (name := file.relative_to(ROOT).as_posix()) not in found:
            found[name] = file.read_bytes()
            waiting += _imported(found[name])
    return hashlib.sha256(b"".join(name.encode() + b"\0" + found[name] for name in sorted(found))).hexdigest()


def _imported(source: bytes) -> Iterator[str]:
    """Names that may be modules: `from a import b` may mean the module a.b."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _file(module: str) -> Path | None:
    """Source of a module of this repository; None for any other name."""
    place = ROOT.joinpath(*module.split("."))
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)
