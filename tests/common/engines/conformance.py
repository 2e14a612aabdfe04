"""What every engine must do, as plain functions: they take an engine and, as its reference, plain transformers.

`atol` is the tolerance on log-probabilities of one token: about 1e-4 in float32, several 1e-2 in bfloat16, where the
reference computes in bfloat16 as well.
"""

from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from transformers import AutoModelForCausalLM, AutoTokenizer

from common.engines import Sampling
from common.engines.base import Engine
from common.engines.hf import HFEngine
from common.engines.vllm import VLLMEngine
from common.errors import InputError

HEADER = "Think step by step, then write the final answer after ####. Question: What is 7 times 6? Answer: (A) 42\n"
PROMPTS = [
    "Question: What is 12 plus 30? Answer:",
    "The vote of",
    "Is the answer above correct? Yes or No. Confidence: 80%. Step 1: add the tens. Step 2: add",
    "naïve café 🙂",
    *(HEADER + rest for rest in ["Question: What is 1 plus 1? Answer:", "Ask it again"]),
]
"""Prompts of very different lengths; `shared` makes them begin alike."""
CHAT = [{"role": "system", "content": "You are a careful helper."}, {"role": "user", "content": "What is 12 plus 30?"}]


class Reference:
    """Plain transformers: eager attention, no cache, one text at a time."""

    def __init__(self, folder: Path, dtype: torch.dtype = torch.float32) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
        named = self.model.generation_config.eos_token_id
        self.ends = [*{self.tokenizer.eos_token_id, *(named if isinstance(named, list) else [named])}]

    def ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text)["input_ids"])

    @torch.inference_mode()
    def logprobs(self, ids: list[int]) -> np.ndarray:
        """[len(ids), V]: next-token log-probabilities after each token."""
        return torch.log_softmax(self.logits(ids), dim=-1).numpy()

    @torch.inference_mode()
    def logits(self, ids: list[int]) -> torch.Tensor:
        """[len(ids), V] float32."""
        return self.model(torch.tensor([ids])).logits[0].float()

    @torch.inference_mode()
    def logits_by_layer(self, ids: list[int]) -> np.ndarray:
        """[layers + 1, V]: the state after each layer at the last token, through the model's norm and unembedding."""
        *inner, last = self.model(torch.tensor([ids]), output_hidden_states=True).hidden_states
        base = self.model.base_model
        norm = next(getattr(base, name) for name in ("norm", "ln_f", "final_layer_norm") if hasattr(base, name))
        states = torch.stack([*(norm(layer[0, -1]) for layer in inner), last[0, -1]])
        logits = self.model.get_output_embeddings()(states).double()  # sums over 150,000 words lose digits in float32
        cap = getattr(self.model.config, "final_logit_softcapping", None)
        return (cap * torch.tanh(logits / cap) if cap else logits).numpy()

    @torch.inference_mode()
    def greedy(self, ids: list[int], max_tokens: int) -> list[int]:
        prompt = torch.tensor([ids])
        mask = torch.ones_like(prompt)
        settings = {"pad_token_id": self.ends[0], "eos_token_id": self.ends}
        out = self.model.generate(prompt, attention_mask=mask, max_new_tokens=max_tokens, do_sample=False, **settings)
        return out[0, len(ids) :].tolist()

    @torch.inference_mode()
    def state(self, ids: list[int]) -> np.ndarray:
        return self.model(torch.tensor([ids]), output_hidden_states=True).hidden_states[-1][0, -1].float().numpy()

    def after(self, ids: list[int], generated: tuple[int, ...]) -> np.ndarray:
        """Log-probability of each generated token after the prompt."""
        table = self.logprobs([*ids, *generated])[len(ids) - 1 :]
        return np.array([table[at, token] for at, token in enumerate(generated)])


def shared(prompts: list[str]) -> list[str]:
    return [HEADER + prompt for prompt in prompts]


def greedy_tokens_are_those_of_generate(engine: Engine, reference: Reference, prompts: list[str]) -> None:
    for prompt, (drawn,) in zip(prompts, engine.sample(prompts, Sampling(temperature=0, max_tokens=16)), strict=True):
        assert list(drawn.token_ids) == reference.greedy(reference.ids(prompt), 16)
        assert drawn.prompt_tokens == len(reference.ids(prompt))


