"""Many samples a question: the hf engine, and `model.generate` of transformers on the same weights.

Both complete 256 sequences at a time, prompts as text to completions as text; `generate` pads on the left and draws
from the whole distribution, as we do. We also give each token's log-probability. Draws differ, and so do the lengths
of what ends by itself; hence seconds for a token are compared.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from benchmarks.engines import clock, setting
from benchmarks.engines.clock import MismatchError, Spent, Way
from common.engines import Completion, Sampling
from common.engines.hf import HFEngine

N = 16
SEQUENCES = 256
FIXED, VARIED, SHORT = 64, 128, 32
"""Tokens of a completion where nothing ends it, at most where the end of text does, and after a header."""
FEW = 3
"""Repeats after a header, at most: `generate` reads it once a sequence, and takes its time."""
ENDS = 5.0
"""Bias of the end of text where lengths vary."""
TOLERANCE = 1e-4


class Plain:
    """transformers as its users call it."""

    def __init__(self, folder: Path) -> None:
        self.model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder, padding_side="left")
        self.tokenizer.pad_token = self.tokenizer.eos_token

    @torch.inference_mode()
    def generate(self, prompts: Sequence[str], n: int, **settings: Any) -> tuple[list[str], int]:
        """Texts, n a prompt, and how many tokens they have, ends of text among them."""
        texts, count, end = [], 0, self.tokenizer.eos_token_id
        for start in range(0, len(prompts), SEQUENCES // n):
            given = self.tokenizer(list(prompts[start : start + SEQUENCES // n]), padding=True, return_tensors="pt")
            found = self.model.generate(**given, num_return_sequences=n, pad_token_id=end, **settings)
            generated = found[:, given["input_ids"].shape[1] :]
            texts += self.tokenizer.batch_decode(generated, skip_special_tokens=True)
            first = (generated == end).int().cumsum(dim=1) - (generated == end).int()
            count += int((first == 0).sum())
        return texts, count

    @torch.inference_mode()
    def logprobs(self, prompt: str, tokens: Sequence[int]) -> np.ndarray:
        """Log-probability of each of these tokens after a prompt, from one pass over all of them."""
        ids = torch.tensor([[*self.tokenizer(prompt)["input_ids"], *tokens]])
        given = torch.log_softmax(self.model(ids).logits[0, -len(tokens) - 1 : -1].float(), dim=-1)
        found: np.ndarray = given.gather(1, ids[0, -len(tokens) :, None])[:, 0].numpy()
        return found


def measure(folders: Mapping[str, Path], count: int, repeats: int) -> dict[str, Any]:
    """Lengths fixed and varied, and fixed ones after a header; `folders` are by lengths."""
    bare, after_header = setting.prompts(count, 0), setting.prompts(count, 5)
    return {
        "fixed lengths, 0 shots": _at(folders["fixed"], bare, FIXED, repeats),
        "varied lengths, 0 shots": _at(folders["varied"], bare, VARIED, repeats),
        "fixed lengths, 5 shots": _at(folders["fixed"], after_header, SHORT, min(repeats, FEW)),
    }


def _at(folder: Path, prompts: list[str], max_tokens: int, repeats: int) -> dict[str, Any]:
    plain = Plain(folder)
    agreement = check(folder, plain, prompts, max_tokens)
    lengths: list[int] = []

    def ours() -> Spent:
        engine = HFEngine(folder, device="cpu", batch_size=SEQUENCES)
        spent = clock.timed(lambda: engine.sample(prompts, Sampling(n=N, max_tokens=max_tokens)))
        lengths[:] = [len(completion.token_ids) for several in spent.result for completion in several]
        return spent.per(sum(lengths))

    def theirs() -> Spent:
        settings = {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0, "max_new_tokens": max_tokens}
        spent = clock.timed(lambda: plain.generate(prompts, N, **settings))
        return spent.per(spent.result[1])

    ways: dict[str, Way] = {"sample": ours, "generate": theirs}
    spent = clock.in_turns(ways, repeats)
    return {
        "questions": len(prompts),
        "max_tokens": max_tokens,
        "repeats": repeats,
        "mean_tokens": clock.significant(float(np.mean(lengths))),
        "agreement": agreement,
        "tokens_per_s": {name: clock.significant(1 / cost["wall_s"]) for name, cost in clock.summary(spent).items()},
        "ratios": {"generate / sample": clock.ratio(spent["generate"], spent["sample"])},
    }


def check(folder: Path, plain: Plain, prompts: list[str], max_tokens: int) -> dict[str, float]:
    """Hold greedy texts against greedy `generate`, and log-probabilities of draws against a full forward pass.

    Raises:
        MismatchError: they differ.
    """
    engine = HFEngine(folder, device="cpu", batch_size=SEQUENCES)
    greedy = [one.text for (one,) in engine.sample(prompts, Sampling(temperature=0, max_tokens=max_tokens))]
    if greedy != plain.generate(prompts, 1, do_sample=False, max_new_tokens=max_tokens)[0]:
        raise MismatchError("greedy texts differ")
    drawn = engine.sample(prompts, Sampling(n=2, max_tokens=max_tokens))
    largest = max(_off(plain, prompt, one) for prompt, several in zip(prompts, drawn, strict=True) for one in several)
    if not largest <= TOLERANCE:
        raise MismatchError(f"log-probabilities of draws differ by up to {largest}")
    return {"equal_greedy_texts": len(greedy), "largest_difference": clock.significant(largest)}


def _off(plain: Plain, prompt: str, drawn: Completion) -> float:
    return float(np.abs(plain.logprobs(prompt, drawn.token_ids) - np.array(drawn.logprobs)).max())
