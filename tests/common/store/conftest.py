import multiprocessing
import sqlite3
import warnings
from contextlib import closing
from functools import cache
from hashlib import sha256

import numpy as np
import pytest

from common.completions import Completion
from common.store import Request, Store

SAMPLE = Request.of("sample", {"backend": "fake", "model": "owner/model@abc", "dtype": "float32"}, {"seed": 1})
VERSIONS = {"torch": "2.13.0"}


@cache
def completion(prompt: str, sample: int, tokens: int = 12) -> Completion:
    """A completion that depends on prompt and number alone."""
    rng = np.random.default_rng(int.from_bytes(sha256(f"{sample} {prompt}".encode()).digest()[:8]))
    ids = tuple(rng.integers(0, 70_000, tokens).tolist())
    logprobs = tuple(np.float32(-rng.exponential(size=tokens)).tolist())
    text = f"answer {sample} to “{prompt}”"
    return Completion(text, ids, logprobs, "stop" if sample % 2 else "length", len(prompt))


def drawn(prompts: int, n: int, first: int = 0) -> dict[str, list[Completion]]:
    names = [f"prompt {i}" for i in range(first, first + prompts)]
    return {name: [completion(name, sample) for sample in range(n)] for name in names}


def in_children(*functions) -> None:
    """Run functions at the same time, one child process each; all must end well."""
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=function) for function in functions]
    with warnings.catch_warnings(action="ignore"):  # newer Pythons warn of forks beside threads; children use none
        for child in children:
            child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * len(children)


def edit(path, statement, *values) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.sqlite"


@pytest.fixture
def store(path):
    store = Store(path)
    yield store
    store.close()
