"""Completions and scores of models on disk, so that nothing is computed twice and nothing is lost.

A store is one SQLite file that many processes may read and write at once. `python -m common.store` looks at it, checks
it, exports it and thins it out.
"""

from common.store.request import Request
from common.store.store import Store

__all__ = ["Request", "Store"]
