"""Real weights and real vocabularies through the suite that the small random models pass, on both backends.

A model that is not here is skipped: `python -m common.models fetch NAME` brings it.
"""

from importlib.util import find_spec

import numpy as np
import pytest

from common.engines import Sampling
from common.engines.hf import HFEngine
from common.engines.vllm import VLLMEngine
from common.errors import InputError
from common.models import local
from tests.common.engines import conformance
from tests.common.engines.conformance import PROMPTS, Reference, shared

pytestmark = pytest.mark.slow

ATOL = 2e-3
"""Of a token's log-probability, in float32 over up to thirty layers."""
NAMES = ["smollm2-135m", "qwen2.5-coder-0.5b"]
ENGINES = {"hf": lambda name: HFEngine(name, device="cpu"), "vllm": VLLMEngine}


@pytest.fixture(scope="module", params=[(name, engine) for name in NAMES for engine in ENGINES], ids="-".join)
def pair(request):
    name, engine = request.param
    if engine == "vllm" and find_spec("vllm") is None:
        pytest.skip("vllm is not installed: run `make setup-vllm`")
    try:
        found = local.resolve(name)
    except InputError as error:
        pytest.skip(str(error))
    return ENGINES[engine](name), Reference(found.folder)


@pytest.mark.parametrize("prompts", [PROMPTS, shared(PROMPTS[:3])], ids=["apart", "shared header"])
class TestAgainstTransformers:
    def test_greedy(self, pair, prompts):
        conformance.greedy_tokens_are_those_of_generate(*pair, prompts)

    def test_sampled_logprobs(self, pair, prompts):
        conformance.sampled_logprobs_are_those_of_a_full_forward(*pair, prompts, atol=ATOL)

    def test_continuations(self, pair, prompts):
        continuations = [" answer", " 42. (B) 36", " Yes, add the ones. Think step by step."]
        conformance.continuations_score_as_in_a_full_forward(*pair, prompts, continuations, atol=10 * ATOL)

    def test_options(self, pair, prompts):
        conformance.options_score_as_in_a_full_forward(*pair, prompts, [" answer", " the"], atol=ATOL)


def test_text(pair):
    conformance.text_is_what_follows_the_prompt(*pair, PROMPTS)


def test_stop_strings(pair):
    for prompt in PROMPTS[:2]:  # alone: a row that ends leaves others beside it with other last digits
        conformance.stop_strings_cut_the_text(pair[0], [prompt], n=1)


def test_draws(pair):
    prompts = ["Once upon a time, there was", "The opposite of what she wanted"]  # the model goes on for long
    conformance.same_seed_same_draws(pair[0], prompts)
    conformance.samples_of_a_prompt_differ_and_do_not_depend_on_n(pair[0], prompts)


@pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 1.0), (0.7, 0.9)])
def test_draws_follow_the_distribution(pair, temperature, top_p):
    conformance.draws_follow_the_distribution(*pair, PROMPTS[0], temperature, top_p)


def test_chats(pair):
    conformance.chats_go_through_the_template_with_one_bos(*pair)


def test_refusals(pair):
    conformance.longer_options_are_refused(pair[0], PROMPTS)


def test_scores_do_not_depend_on_the_order_of_a_request(pair):
    """Prompts with a long common beginning, as vllm's prefix cache may serve them (vllm-project/vllm#42019)."""
    engine, _ = pair
    header = "A train leaves at noon and travels at sixty miles an hour. Another one leaves an hour later. " * 2
    prompts = [f"{header}Question: What is {number} plus {number * 7}?\nAnswer:" for number in range(8)]
    assert len(engine.codec.encode([header])[0]) >= 40
    continuations = [[f" It is {number * 8}.", " That is hard to say."] for number in range(8)]
    first = np.stack(engine.logprobs(prompts, continuations))
    for _ in range(4):
        again = np.stack(engine.logprobs(prompts[::-1], continuations[::-1]))[::-1]
        np.testing.assert_allclose(again, first, atol=1e-3)
        np.testing.assert_allclose(np.stack(engine.logprobs(prompts, continuations)), first, atol=1e-3)
    alone = [engine.logprobs([prompt], [several])[0] for prompt, several in zip(prompts, continuations, strict=True)]
    np.testing.assert_allclose(np.stack(alone), first, atol=1e-3)


class TestWhatOnlyHfHas:
    @pytest.fixture
    def pair(self, pair):
        if isinstance(pair[0], VLLMEngine):
            pytest.skip("vllm gives neither layers nor sums over all logits: it refuses, see test_vllm.py")
        return pair

    def test_layers(self, pair):
        conformance.layers_score_options_as_their_states_would(*pair, PROMPTS[:3], [" answer", " the"], atol=ATOL)

    def test_sums_of_logits(self, pair):
        conformance.sums_of_logits_are_those_of_a_full_forward(*pair, PROMPTS[:3], rtol=2e-3)

    def test_states(self, pair):
        states = pair[0].hidden_states(PROMPTS[:2])
        expected = np.stack([pair[1].state(pair[1].ids(prompt)) for prompt in PROMPTS[:2]])
        np.testing.assert_allclose(states, expected, atol=1e-2 * np.abs(expected).max())

    def test_greedy_text_is_what_a_person_expects(self, pair):
        ((drawn,),) = pair[0].sample(["The capital of France is"], Sampling(temperature=0, max_tokens=4))
        assert "Paris" in drawn.text
