"""All measurements in one run, on one model."""

import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from benchmarks.engines import caching, choices, harness, samples, serving, setting
from common.runs.provenance import machine


def measure(threads: int, questions: int, repeats: int, earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Measure everything; `earlier` is the last run's result, for what cannot be measured here."""
    torch.set_num_threads(threads)
    start = time.monotonic()
    with TemporaryDirectory() as temporary:
        fixed = setting.build(Path(temporary) / "fixed")
        varied = setting.build(Path(temporary) / "varied", samples.ENDS)
        parts: dict[str, Callable[[], Any]] = {
            "questions": lambda: choices.measure(fixed, threads, questions, repeats),
            "samples": lambda: samples.measure({"fixed": fixed, "varied": varied}, min(questions, 16), repeats),
            "store": lambda: caching.measure(fixed, questions, repeats),
            "vllm": lambda: serving.vllm_overhead(fixed, repeats, earlier.get("vllm", {})),
            "gpu": lambda: serving.gpu(fixed),
        }
        results = {name: _announced(name, part) for name, part in parts.items()}
    return {
        "seed": setting.SEED,
        "repeats": repeats,
        "threads": threads,
        **results,
        "seconds": round(time.monotonic() - start),
        "machine": machine() | {"load_average": os.getloadavg()},
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("torch", "transformers", "tokenizers", "numpy")}
        | {"lm-eval": harness.VERSION},
    }


def _announced(name: str, part: Callable[[], Any]) -> Any:
    print(f"{name} ...", file=sys.stderr, flush=True)
    return part()