def sampled_logprobs_are_those_of_a_full_forward(
    engine: Engine, reference: Reference, prompts: list[str], atol: float
) -> None:
    sampling = Sampling(n=3, temperature=0.7, top_p=0.9, max_tokens=24, seed=3)
    for prompt, several in zip(prompts, engine.sample(prompts, sampling), strict=True):
        for drawn in several:
            expected = reference.after(reference.ids(prompt), drawn.token_ids)
            np.testing.assert_allclose(drawn.logprobs, expected, atol=atol)


def sums_of_logits_are_those_of_a_full_forward(
    engine: Engine, reference: Reference, prompts: list[str], rtol: float
) -> None:
    """The sums themselves, and what both ways to count self-certainty make of them."""
    sampling = Sampling(n=2, temperature=0.7, max_tokens=12, seed=3, logit_sums=True)
    ended = set()
    for prompt, several in zip(prompts, engine.sample(prompts, sampling), strict=True):
        for drawn in several:
            ids, count = reference.ids(prompt), len(drawn.token_ids)
            logits = reference.logits([*ids, *drawn.token_ids])[len(ids) - 1 : -1].double()
            both = torch.stack([logits.logsumexp(dim=-1), logits.mean(dim=-1)], dim=1).numpy()
            np.testing.assert_allclose(drawn.logits, [*both.sum(axis=0), *both[0], *both[-1]], rtol=rtol, atol=rtol)
            uniform, loose = np.log(logits.shape[1]), max(rtol, 1e-3)
            certainty = -np.log(torch.softmax(logits, dim=-1).numpy()).mean(axis=1) - uniform  # KL(uniform, next token)
            total = drawn.logits.logsumexp_sum - drawn.logits.mean_logit_sum
            last = drawn.logits.logsumexp_last - drawn.logits.mean_logit_last
            first = drawn.logits.logsumexp_first - drawn.logits.mean_logit_first
            if drawn.finish_reason == "stop" and count > 1:
                np.testing.assert_allclose(
                    (total - last) / (count - 1) - uniform, certainty[:-1].mean(), rtol=max(rtol, 1e-3)
                )
                np.testing.assert_allclose(
                    (total - first) / (count - 1) - uniform, certainty[1:].mean(), rtol=max(rtol, 1e-3)
                )
            else:
                np.testing.assert_allclose(total / count - uniform, certainty.mean(), rtol=loose)
            ended.add(drawn.finish_reason)
    assert "length" in ended


def finish_reasons_are_honest(engine: Engine, reference: Reference, prompts: list[str]) -> None:
    several = [drawn for many in engine.sample(prompts, Sampling(n=24, max_tokens=40)) for drawn in many]
    assert {drawn.finish_reason for drawn in several} == {"stop", "length"}
    for drawn in several:
        assert (drawn.finish_reason == "stop") == (drawn.token_ids[-1] in reference.ends)
        assert not {*reference.ends} & {*drawn.token_ids[:-1]}
        assert len(drawn.token_ids) == len(drawn.logprobs) <= 40
        assert drawn.finish_reason == "stop" or len(drawn.token_ids) == 40


def text_is_what_follows_the_prompt(engine: Engine, reference: Reference, prompts: list[str]) -> None:
    decode = reference.tokenizer.decode
    for prompt, (drawn,) in zip(prompts, engine.sample(prompts, Sampling(max_tokens=16)), strict=True):
        whole = decode([*reference.ids(prompt), *drawn.token_ids], skip_special_tokens=True)
        assert whole == decode(reference.ids(prompt), skip_special_tokens=True) + drawn.text


