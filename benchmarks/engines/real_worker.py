"""One way to sample from a real model, in a process of its own: ``hf`` (ours), ``generate`` or ``vllm``.

Reads one JSON object a line from standard input (prompts and settings), answers each with one: seconds, tokens, and
what this way alone can tell. The model is loaded before the first answer.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks.engines import clock
from common.engines import Sampling

Answer = dict[str, Any]
ROWS = 64


def hf(folder: Path) -> Callable[[list[str], Sampling], Answer]:
    """Ours, with the seconds that went into drawing and into forward passes, and the machine's bound for the latter."""
    from common.engines import draws, generation
    from common.engines.hf import HFEngine

    before, start = _peak(), time.perf_counter()
    engine = HFEngine(folder, device="cpu", batch_size=ROWS)
    loaded = {"load_s": time.perf_counter() - start, "load_peak_bytes": _peak() - before}
    weights = sum(weight.numel() * weight.element_size() for weight in engine.network.model.parameters())
    spent = {"draw_s": 0.0, "forward_s": 0.0}
    vars(generation)["draw"] = _added_up(draws.draw, spent, "draw_s")
    vars(engine.network)["extend"] = _added_up(engine.network.extend, spent, "forward_s")

    def sample(prompts: list[str], sampling: Sampling) -> Answer:
        spent.update(draw_s=0.0, forward_s=0.0)
        done = clock.timed(lambda: engine.sample(prompts, sampling))
        tokens = [len(one.token_ids) for several in done.result for one in several]
        longest = max(map(len, engine.codec.encode(prompts))) + sampling.max_tokens
        memory = {"weights_bytes": weights, "cache_bytes": _cache(engine, longest), "peak_bytes": _peak() - before}
        bound = {"products_s_a_step": _products(engine.network.model)}
        return {"wall": done.wall, "cpu": done.cpu, "tokens": sum(tokens), **spent, **bound, **memory, **loaded}

    return sample


def generate(folder: Path) -> Callable[[list[str], Sampling], Answer]:
    """transformers' own, see `samples.Plain`."""
    from benchmarks.engines.samples import Plain

    plain = Plain(folder)

    def sample(prompts: list[str], sampling: Sampling) -> Answer:
        settings = {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 0, "do_sample": True}
        done = clock.timed(lambda: plain.generate(prompts, sampling.n, max_new_tokens=sampling.max_tokens, **settings))
        return {"wall": done.wall, "cpu": done.cpu, "tokens": done.result[1]}

    return sample


def vllm(folder: Path) -> Callable[[list[str], Sampling], Answer]:
    """vLLM as in its own examples, see `benchmarks.vllm_overhead`."""
    from benchmarks.vllm_overhead import by_itself
    from common.engines.vllm import VLLMEngine

    engine = VLLMEngine(folder)

    def sample(prompts: list[str], sampling: Sampling) -> Answer:
        done = clock.timed(lambda: by_itself(engine, prompts, sampling, lean=False))
        return {"wall": done.wall, "cpu": done.cpu, "tokens": done.result}

    return sample


WAYS = {"hf": hf, "generate": generate, "vllm": vllm}


def _added_up(call: Callable[..., Any], spent: dict[str, float], name: str) -> Callable[..., Any]:
    def timed(*given: Any) -> Any:
        start = time.perf_counter()
        result = call(*given)
        spent[name] += time.perf_counter() - start
        return result

    return timed


@torch.inference_mode()
def _products(model: Any) -> float:
    """Seconds for all matrix products of the model with one token of each of ROWS rows, and nothing else."""
    weights = [layer.weight for layer in model.modules() if isinstance(layer, torch.nn.Linear)]
    given = {weight.shape[1]: torch.ones(ROWS, weight.shape[1]) for weight in weights}
    spent = []
    for _ in range(4):
        start = time.perf_counter()
        for weight in weights:
            torch.nn.functional.linear(given[weight.shape[1]], weight)
        spent.append(time.perf_counter() - start)
    return min(spent)


def _cache(engine: Any, longest: int) -> int:
    config = engine.network.model.config
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(ROWS * longest * config.num_hidden_layers * 2 * config.num_key_value_heads * width * 4)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Serve until standard input ends; what libraries print goes to standard error."""
    way, folder, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    sample = WAYS[way](Path(folder))
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(sample(asked["prompts"], Sampling(**asked["sampling"]))), file=answers)


if __name__ == "__main__":
    main()
