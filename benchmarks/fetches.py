"""What it takes to have a real model: ``python -m benchmarks.fetches NAME [NAME ...]`` adds the figures to
benchmarks/results/fetches.json and prints them.

Each model is fetched and converted into an empty cache (`python -m common.models fetch NAME`), then loaded by the hf
engine and asked for one completion, each in a process of its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from common.files import write_whole
from common.models.registry import entry
from common.paths import ROOT
from common.runs.provenance import machine

RESULTS = ROOT / "benchmarks" / "results" / "fetches.json"
SAMPLE = """
import time
start = time.perf_counter()
from common.engines import Sampling, load_engine
model = load_engine("{}", engine="hf", store=None)
loaded = time.perf_counter() - start
print(repr(model.sample(["The capital of France is"], Sampling(temperature=0, max_tokens=8))[0][0].text))
print(loaded)
"""


def measure(name: str) -> dict[str, Any]:
    """Fetch, convert, load and sample one model."""
    with TemporaryDirectory(dir=ROOT / ".cache") as cache:
        environment = {**os.environ, "MODELS_CACHE": cache, "TQDM_DISABLE": "1"}
        start = time.perf_counter()
        _run(["-m", "common.models", "fetch", name, "--accept-terms"], environment)
        fetched = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        size = sum(file.stat().st_size for file in Path(cache).rglob("*") if file.is_file())
        said, loaded = _run(["-c", SAMPLE.format(name)], environment).splitlines()
    return {
        "download_bytes": entry(name).bytes,
        "on_disk_bytes": size,
        "fetch_and_convert_s": round(fetched, 1),
        "peak_memory_bytes": peak,
        "imports_and_load_s": round(float(loaded), 1),
        "after 'The capital of France is'": said,
        "machine": machine(),
    }


def _run(arguments: list[str], environment: Mapping[str, str]) -> str:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def main() -> None:
    """Measure each model in a process of its own, since peak memory is that of all children so far."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fetches", description=__doc__)
    parser.add_argument("name", nargs="+", help="a registered model")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file of the results (default: %(default)s)")
    options = parser.parse_args()
    if len(options.name) > 1:
        for name in options.name:
            subprocess.run(
                [sys.executable, "-m", "benchmarks.fetches", name, "--out", options.out], cwd=ROOT, check=True
            )
        return
    (name,) = options.name
    found = measure(name)
    earlier = json.loads(options.out.read_text()) if options.out.is_file() else {}
    write_whole(options.out, json.dumps(earlier | {name: found}, indent=2) + "\n")
    print(json.dumps({name: found}, indent=2))


if __name__ == "__main__":
    main()