def stop_strings_cut_the_text(engine: HFEngine | VLLMEngine, prompts: list[str], n: int = 3) -> None:
    """Two-character stops, most of them over a token's edge: they end exactly the completions that hold them."""
    decode = engine.codec.tokenizer.decode
    sampling = Sampling(n=n, max_tokens=24, seed=8)
    free = engine.sample(prompts, sampling)
    pairs = {a + b for several in free for drawn in several for a, b in pairwise(drawn.text) if "\ufffd" not in a + b}
    for stop in sorted(pairs)[:: max(1, len(pairs) // 6)]:
        stopped = engine.sample(prompts, sampling.model_copy(update={"stop": ("never said", stop)}))
        for drawn, full in zip(chain(*stopped), chain(*free), strict=True):
            before, found, _ = full.text.partition(stop)
            assert drawn.text == before
            assert drawn.finish_reason == ("stop" if found else full.finish_reason)
            assert full.token_ids[: len(drawn.token_ids)] == drawn.token_ids
            if found:
                assert stop not in decode(drawn.token_ids[:-1])
                assert stop in decode(drawn.token_ids)
            else:
                assert drawn.token_ids == full.token_ids


def same_seed_same_draws(engine: Engine, prompts: list[str]) -> None:
    sampling = Sampling(n=3, max_tokens=12, seed=5)
    first = engine.sample(prompts, sampling)
    assert engine.sample(prompts, sampling) == first
    other = engine.sample(prompts, sampling.model_copy(update={"seed": 6}))
    assert [[d.token_ids for d in many] for many in other] != [[d.token_ids for d in many] for many in first]


def samples_of_a_prompt_differ_and_do_not_depend_on_n(engine: Engine, prompts: list[str]) -> None:
    many = engine.sample(prompts, Sampling(n=5, max_tokens=12))
    few = engine.sample(prompts[:1], Sampling(n=2, max_tokens=12))
    assert all(len({drawn.token_ids for drawn in several}) == 5 for several in many)
    assert [drawn.token_ids for drawn in many[0][:2]] == [drawn.token_ids for drawn in few[0]]


def draws_follow_the_distribution(
    engine: Engine, reference: Reference, prompt: str, temperature: float, top_p: float
) -> None:
    """Chi-square of 1000 first tokens against the tempered, top-p-filtered distribution (deterministic by seed)."""
    logits = reference.logprobs(reference.ids(prompt))[-1].astype(np.float64) / temperature
    share = np.exp(logits - np.logaddexp.reduce(logits))
    order = np.argsort(-share, kind="stable")
    kept = order[np.cumsum(share[order]) - share[order] < top_p]
    expected = np.zeros_like(share)
    expected[kept] = share[kept] / share[kept].sum()
    sampling = Sampling(n=1000, max_tokens=1, temperature=temperature, top_p=top_p, seed=1)
    drawn = np.bincount([d.token_ids[0] for d in engine.sample([prompt], sampling)[0]], minlength=len(share))
    assert drawn[expected == 0].sum() == 0
    common = expected * 1000 >= 5
    table = [[*drawn[common], drawn[~common].sum()], [*expected[common] * 1000, expected[~common].sum() * 1000]]
    observed, wanted = (np.array(row)[np.array(table[1]) > 0] for row in table)
    if len(wanted) > 1:  # a model that is sure leaves one token, and all draws are it
        assert stats.chisquare(observed, wanted).pvalue > 1e-3


def continuations_score_as_in_a_full_forward(
    engine: Engine, reference: Reference, prompts: list[str], continuations: list[str], atol: float
) -> None:
    """Continuations must tokenize after the prompts as they do alone."""
    scores = engine.logprobs(prompts, [continuations] * len(prompts))
    for prompt, found in zip(prompts, scores, strict=True):
        ids = reference.ids(prompt)
        assert found.dtype == np.float32
        for continuation, score in zip(continuations, found, strict=True):
            whole = reference.ids(prompt + continuation)
            assert whole[: len(ids)] == ids
            following = reference.after(ids, tuple(whole[len(ids) :]))
            assert score == pytest.approx(following.sum(), abs=atol * len(following), rel=1e-6)


def options_score_as_in_a_full_forward(
    engine: Engine, reference: Reference, prompts: list[str], options: list[str], atol: float
) -> None:
    scores = engine.option_scores(prompts, options)
    tokens = [reference.ids(prompts[0] + option)[-1] for option in options]
    expected = np.exp(np.array([reference.logprobs(reference.ids(prompt))[-1, tokens] for prompt in prompts]))
    np.testing.assert_allclose(scores.mass, expected.sum(axis=1), rtol=atol)
    np.testing.assert_allclose(scores.probabilities, expected / expected.sum(axis=1, keepdims=True), atol=atol)
    assert scores.probabilities.dtype == scores.mass.dtype == np.float32


def longer_options_are_refused(engine: Engine, prompts: list[str]) -> None:
    with pytest.raises(InputError, match=r"option ' answer answer' must be a single token after the prompt, it is \["):
        engine.option_scores(prompts, [" answer", " answer answer"])


def layers_score_options_as_their_states_would(
    engine: Engine, reference: Reference, prompts: list[str], options: list[str], atol: float
) -> None:
    scores = engine.option_scores_by_layer(prompts, options)
    final = engine.option_scores(prompts, options)
    np.testing.assert_allclose(scores.probabilities[:, -1], final.probabilities, atol=atol)
    np.testing.assert_allclose(scores.mass[:, -1], final.mass, atol=atol)
    for row, prompt in enumerate(prompts):
        ids = reference.ids(prompt)
        tokens = [reference.ids(prompt + option)[len(ids)] for option in options]
        logits = reference.logits_by_layer(ids)
        raw = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))[:, tokens]
        np.testing.assert_allclose(scores.mass[row], raw.sum(axis=1), atol=atol)
        np.testing.assert_allclose(scores.probabilities[row], raw / raw.sum(axis=1, keepdims=True), atol=atol)


