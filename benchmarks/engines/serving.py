"""What is measured only where it can be: vLLM where it is installed, and both engines on a GPU.

vLLM's overhead is what `benchmarks.vllm_overhead` measures, on fewer prompts and in a process of its own. Where vLLM is
not installed, the result of an earlier run is kept, with the machine that it was measured on. On a GPU each engine
completes the same request in a process of its own; its memory is what the device holds more at the end than before it
was loaded, since neither engine gives anything back (vLLM takes the share it was allowed at once).
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

OVERHEAD_PROMPTS = 32
QUESTIONS = 512
SAMPLING = Sampling(n=16, max_tokens=64)


def vllm_overhead(folder: Path, repeats: int, earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Measure, or say why not and hand on the `earlier` entry's measurement."""
    if find_spec("vllm") is None:
        measured = earlier.get("earlier", earlier)
        kept = {"earlier": measured} if "measured" in measured else {}
        return {"not measured": "vllm is not installed", **kept}
    return {"measured": _in_process("over", str(folder), str(repeats)), "machine": machine()}


def gpu(folder: Path) -> dict[str, Any]:
    """Tokens per second and memory of each engine that is here, or why not."""
    if not torch.cuda.is_available():
        return {"not measured": "no GPU"}
    engines = ["hf"] + (["vllm"] if find_spec("vllm") else [])
    return {engine: _in_process("gpu", engine, str(folder)) for engine in engines}


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


def over_vllm(folder: Path, repeats: int) -> dict[str, float]:
    """Tokens per second of vLLM and of our engine over it, see `benchmarks.vllm_overhead.measure`."""
    from benchmarks.vllm_overhead import PROMPTS, SAMPLING, measure
    from common.engines.vllm import VLLMEngine

    engine = VLLMEngine(folder, chunk_size=OVERHEAD_PROMPTS * SAMPLING.n)
    measured = measure(engine, PROMPTS[:OVERHEAD_PROMPTS], SAMPLING, repeats)
    return {name: clock.significant(value) for name, value in measured.items()}


def _in_process(*arguments: str) -> dict[str, Any]:
    """Run `main` in a process of its own and read the JSON line its output ends with; libraries may print before."""
    command = [sys.executable, "-m", "benchmarks.engines.serving", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(what: str, *arguments: str) -> None:
    """Measure one thing and print it as one line of JSON."""
    if what == "over":
        folder, repeats = arguments
        print(json.dumps(over_vllm(Path(folder), int(repeats))))
    else:
        engine, folder = arguments
        print(json.dumps(on_gpu("vllm" if engine == "vllm" else "hf", Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
