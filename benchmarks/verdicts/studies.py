"""Simulated studies, kept block by block: an interrupted simulation goes on where it stopped.

Every study has a generator of its own, made of the seed, the world, the truth and its number, so the same studies come
out in whatever order, by however many processes. A block is kept under a digest of all code that it may depend on.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.verdicts import code, worlds
from benchmarks.verdicts.world import World, outcome
from common.files import write_whole
from common.paths import OUTPUTS
from common.progress import Progress

KEPT = OUTPUTS / "verdicts"
BLOCK = 25
"""Studies that are kept together."""


@dataclass(frozen=True)
class Block:
    """Some studies of one world at one truth."""

    kind: str
    shape: str
    truth: int
    """Place among the world's truths."""
    first: int
    studies: int
    seed: int

    def file(self, folder: Path) -> Path:
        """Where it is kept."""
        name = hashlib.sha256(f"{self} {code.digest(worlds.module(self.kind, self.shape))}".encode()).hexdigest()[:16]
        return folder / f"{name}.json"


def blocks(world: World, at_boundary: int, beyond: int, seed: int) -> list[Block]:
    """All blocks of a world: so many studies at the boundary, and so many at each truth beyond it."""
    return [
        Block(world.kind, world.shape, truth, first, min(BLOCK, count - first), seed)
        for truth in range(len(world.truths))
        for count in [beyond if truth else at_boundary]
        for first in range(0, count, BLOCK)
    ]


def simulate(wanted: Sequence[Block], jobs: int, folder: Path) -> None:
    """Run the blocks that are not kept yet, `jobs` at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [block for block in wanted if not block.file(folder).is_file()]
    done = len(wanted) - len(missing)
    with (
        Progress("simulated studies", len(wanted), f"{BLOCK}-study block", done) as bar,
        ProcessPoolExecutor(jobs) as pool,
    ):
        futures = {pool.submit(run, block, folder): block for block in missing}
        try:
            for future in as_completed(futures):
                future.result()
                bar.update(note=futures[future].kind)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def run(block: Block, folder: Path) -> None:
    """Simulate a block and keep it."""
    world = worlds.find(block.kind, block.shape)
    write_whole(block.file(folder), json.dumps(list(_rows(world, block))))


def table(world: World, wanted: Sequence[Block], folder: Path) -> pd.DataFrame:
    """Kept studies of a world, one a row: the true value, and what `world.outcome` keeps."""
    rows: list[dict[str, Any]] = []
    for block in wanted:
        kept = json.loads(block.file(folder).read_text())
        rows += [{"truth": world.truths[block.truth], **row} for row in kept]
    return pd.DataFrame(rows).astype({"value": float, "low": float, "high": float})


def _rows(world: World, block: Block) -> Iterator[dict[str, float | bool | None]]:
    who = zlib.crc32(f"{block.kind} {block.shape}".encode())
    for number in range(block.first, block.first + block.studies):
        rng = np.random.default_rng([block.seed, who, block.truth, number])
        yield outcome(world.verdicts(world.truths[block.truth], rng))
