"""What `VLLMEngine` costs over calling vLLM itself: the same prompts and settings through both, in turns.

``python -m benchmarks.vllm_overhead MODEL_FOLDER`` prints it. All go through one loaded model and begin with an empty
prefix cache. vLLM by itself gets the prompts as text and asks for n samples a prompt in one request, once as in its own
examples, and once lean: flat log-probabilities, and no text unless there are stop strings (the engine makes the text
itself). Draws differ, so that tokens per second are compared. The smaller the model, the more everything else counts.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from common.engines import Sampling
from common.engines.vllm import VLLMEngine

HEADER = "Question: What is 7 times 6? Answer: 42\n" * 4
PROMPTS = [f"{HEADER}Question: What is {index} plus {index % 7}? Answer:" for index in range(64)]
SAMPLING = Sampling(n=8, temperature=0.7, top_p=0.9, max_tokens=64)
REPEATS = 5


def measure(engine: VLLMEngine, prompts: Sequence[str], sampling: Sampling, repeats: int) -> dict[str, float]:
    """Tokens per second of each, the median over repeats, and how many percent longer the engine takes for a token.

    The percentages are medians over the repeats' own ratios: what slows the machine down slows all parts of one.
    """
    ways: dict[str, Callable[[], int]] = {
        "vllm": lambda: by_itself(engine, prompts, sampling, lean=False),
        "lean_vllm": lambda: by_itself(engine, prompts, sampling, lean=True),
        "engine": lambda: sum(len(d.token_ids) for several in engine.sample(prompts, sampling) for d in several),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for repeat in range(repeats + 1):
        for name, way in ways.items() if repeat % 2 else reversed(ways.items()):
            start = time.perf_counter()
            tokens = way()
            rates[name].append(tokens / (time.perf_counter() - start))
    warm = {name: several[1:] for name, several in rates.items()}
    result = {f"{name}_tokens_per_s": median(several) for name, several in warm.items()}
    for name in ("vllm", "lean_vllm"):
        ratios = [theirs / ours for theirs, ours in zip(warm[name], warm["engine"], strict=True)]
        result[f"percent_over_{name}"] = 100 * (median(ratios) - 1)
    return result


def by_itself(engine: VLLMEngine, prompts: Sequence[str], sampling: Sampling, *, lean: bool) -> int:
    """Tokens of vLLM's own answer to the same request."""
    runner = engine._runner
    settings: Any = runner.settings(
        n=sampling.n,
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        max_tokens=sampling.max_tokens,
        stop=list(sampling.stop),
        seed=sampling.seed,
        logprobs=0,
        flat_logprobs=lean,
        detokenize=bool(sampling.stop) or not lean,
    )
    with runner._undisturbed():
        runner._llm.reset_prefix_cache()
        outputs = runner._llm.generate(list(prompts), settings, use_tqdm=False)
    return sum(len(drawn.token_ids) for output in outputs for drawn in output.outputs)


def main() -> int:
    """Load, measure and print, with and without a stop string."""
    start = time.perf_counter()
    engine = VLLMEngine(Path(sys.argv[1]), chunk_size=len(PROMPTS) * SAMPLING.n)
    result: dict[str, Any] = {"load_s": time.perf_counter() - start}
    result["plain"] = measure(engine, PROMPTS, SAMPLING, REPEATS)
    result["with a stop string"] = measure(engine, PROMPTS, SAMPLING.model_copy(update={"stop": ("\n\n",)}), REPEATS)
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
