import shutil

import numpy as np
import pytest
import torch

from common.engines import Sampling
from common.engines.hf import HFEngine
from common.errors import InputError
from tests.common.engines import conformance
from tests.common.engines.conformance import PROMPTS, Reference, shared

CLOSED = ["Q: 12 plus 30 is", "Q: 1 times 2 is 2\nQ: 99 plus 5 is", "A:"]
CLOSED_HEADER = "Q: 12 plus 30 is 42\n" * 4
FOLDERS = ["llama", "qwen", "gpt2", "gpt_neox", "mistral", "gemma2"]


@pytest.fixture(scope="module")
def folders(llama_folder, qwen_folder, closed_folder, other_folders):
    return {"llama": llama_folder, "qwen": qwen_folder, "closed": closed_folder, **other_folders}


@pytest.fixture(scope="module")
def load(folders):
    """One engine and reference per architecture; small batches, so that requests take several."""
    made = {}

    def get(name):
        if name not in made:
            made[name] = HFEngine(folders[name], device="cpu", batch_size=8), Reference(folders[name])
        return made[name]

    return get


@pytest.mark.parametrize("prompts", [PROMPTS, shared(PROMPTS)], ids=["apart", "shared header"])
@pytest.mark.parametrize("name", FOLDERS)
class TestAgainstTransformers:
    def test_greedy(self, load, name, prompts):
        conformance.greedy_tokens_are_those_of_generate(*load(name), prompts)

    def test_sampled_logprobs(self, load, name, prompts):
        conformance.sampled_logprobs_are_those_of_a_full_forward(*load(name), prompts, atol=1e-5)

    def test_continuations(self, load, name, prompts):
        continuations = [
            " answer",
            " 42. (B) 36",
            " Yes, add the ones. Think step by step, then write the final answer.",
        ]
        conformance.continuations_score_as_in_a_full_forward(*load(name), prompts, continuations, atol=1e-5)

    def test_options(self, load, name, prompts):
        conformance.options_score_as_in_a_full_forward(*load(name), prompts, [" answer", " the", ":"], atol=1e-4)

    def test_hidden_states(self, load, name, prompts):
        conformance.hidden_states_are_those_after_the_last_norm(*load(name), prompts, atol=1e-5)

    def test_layers(self, load, name, prompts):
        conformance.layers_score_options_as_their_states_would(*load(name), prompts, [" answer", " the"], atol=1e-4)

    def test_sums_of_logits(self, load, name, prompts):
        conformance.sums_of_logits_are_those_of_a_full_forward(*load(name), prompts, rtol=1e-4)


class TestClosedVocabulary:
    @pytest.mark.parametrize("prompts", [CLOSED, [CLOSED_HEADER + prompt for prompt in CLOSED]])
    def test_agrees_with_transformers(self, load, prompts):
        engine, reference = load("closed")
        conformance.greedy_tokens_are_those_of_generate(engine, reference, prompts)
        conformance.text_is_what_follows_the_prompt(engine, reference, prompts)
        conformance.continuations_score_as_in_a_full_forward(engine, reference, prompts, [" 3", " 4\nA: yes"], 1e-5)
        conformance.options_score_as_in_a_full_forward(engine, reference, prompts, [" yes", " no"], 1e-4)

    def test_names_missing_words(self, load):
        conformance.missing_words_are_named(load("closed")[0])

    def test_stop_strings_cut_the_text(self, load):
        conformance.stop_strings_cut_the_text(load("closed")[0], CLOSED)

    def test_without_chat_template(self, load):
        with pytest.raises(InputError, match="no chat template: give the prompt as one string"):
            load("closed")[0].sample([conformance.CHAT], Sampling())


