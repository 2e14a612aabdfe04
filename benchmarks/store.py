"""One million completions on disk: our store beside what one would write oneself (JSON lines, a pickled dictionary).

``python -m benchmarks.store`` writes benchmarks/results/store.json and prints it; ``--rows`` makes it smaller.
Completions are synthetic: 48 tokens of made-up words with Zipf frequencies (so that text compresses about as language
does), one log-probability a token; 16 completions a prompt. All methods keep the same content, and get and give the
same objects.

Writing is done in chunks of 256 completions, as an engine does, each chunk handed to the operating system before the
next (no method waits for the platter). A pickled dictionary cannot be appended to, so it is written once, at the end: a
kill before that loses everything. Reading all happens in requests of 256 prompts where a method can, and one such
request is timed on its own; JSON lines and pickle have to load everything for it. Only the methods' own time counts,
not that of making completions. Each phase runs in a process of its own, whose peak memory counts interpreter and
imports (`baseline`) too.
"""

import argparse
import json
import os
import pickle
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from common.completions import Completion
from common.engines.base import Sampling
from common.paths import ROOT
from common.runs.provenance import machine
from common.store import Request, Store, upkeep

SEED = 20251120
TOKENS = 48
SAMPLES = 16
CHUNK = 16
"""Prompts written at a time."""
REQUEST = 256
"""Prompts read at a time."""
WORDS = 8000
REPEATS = 7
RESULTS = Path(__file__).parent / "results" / "store.json"
ASKED = Request.of("sample", {"backend": "none", "model": "synthetic"}, Sampling(seed=SEED).model_dump(exclude={"n"}))

FIELDS = ("text", "token_ids", "logprobs", "finish_reason", "prompt_tokens")

Drawn = dict[str, list[Completion]]


def vocabulary() -> list[str]:
    """Made-up words of one to three syllables, each with its leading space."""
    rng = np.random.default_rng(SEED)
    syllables = [c + v + e for c in "bdfghklmnprstvwz" for v in "aeiou" for e in ("", "", "n", "r", "s", "t")]
    return [" " + "".join(rng.choice(syllables, size=rng.integers(1, 4))) for _ in range(WORDS)]


def names(first: int, last: int) -> list[str]:
    """Prompts number `first` to `last` - 1."""
    return [f"Question: what is {i} times {i % 977} plus {i % 31}? Answer:" for i in range(first, last)]


def chunks(prompts: int) -> Iterator[Drawn]:
    """All completions, `CHUNK` prompts at a time; every method gets the same."""
    rng, words = np.random.default_rng(SEED), vocabulary()
    cumulative = np.cumsum(1 / np.arange(1, WORDS + 1))
    for first in range(0, prompts, CHUNK):
        texts = names(first, min(first + CHUNK, prompts))
        shape = (len(texts), SAMPLES, TOKENS)
        ids = np.searchsorted(cumulative, rng.random(shape) * cumulative[-1]).tolist()
        logprobs = (-rng.exponential(size=shape)).astype(np.float32).tolist()
        yield {
            text: [
                Completion(
                    "".join([words[i] for i in ids[p][s]]), tuple(ids[p][s]), tuple(logprobs[p][s]), "length", 20
                )
                for s in range(SAMPLES)
            ]
            for p, text in enumerate(texts)
        }


class Clock:
    """Adds up the time of some calls."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def time(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Call and give back the result."""
        start = time.perf_counter()
        result = call(*arguments)
        self.seconds += time.perf_counter() - start
        return result


def write_store(path: Path, prompts: int, clock: Clock) -> None:
    """Ours: one transaction a chunk."""
    store = clock.time(Store, path)
    for drawn in chunks(prompts):
        clock.time(store.add_completions, ASKED, drawn, {"none": "0"})
    clock.time(store.close)


def read_store(path: Path, prompts: int, clock: Clock) -> int:
    """Ours: request by request."""
    store = clock.time(Store, path)
    requests = (names(first, min(first + REQUEST, prompts)) for first in range(0, prompts, REQUEST))
    return sum(
        len(found) for asked in requests for found in clock.time(store.completions, ASKED, asked, SAMPLES).values()
    )


def write_lines(path: Path, prompts: int, clock: Clock) -> None:
    """JSON lines: append and flush."""
    with path.open("a") as file:
        for drawn in chunks(prompts):
            clock.time(_append, file, drawn)


def _append(file: Any, drawn: Drawn) -> None:
    for prompt, completions in drawn.items():
        for number, completion in enumerate(completions):
            fields = {name: getattr(completion, name) for name in FIELDS}
            file.write(json.dumps({"prompt": prompt, "sample": number} | fields) + "\n")
    file.flush()


def load_lines(path: Path) -> Drawn:
    """All completions of a JSON-lines file by prompt."""
    found: Drawn = {}
    with path.open() as file:
        for line in file:
            row = json.loads(line)
            completion = Completion(
                row["text"], tuple(row["token_ids"]), tuple(row["logprobs"]), row["finish_reason"], row["prompt_tokens"]
            )
            found.setdefault(row["prompt"], []).append(completion)
    return found


