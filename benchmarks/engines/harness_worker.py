"""Times lm-evaluation-harness's own ``hf`` model; runs under the interpreter of its own environment, see `harness`.

Reads one JSON object a line from standard input: batch size, prompts, options. Answers each with one: seconds of the
`loglikelihood` call, and its log-probabilities in the order of prompts and options. The model has been loaded before.
"""

import gc
import json
import os
import sys
import time
from functools import cache

import torch
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM


def main() -> None:
    """Serve until standard input ends; what libraries print goes to standard error."""
    folder, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    @cache
    def model(batch_size: int) -> HFLM:
        return HFLM(pretrained=folder, device="cpu", dtype="float32", batch_size=batch_size)

    for line in sys.stdin:
        asked = json.loads(line)
        pairs = [(prompt, option) for prompt in asked["prompts"] for option in asked["options"]]
        requests = [Instance("loglikelihood", {}, pair, number) for number, pair in enumerate(pairs)]
        ready = model(asked["batch_size"])
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        scored = ready.loglikelihood(requests, disable_tqdm=True)
        spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        print(json.dumps(spent | {"logprobs": [logprob for logprob, _ in scored]}), file=answers)


if __name__ == "__main__":
    main()
