"""What is measured only where it can be: vLLM where it is installed, and both engines on a GPU.

vLLM's overhead is `benchmarks.vllm_overhead`'s, in a process of its own. Where vLLM is not installed, the result of an
earlier run is kept, with the machine that it was measured on. On a GPU each engine completes the same request in a
process of its own; its memory is what the device holds more at the end than before it was loaded, since neither engine
gives anything back (vLLM takes the share it was allowed at once).
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import torch

from benchmarks.engines import clock, setting
from common.engines import Sampling, load_engine
from common.paths import ROOT
from common.runs.provenance import machine

QUESTIONS = 512
SAMPLING = Sampling(n=16, max_tokens=64)


def vllm_overhead(folder: Path, earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Measure, or say why not and hand on the `earlier` entry's measurement."""
    if find_spec("vllm") is None:
        measured = earlier.get("earlier", earlier)
        kept = {"earlier": measured} if "measured" in measured else {}
        return {"not measured": "vllm is not installed", **kept}
    return {"measured": _last_object("benchmarks.vllm_overhead", str(folder)), "machine": machine()}


def gpu(folder: Path) -> dict[str, Any]:
    """Tokens per second and memory of each engine that is here, or why not."""
    if not torch.cuda.is_available():
        return {"not measured": "no GPU"}
    engines = ["hf"] + (["vllm"] if find_spec("vllm") else [])
    return {engine: _last_object("benchmarks.engines.serving", engine, str(folder)) for engine in engines}


def on_gpu(engine: Literal["hf", "vllm"], folder: Path) -> dict[str, float]:
    """Complete one request twice, the first time to warm up."""
    free = torch.cuda.mem_get_info()[0]
    model = load_engine(folder, engine=engine, store=None)
    prompts = setting.prompts(QUESTIONS, 5)
    model.sample(prompts, SAMPLING)
    spent = clock.timed(lambda: model.sample(prompts, SAMPLING))
    tokens = sum(len(completion.token_ids) for several in spent.result for completion in several)
    used = (free - torch.cuda.mem_get_info()[0]) / 2**30
    return {"tokens_per_s": clock.significant(tokens / spent.wall), "peak_gib": clock.significant(used)}


def _last_object(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module and read the JSON object that its output ends with; libraries may print before it."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads("{" + f"\n{done.stdout}".rsplit("\n{", 1)[1])
    return found


if __name__ == "__main__":
    print(json.dumps(on_gpu(sys.argv[1], Path(sys.argv[2]))))  # type: ignore[arg-type]