class TestSampling:
    @pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 1.0), (0.5, 1.0), (1.3, 0.6)])
    def test_follows_the_distribution(self, load, temperature, top_p):
        conformance.draws_follow_the_distribution(*load("llama"), PROMPTS[0], temperature, top_p)

    @pytest.mark.parametrize("name", ["llama", "qwen"])
    def test_stop_strings_cut_the_text(self, load, name):
        conformance.stop_strings_cut_the_text(load(name)[0], PROMPTS[:3])

    def test_finish_reasons(self, load):
        conformance.finish_reasons_are_honest(*load("closed"), CLOSED)

    def test_text(self, load):
        conformance.text_is_what_follows_the_prompt(*load("llama"), PROMPTS[:3])

    def test_seeds(self, load):
        conformance.same_seed_same_draws(load("llama")[0], PROMPTS)

    def test_samples(self, load):
        conformance.samples_of_a_prompt_differ_and_do_not_depend_on_n(load("llama")[0], PROMPTS)

    @pytest.mark.parametrize("name", ["llama", "qwen"])
    def test_chat(self, load, name):
        conformance.chats_go_through_the_template_with_one_bos(*load(name))

    def test_too_long(self, load):
        conformance.too_long_prompts_are_refused(load("llama")[0])
        conformance.too_long_prompts_are_skipped_when_asked(load("llama")[0])


class TestChunks:
    SAMPLING = Sampling(n=3, max_tokens=20, seed=4)
    TEXTS = shared(PROMPTS)

    def test_plan_covers_each_prompt_once_within_the_batch_size(self, load):
        chunks = load("llama")[0].plan(self.TEXTS, self.SAMPLING)
        assert sorted(index for chunk in chunks for index in chunk) == list(range(len(PROMPTS)))
        assert max(map(len, chunks)) == 8 // 3

    def test_a_chunk_alone_gives_the_bytes_of_the_whole_run(self, load, llama_folder):
        engine = load("llama")[0]
        whole = engine.sample(self.TEXTS, self.SAMPLING)
        fresh = HFEngine(llama_folder, device="cpu", batch_size=8)
        for chunk in reversed(fresh.plan(self.TEXTS, self.SAMPLING)):
            assert fresh.sample_chunk(self.TEXTS, self.SAMPLING, chunk) == [whole[index] for index in chunk]

    def test_what_was_asked_before_changes_nothing(self, load, llama_folder):
        engine = load("llama")[0]
        engine.sample(PROMPTS, Sampling(n=2, max_tokens=5))
        engine.logprobs(self.TEXTS[:2], [[" answer"]] * 2)
        fresh = HFEngine(llama_folder, device="cpu", batch_size=8)
        assert engine.sample(self.TEXTS, self.SAMPLING) == fresh.sample(self.TEXTS, self.SAMPLING)

    def test_more_samples_than_a_batch_holds(self, load, llama_folder):
        sampling = Sampling(n=20, max_tokens=10)
        large = HFEngine(llama_folder, device="cpu").sample(PROMPTS[:2], sampling)
        small = load("llama")[0].sample(PROMPTS[:2], sampling)
        assert [[d.token_ids for d in many] for many in small] == [[d.token_ids for d in many] for many in large]


class TestInput:
    def test_nothing_asked_is_nothing_given(self, load):
        engine = load("llama")[0]
        assert engine.sample([], Sampling()) == []
        assert engine.logprobs([], []) == []
        assert engine.logprobs(["a"], [[]])[0].shape == (0,)
        assert engine.option_scores([], [" the"]).probabilities.shape == (0, 1)
        assert engine.hidden_states([]).shape == (0, 64)

    def test_one_string_for_a_list(self, load):
        for ask in (lambda e: e.sample("a", Sampling()), lambda e: e.hidden_states("a")):
            with pytest.raises(InputError, match="prompts must be a list of prompts, got one string"):
                ask(load("llama")[0])

    def test_continuations_that_do_not_match_the_prompts(self, load):
        for continuations in ([[" a"]], [" a", " b"], [None, None], None):
            with pytest.raises(InputError, match="continuations must be one list of strings for each prompt"):
                load("llama")[0].logprobs(["x", "y"], continuations)

    def test_empty_texts(self, load):
        with pytest.raises(InputError, match="prompt '' has no tokens"):
            load("qwen")[0].sample(["a", ""], Sampling())
        assert load("llama")[0].hidden_states([""]).shape == (1, 64)  # its BOS is a token
        with pytest.raises(InputError, match="continuation '' has no tokens"):
            load("llama")[0].logprobs(["a"], [[""]])

    def test_longer_options(self, load):
        conformance.longer_options_are_refused(load("llama")[0], PROMPTS)

    @pytest.mark.parametrize("options", [None, 3, [], " a", [1]])
    def test_what_are_no_options(self, load, options):
        with pytest.raises(InputError, match=r"options must be a list|option 1 must be a string"):
            load("llama")[0].option_scores(["a"], options)

    @pytest.mark.parametrize(
        ("setting", "message"),
        [
            ({"batch_size": 0}, "batch_size"),
            ({"batch_size": "4"}, "batch_size"),
            ({"dtype": "int8"}, "dtype 'int8': it is one of float32, bfloat16, float16, auto"),
            ({"template": {"enable_thinking": False}}, "chat template has no switch enable_thinking .it knows none"),
            ({"device": "gpu"}, "device 'gpu' cannot be used here"),
        ],
    )
    def test_settings(self, llama_folder, setting, message):
        with pytest.raises(InputError, match=message):
            HFEngine(llama_folder, **{"device": "cpu", **setting})

    def test_scores_that_are_no_numbers_are_refused(self, llama_folder):
        engine = HFEngine(llama_folder, device="cpu")
        engine.network.model.lm_head.weight.data[5] = float("nan")
        for ask in (lambda: engine.logprobs(["a"], [[" a"]]), lambda: engine.option_scores(["a"], [" the"])):
            with pytest.raises(InputError, match="the model's output is not a number"):
                ask()