def hidden_states_are_those_after_the_last_norm(
    engine: Engine, reference: Reference, prompts: list[str], atol: float
) -> None:
    states = engine.hidden_states(prompts)
    assert states.dtype == np.float32
    for prompt, state in zip(prompts, states, strict=True):
        np.testing.assert_allclose(state, reference.state(reference.ids(prompt)), atol=atol)


def chats_go_through_the_template_with_one_bos(engine: Engine, reference: Reference) -> None:
    ids = list(reference.tokenizer.apply_chat_template(CHAT, add_generation_prompt=True, return_dict=False))
    (drawn,) = engine.sample([CHAT], Sampling(temperature=0, max_tokens=12))[0]
    assert drawn.prompt_tokens == len(ids)
    assert list(drawn.token_ids) == reference.greedy(ids, 12)
    assert engine.sample([engine.render(CHAT)], Sampling(temperature=0, max_tokens=12)) == [[drawn]]


def too_long_prompts_are_refused(engine: Engine) -> None:
    with pytest.raises(InputError, match=f"prompt .too long .* has .*context of {engine.context_length}"):
        engine.sample(["fine", "too long " * engine.context_length], Sampling(max_tokens=4))
    with pytest.raises(InputError, match=f"prompt .fine. has .*context of {engine.context_length}"):
        engine.sample(["fine"], Sampling(max_tokens=engine.context_length))


def too_long_prompts_are_skipped_when_asked(engine: Engine) -> None:
    prompts = ["fine", "too long " * engine.context_length, "so"]
    drawn = engine.sample(prompts, Sampling(max_tokens=4), too_long="skip")
    assert (drawn[1], drawn.skipped) == (None, 1)
    assert [drawn[0], drawn[2]] == engine.sample(["fine", "so"], Sampling(max_tokens=4))
    scores = engine.logprobs(["fine", "so"], [[" answer"], [" answer" * engine.context_length]], too_long="skip")
    assert (scores[1], scores.skipped) == (None, 1)
    assert engine.option_scores(prompts, [" answer", " the"], too_long="skip").skipped == 1


def missing_words_are_named(engine: Engine) -> None:
    """For an engine over the closed vocabulary."""
    with pytest.raises(InputError, match=r"lacks ' divided', ' by'"):
        engine.sample(["Q: 1 divided by 2 is"], Sampling())
    with pytest.raises(InputError, match="lacks ' maybe'"):
        engine.logprobs(["Q: 1 plus 2 is"], [[" 3", " maybe"]])
