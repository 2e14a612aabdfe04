"""vLLM on CPU against plain transformers, by the suite that the hf engine passes. One load a model, so it is slow."""

import random
import shutil
from importlib.util import find_spec

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from common.engines import Sampling
from common.engines.vllm import VLLMEngine
from common.engines.vllm_runner import CPU_OPTIONS
from common.errors import InputError
from tests.common.engines import conformance
from tests.common.engines.conformance import HEADER, PROMPTS, Reference, shared

pytestmark = pytest.mark.skipif(find_spec("vllm") is None, reason="vllm is not installed: run `make setup-vllm`")

CLOSED = ["Q: 12 plus 30 is", "Q: 1 times 2 is 2\nQ: 99 plus 5 is", "A:"]
ATOL = 1e-5


@pytest.fixture(scope="module", autouse=True)
def small():
    """Little memory, and one thread: two wait for each other where another program has a core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CPU_OPTIONS, "kv_cache_memory_bytes", 2**28)
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module", params=["llama", "qwen", "gpt2"])
def pair(request, llama_folder, qwen_folder, other_folders):
    """An engine, small chunks so that requests take several, and plain transformers."""
    folder = {"llama": llama_folder, "qwen": qwen_folder, **other_folders}[request.param]
    return VLLMEngine(folder, chunk_size=24), Reference(folder)


class TestAgainstTransformers:
    @pytest.mark.parametrize("prompts", [PROMPTS, shared(PROMPTS)], ids=["apart", "shared header"])
    def test_greedy(self, pair, prompts):
        conformance.greedy_tokens_are_those_of_generate(*pair, prompts)

    @pytest.mark.parametrize("prompts", [PROMPTS, shared(PROMPTS)], ids=["apart", "shared header"])
    def test_sampled_logprobs(self, pair, prompts):
        conformance.sampled_logprobs_are_those_of_a_full_forward(*pair, prompts, atol=ATOL)

    @pytest.mark.parametrize("prompts", [PROMPTS, shared(PROMPTS)], ids=["apart", "shared header"])
    def test_continuations(self, pair, prompts):
        continuations = [
            " answer",
            " the",
            " 42. (B) 36",
            " 42. (B) 48",
            " Yes, add the ones. Think step by step.",
        ]
        conformance.continuations_score_as_in_a_full_forward(*pair, prompts, continuations, atol=ATOL)

    def test_options(self, pair):
        conformance.options_score_as_in_a_full_forward(*pair, shared(PROMPTS), [" answer", " the", ":"], atol=1e-4)

    def test_more_options_than_vllm_scores_in_one_request(self, pair):
        reference = pair[1]
        vocabulary = reference.tokenizer.get_vocab().values()
        ids = reference.ids(PROMPTS[0])
        options = [text for text in map(reference.tokenizer.decode, sorted(vocabulary)) if text.isascii() and text]
        options = [text for text in options if reference.ids(PROMPTS[0] + text)[: len(ids)] == ids]
        options = [text for text in options if len(reference.ids(PROMPTS[0] + text)) == len(ids) + 1]
        assert len(options) > 128
        conformance.options_score_as_in_a_full_forward(*pair, PROMPTS[:1], options, atol=1e-4)

    def test_finish_reasons(self, pair):
        conformance.finish_reasons_are_honest(*pair, PROMPTS)

    def test_text(self, pair):
        conformance.text_is_what_follows_the_prompt(*pair, PROMPTS)

    def test_stop_strings(self, pair):
        conformance.stop_strings_cut_the_text(pair[0], PROMPTS)

    def test_draws(self, pair):
        engine = pair[0]
        conformance.same_seed_same_draws(engine, PROMPTS)
        conformance.samples_of_a_prompt_differ_and_do_not_depend_on_n(engine, PROMPTS)

    @pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 1.0), (0.7, 0.9)])
    def test_draws_follow_the_distribution(self, pair, temperature, top_p):
        conformance.draws_follow_the_distribution(*pair, PROMPTS[0], temperature, top_p)

    def test_refusals(self, pair):
        conformance.longer_options_are_refused(pair[0], PROMPTS)
        conformance.too_long_prompts_are_refused(pair[0])


@pytest.fixture(scope="class")
def engine(llama_folder):
    return VLLMEngine(llama_folder, chunk_size=24)


class TestOneModel:
    """What needs no second architecture, in one engine's life."""

    def test_chats(self, engine, llama_folder):
        conformance.chats_go_through_the_template_with_one_bos(engine, Reference(llama_folder))

    def test_a_chunk_computed_later_and_alone_has_the_same_bytes(self, engine):
        prompts, sampling = shared(PROMPTS), Sampling(n=5, max_tokens=16, seed=2)
        whole = engine.sample(prompts, sampling)
        plan = engine.plan(prompts, sampling)
        assert plan == [[0, 1, 2, 3], [4, 5]]
        engine.sample([HEADER, *PROMPTS], sampling)
        assert engine.sample_chunk(prompts, sampling, plan[1]) == whole[4:]

    def test_prompts_that_take_several_steps_to_read(self, engine):
        prompts = [f"{index} " + HEADER * 6 for index in range(24)]
        assert sum(map(len, engine.codec.encode(prompts))) > 4096
        assert len(engine.sample(prompts, Sampling(max_tokens=2))) == 24

    def test_continuations_may_fill_the_context(self, engine):
        room = engine.context_length - len(engine.codec.encode(["The vote"])[0])
        assert len(engine.sample(["The vote"], Sampling(max_tokens=room))[0][0].token_ids) <= room
        assert np.isfinite(engine.logprobs(["The vote"], [[" answer" * room, " answer"]])[0]).all()
        with pytest.raises(InputError, match="prompt 'The vote' has"):
            engine.logprobs(["The vote"], [[" answer" * (room + 1)]])

    def test_an_interrupted_request_leaves_nothing_behind(self, engine, monkeypatch):
        sampling = Sampling(n=8, max_tokens=30)
        undisturbed = engine.sample(PROMPTS, sampling)
        inner = engine._runner._llm.llm_engine
        step, steps = inner.step, iter(range(10))
        monkeypatch.setattr(inner, "step", lambda: step() if next(steps, None) is not None else interrupt())
        with pytest.raises(KeyboardInterrupt):
            engine.sample(PROMPTS, sampling)
        monkeypatch.undo()
        assert inner.get_num_unfinished_requests() == 0
        assert engine.sample(PROMPTS, sampling) == undisturbed

    def test_what_only_hf_has_is_refused_in_a_line(self, engine):
        with pytest.raises(InputError, match="no sums over all logits: load the model with engine='hf'"):
            engine.sample(["a"], Sampling(logit_sums=True))
        with pytest.raises(InputError, match="no scores by layer: load the model with engine='hf'"):
            engine.option_scores_by_layer(["a"], [" the"])

    def test_too_long_prompts_are_skipped(self, engine):
        conformance.too_long_prompts_are_skipped_when_asked(engine)

    def test_refusals(self, engine):
        with pytest.raises(InputError, match=r"temperature 0 or from 0\.01 on, got 0\.001"):
            engine.sample(["a"], Sampling(temperature=0.001))
        with pytest.raises(InputError, match="load the model with engine='hf'"):
            engine.hidden_states(["a"])
        with pytest.raises(InputError, match="continuations must be one list of strings for each prompt"):
            engine.logprobs(["a", "b"], [[" answer"]])

    def test_nothing_asked_nothing_answered(self, engine):
        assert engine.sample([], Sampling()) == []
        assert engine.logprobs([], []) == []
        assert engine.logprobs(["a"], [[]])[0].shape == (0,)
        assert engine.option_scores([], [" answer", " the"]).probabilities.shape == (0, 2)

    def test_loading_another_closes_the_first(self, engine, closed_folder):
        other, reference = VLLMEngine(closed_folder), Reference(closed_folder)
        with pytest.raises(InputError, match="was closed"):
            engine.sample(["The vote"], Sampling())
        engine.close()
        conformance.greedy_tokens_are_those_of_generate(other, reference, CLOSED)
        conformance.text_is_what_follows_the_prompt(other, reference, CLOSED)
        conformance.stop_strings_cut_the_text(other, CLOSED)
        conformance.sampled_logprobs_are_those_of_a_full_forward(other, reference, CLOSED, atol=ATOL)
        conformance.missing_words_are_named(other)