def test_a_model_too_large_for_its_device_is_refused_in_a_line(llama_folder, monkeypatch):
    def full(*given):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    monkeypatch.setattr("common.engines.hf.Network", full)
    with pytest.raises(InputError, match=r"does not fit into the memory of cpu in float32: try bfloat16$"):
        HFEngine(llama_folder, device="cpu")


def test_many_prompts_are_read_in_parts_as_in_one(load, monkeypatch):
    engine = load("gpt_neox")[0]
    whole = engine.sample(shared(PROMPTS), Sampling(n=1, max_tokens=8, temperature=0))
    monkeypatch.setattr("common.engines.network.TOKENS", 24)
    parts = engine.sample(shared(PROMPTS), Sampling(n=1, max_tokens=8, temperature=0))
    assert [many[0].token_ids for many in parts] == [many[0].token_ids for many in whole]
    for (one,), (other,) in zip(parts, whole, strict=True):
        np.testing.assert_allclose(one.logprobs, other.logprobs, atol=1e-5)


@pytest.fixture(scope="module", params=["llama", "qwen"])
def coarse(request, folders):
    """An engine and its reference in bfloat16, where each order of summation rounds otherwise."""
    folder = folders[request.param]
    return HFEngine(folder, device="cpu", dtype="bfloat16"), Reference(folder, torch.bfloat16)


class TestBfloat16:
    def test_identity(self, coarse):
        assert coarse[0].identity["dtype"] == "bfloat16"

    def test_sampled_logprobs(self, coarse):
        conformance.sampled_logprobs_are_those_of_a_full_forward(*coarse, PROMPTS, atol=0.15)

    def test_continuations(self, coarse):
        continuations = [" answer", " 42. (B) 36"]
        conformance.continuations_score_as_in_a_full_forward(*coarse, shared(PROMPTS), continuations, atol=0.15)

    def test_options(self, coarse):
        conformance.options_score_as_in_a_full_forward(*coarse, shared(PROMPTS), [" answer", " the"], atol=0.05)

    def test_layers(self, coarse):
        conformance.layers_score_options_as_their_states_would(*coarse, PROMPTS, [" answer", " the"], atol=0.05)

    def test_sums_of_logits(self, coarse):
        conformance.sums_of_logits_are_those_of_a_full_forward(*coarse, PROMPTS, rtol=0.02)


def test_identity_names_the_weights_not_the_place(load, llama_folder, tmp_path):
    copy = shutil.copytree(llama_folder, tmp_path / llama_folder.name)
    identity = HFEngine(copy, device="cpu").identity
    assert identity == load("llama")[0].identity
    assert identity["backend"] == "hf"
    assert identity["dtype"] == "float32"
    assert identity["model"] != load("qwen")[0].identity["model"]
