"""Engines on real models, beside what one would use instead.

``python -m benchmarks.engines.real [NAME ...]`` adds each model to benchmarks/results/engines_real.json and prints it.

The models are those of models/registry.yaml (``python -m common.models fetch NAME``), in float32, with as many threads
on every side. Sampling: 64 rows at temperature 0.7 and top-p 0.95, by our hf engine, by `generate` of transformers, and
by vLLM where it is installed, each in a process of its own; they take turns. Option scores: questions after five solved
ones, beside lm-evaluation-harness. The bound is the time of all matrix products of one step, measured in the same run.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self

from common.engines import Completion, Engine, Sampling
from common.files import write_whole
from common.paths import ROOT

RESULTS = ROOT / "benchmarks" / "results" / "engines_real.json"
STORIES = ("a lighthouse", "two brothers", "a market town", "the last train", "an old map", "a winter garden")
PLACES = ("by the sea", "in the mountains", "long ago")
SAMPLED = {"smollm2-135m": 32, "qwen2.5-coder-0.5b": 24}
"""Tokens of a completion, by model."""
SAMPLING: dict[str, Any] = {"n": 4, "temperature": 0.7, "top_p": 0.95}
OPTIONS = [" A", " B", " C", " D"]


def prompts() -> list[str]:
    """16 beginnings that none of the models ends soon."""
    every = [f"Here is a long story about {what} {where}.\n\nOnce upon a time" for what in STORIES for where in PLACES]
    return every[:16]


class Worker:
    """A process that samples in one way, see `real_worker`; to be used as a context manager."""

    def __init__(self, way: str, folder: Path, threads: int) -> None:
        command = [sys.executable, "-m", "benchmarks.engines.real_worker", way, str(folder), str(threads)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate()

    def sample(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What the worker measured of one request."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"a worker ended with status {self._process.wait()}")
        measured: dict[str, Any] = json.loads(answer)
        return measured


def samples(folder: Path, max_tokens: int, threads: int, repeats: int) -> dict[str, Any]:
    """Tokens per second of each way, ratios over the repeats' own, and where our time goes."""
    from benchmarks.engines import clock
    from benchmarks.engines.clock import Spent

    sampling = SAMPLING | {"max_tokens": max_tokens}
    asked = {"prompts": prompts(), "sampling": sampling}
    ways = ["hf", "generate", *(["vllm"] if find_spec("vllm") else [])]
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for repeat in range(repeats):
        for way in ways[:: -1 if repeat % 2 else 1]:
            print(f"  {way}, repeat {repeat}", file=sys.stderr, flush=True)
            with Worker(way, folder, threads) as worker:
                worker.sample(asked | {"sampling": sampling | {"max_tokens": 4}})  # to warm up
                found[way].append(worker.sample(asked))
    spent = {
        way: [Spent(one["wall"] / one["tokens"], one["cpu"] / one["tokens"]) for one in several]
        for way, several in found.items()
    }
    return {
        "settings": sampling | {"prompts": len(asked["prompts"])},
        "tokens_per_s": {way: clock.significant(1 / cost["wall_s"]) for way, cost in clock.summary(spent).items()},
        "ratios": {f"{way} / hf": clock.ratio(spent[way], spent["hf"]) for way in ways if way != "hf"},
        "ours": _ours(found["hf"], max_tokens),
    }


def _ours(runs: Sequence[Mapping[str, Any]], steps: int) -> dict[str, float]:
    """Shares of our time, and memory as a multiple of the weights."""
    from benchmarks.engines import clock

    middle = sorted(runs, key=lambda run: float(run["wall"]))[len(runs) // 2]
    bound = middle["products_s_a_step"] * (steps - 1)  # the first token comes from reading the prompts
    shares = {
        "matrix products (the bound)": bound,
        "the rest of the forward passes": middle["forward_s"] - bound,
        "drawing": middle["draw_s"],
        "prompts, stops, text": middle["wall"] - middle["forward_s"] - middle["draw_s"],
    }
    return {
        **{f"share: {name}": clock.significant(value / middle["wall"]) for name, value in shares.items()},
        "seconds to load": clock.significant(median(run["load_s"] for run in runs)),
        "peak memory less the batch's cache, in weights": clock.significant(
            (middle["peak_bytes"] - middle["cache_bytes"]) / middle["weights_bytes"]
        ),
        "gigabytes of weights": clock.significant(middle["weights_bytes"] / 1e9),
        "gigabytes of the batch's cache": clock.significant(middle["cache_bytes"] / 1e9),
    }


def main() -> None:
    """Run the measurement, write it beside the other results and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines.real", description=__doc__)
    parser.add_argument("name", nargs="*", default=list(SAMPLED), help="a registered model (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="threads of every side (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=8, help="with options (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=2, help="of each timing (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file of the results (default: %(default)s)")
    options = parser.parse_args()
    threads = str(options.threads)
    # libraries read these when they are imported
    os.environ |= {"OMP_NUM_THREADS": threads, "RAYON_NUM_THREADS": threads, "TOKENIZERS_PARALLELISM": "true"}
    os.environ |= {"HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}
    for name in options.name:
        for part, found in measure(name, options.threads, options.questions, options.repeats):
            models = json.loads(options.out.read_text())["models"] if options.out.is_file() else {}
            models[name] = models.get(name, {}) | {part: found}
            write_whole(options.out, json.dumps({"models": models}, indent=2) + "\n")
            print(json.dumps({name: {part: found}}, indent=2), flush=True)


def measure(name: str, threads: int, questions: int, repeats: int) -> Iterator[tuple[str, Any]]:
    """The parts of one model's result, each as soon as it is measured."""
    import torch

    from benchmarks.engines import caching, choices
    from common.engines import loading
    from common.runs.provenance import machine

    torch.set_num_threads(threads)
    folder, tokens = Path(loading.find(name).place), SAMPLED[name]
    yield "setting", {"threads": threads, "repeats": repeats, "dtype": "float32", "machine": machine()}
    yield "samples", samples(folder, tokens, threads, repeats)
    yield "store", caching.at(folder, partial(_sample, max_tokens=tokens // 2), repeats)
    yield "questions", choices.real(folder, threads, questions, repeats, OPTIONS)


def _sample(engine: Engine, max_tokens: int) -> list[list[Completion]]:
    return engine.sample(prompts(), Sampling(**SAMPLING, max_tokens=max_tokens))


if __name__ == "__main__":
    main()