class TestLoading:
    def test_broken_weights_are_refused_and_the_next_model_loads(self, llama_folder, tmp_path):
        broken = shutil.copytree(llama_folder, tmp_path / "broken")
        weights = broken / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:20000])
        with pytest.raises(InputError, match="vllm cannot load it"):
            VLLMEngine(broken)
        before, set_threads = random_states(), torch.set_num_threads
        engine = VLLMEngine(llama_folder, dtype="bfloat16")
        assert {**engine.identity, "model": ""} == {
            "backend": "vllm",
            "model": "",
            "dtype": "bfloat16",
            "semantics": 1,
        }
        assert {"vllm", "torch", "transformers", "tokenizers", "device"} == set(engine.versions)
        reference = Reference(llama_folder, torch.bfloat16)
        conformance.sampled_logprobs_are_those_of_a_full_forward(engine, reference, PROMPTS, atol=0.15)
        conformance.continuations_score_as_in_a_full_forward(engine, reference, PROMPTS, [" answer"], atol=0.15)
        conformance.options_score_as_in_a_full_forward(engine, reference, PROMPTS, [" answer", " the"], atol=0.05)
        assert random_states() == before
        assert torch.set_num_threads is set_threads

    def test_a_model_that_vllm_loads_and_cannot_run_is_refused(self, llama_folder, tmp_path):
        """Its attention on CPU has no kernel for heads of 16 numbers."""
        narrow = shutil.copytree(llama_folder, tmp_path / "narrow")
        config = AutoConfig.from_pretrained(narrow)
        config.head_dim = 16
        AutoModelForCausalLM.from_config(config).save_pretrained(narrow)
        with pytest.raises(InputError, match=r"vllm cannot load it: .*head_dim=16"):
            VLLMEngine(narrow)

    def test_bad_arguments(self, llama_folder, tmp_path):
        with pytest.raises(InputError, match="no such model folder"):
            VLLMEngine(tmp_path / "none")
        with pytest.raises(InputError, match="dtype 'float8': it is one of float32"):
            VLLMEngine(llama_folder, dtype="float8")
        with pytest.raises(InputError, match="chunk_size must be at least 1, got -1"):
            VLLMEngine(llama_folder, chunk_size=-1)


def random_states():
    return random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002


def interrupt():
    raise KeyboardInterrupt