def write_pickle(path: Path, prompts: int, clock: Clock) -> None:
    """A dictionary in memory, pickled at the end."""
    everything = {text: completions for drawn in chunks(prompts) for text, completions in drawn.items()}
    clock.time(path.write_bytes, clock.time(pickle.dumps, everything, pickle.HIGHEST_PROTOCOL))


def load_pickle(path: Path) -> Drawn:
    """The pickled dictionary."""
    with path.open("rb") as file:
        found: Drawn = pickle.load(file)
    return found


def read_whole(load: Callable[[Path], Drawn]) -> Callable[[Path, int, Clock], int]:
    """Reading of a method that can only load everything."""

    def read(path: Path, prompts: int, clock: Clock) -> int:
        return sum(map(len, clock.time(load, path).values()))

    return read


def one_request(path: Path, prompts: int, clock: Clock) -> int:
    """Ours: the median request of `REPEATS`, spread over the store, in a process that has read nothing before."""
    store = Store(path)
    times = []
    for first in np.linspace(0, max(prompts - REQUEST, 0), REPEATS).astype(int).tolist():
        start = time.perf_counter()
        found = store.completions(ASKED, names(first, min(first + REQUEST, prompts)), SAMPLES)
        times.append(time.perf_counter() - start)
    clock.seconds = float(np.median(times))
    return sum(map(len, found.values()))


def export(path: Path, prompts: int, clock: Clock) -> int:
    """Ours: everything to Parquet."""
    from common.store.export import SCHEMA, batches, to_parquet

    count: int = clock.time(to_parquet, path.with_suffix(".parquet"), SCHEMA, batches(Store(path).connection))
    return count


def verify(path: Path, prompts: int, clock: Clock) -> int:
    """Ours: check every row."""
    damaged: list[Any] = clock.time(list, upkeep.damaged(Store(path).connection))
    return prompts * SAMPLES - len(damaged)


def nothing(path: Path, prompts: int, clock: Clock) -> int:
    """Imports alone, for their memory."""
    return 0


PHASES: dict[str, dict[str, Callable[[Path, int, Clock], int | None]]] = {
    "store": {
        "write": write_store,
        "read": read_store,
        "one request": one_request,
        "verify": verify,
        "export to Parquet": export,
    },
    "JSON lines": {"write": write_lines, "read": read_whole(load_lines)},
    "pickled dictionary": {"write": write_pickle, "read": read_whole(load_pickle)},
    "baseline": {"imports": nothing},
}


def measure(rows: int) -> dict[str, Any]:
    """Run every phase of every method in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        methods = {
            method: {phase: _in_process(method, phase, Path(folder), rows // SAMPLES) for phase in phases}
            for method, phases in PHASES.items()
        }
        sizes = {method: (Path(folder) / method).stat().st_size for method in PHASES if method != "baseline"}
    return {
        "completions": rows // SAMPLES * SAMPLES,
        "tokens": TOKENS,
        "samples_a_prompt": SAMPLES,
        "seed": SEED,
        "methods": methods,
        "bytes": sizes,
        "bytes_a_completion": {method: round(size / rows, 1) for method, size in sizes.items()},
        "ratios": _ratios(methods, sizes),
        "machine": machine() | {"omp_num_threads": os.environ.get("OMP_NUM_THREADS"), "load_average": os.getloadavg()},
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("numpy", "pyarrow")},
    }


def _ratios(methods: dict[str, Any], sizes: dict[str, int]) -> dict[str, float]:
    ours = methods["store"]
    ratios: dict[str, float] = {}
    for other in ("JSON lines", "pickled dictionary"):
        theirs = methods[other]
        ratios |= {
            f"{other} / store: bytes": sizes[other] / sizes["store"],
            f"{other} / store: seconds to write": theirs["write"]["seconds"] / ours["write"]["seconds"],
            f"{other} / store: seconds to read all": theirs["read"]["seconds"] / ours["read"]["seconds"],
            f"{other} / store: seconds for one request": theirs["read"]["seconds"] / ours["one request"]["seconds"],
        }
    return {name: round(ratio, 2) for name, ratio in ratios.items()}


def _in_process(method: str, phase: str, folder: Path, prompts: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.store", "--phase", method, phase, str(folder / method), str(prompts)]
    print(f"{method}: {phase} ...", file=sys.stderr, flush=True)
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _phase(method: str, phase: str, path: str, prompts: str) -> None:
    clock = Clock()
    completions = PHASES[method][phase](Path(path), int(prompts), clock)
    result: dict[str, float] = {"seconds": round(clock.seconds, 4)}
    if completions:
        result["completions"] = completions
    result["peak_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    print(json.dumps(result))


def main() -> None:
    """Run the measurement, write it beside the other results and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store", description="One million completions on disk.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="completions (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file of the results (default: %(default)s)")
    parser.add_argument("--phase", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.phase:
        _phase(*options.phase)
        return
    text = json.dumps(measure(options.rows), indent=2) + "\n"
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
