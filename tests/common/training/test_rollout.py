import math

import numpy as np
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, MambaConfig, MambaForCausalLM

from common.errors import InputError
from common.training import rollout
from common.training.loss import NotANumberError
from common.training.rollout import Group, Policy
from tests.common.training import toy

PROMPTS = ["ab:", "c:", "dadada:", ":"]


def draw(policy, prompts=PROMPTS, keys=None, size=5, limit=6, seed=0):
    ids = policy.encode(prompts, limit)
    return policy.sample(ids, keys or [f"prompt {text}" for text in prompts], size, limit, seed)


def plain_logprobs(model, prompt, completion, temperature=1.0):
    """Log-probabilities of one completion from a forward pass over the text alone."""
    ids = torch.tensor([[*prompt, *completion]])
    logits = model(input_ids=ids).logits[0, len(prompt) - 1 : -1] / temperature
    return torch.log_softmax(logits, dim=-1)[range(len(completion)), completion]


@pytest.mark.parametrize("build", [toy.llama, toy.qwen])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_sampled_logprobs_are_those_of_a_plain_forward_pass(build, temperature, tokenizer):
    model = build()
    for group in draw(Policy(model, tokenizer, temperature=temperature)):
        assert len(group.completions) == 5
        for tokens, logprobs in zip(group.completions, group.logprobs, strict=True):
            expected = plain_logprobs(model, group.prompt, tokens, temperature).tolist()
            np.testing.assert_allclose(logprobs, expected, atol=1e-5)


@pytest.mark.parametrize("build", [toy.llama, toy.qwen])
def test_logprobs_of_many_groups_and_their_gradients_are_those_of_plain_forward_passes(build, tokenizer):
    model = build()
    policy = Policy(model, tokenizer)
    groups = draw(policy, limit=24)
    found = policy.logprobs(groups)
    rows = [(group.prompt, tokens) for group in groups for tokens in group.completions]
    assert len({len(tokens) for _, tokens in rows}) > 3
    weights = [torch.linspace(-1, 2, len(tokens)) for _, tokens in rows]
    ours = sum((found[row, : len(weight)] * weight).sum() for row, weight in enumerate(weights))
    our_gradient = torch.autograd.grad(ours, list(model.parameters()))
    plain = sum((plain_logprobs(model, *row) * weight).sum() for row, weight in zip(rows, weights, strict=True))
    gradient = torch.autograd.grad(plain, list(model.parameters()))
    torch.testing.assert_close(ours, plain, atol=1e-4, rtol=1e-5)
    for mine, theirs in zip(our_gradient, gradient, strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-4, rtol=1e-4)


def test_completions_of_one_token_have_logprobs(model, tokenizer):
    policy = Policy(model, tokenizer)
    groups = draw(policy, limit=1)
    expected = [logprobs for group in groups for logprobs in group.logprobs]
    torch.testing.assert_close(policy.logprobs(groups).detach(), torch.tensor(expected), atol=1e-5, rtol=0)


def test_the_first_token_follows_the_models_distribution(model, tokenizer):
    group = draw(Policy(model, tokenizer), ["ab:"], size=4000, limit=1)[0]
    with torch.no_grad():
        expected = torch.softmax(model(torch.tensor([group.prompt])).logits[0, -1], dim=-1).numpy()
    counts = np.bincount([tokens[0] for tokens in group.completions], minlength=len(expected))
    statistic = ((counts - 4000 * expected) ** 2 / (4000 * expected)).sum()
    assert statistic < 29.6  # the 0.999 quantile of chi-square with 10 degrees of freedom


def test_a_draw_depends_on_seed_key_and_sample_alone(model, tokenizer, monkeypatch):
    policy = Policy(model, tokenizer)
    together = draw(policy)
    alone = [draw(policy, [prompt])[0] for prompt in PROMPTS]
    assert [group.completions for group in together] == [group.completions for group in alone]
    assert draw(policy, size=3)[1].completions == together[1].completions[:3]
    assert draw(policy, seed=1)[1].completions != together[1].completions
    assert draw(policy, keys=["a", "b", "c", "d"])[1].completions != together[1].completions
    monkeypatch.setattr(rollout, "ROWS", 7)
    assert [group.completions for group in draw(policy)] == [group.completions for group in together]


def test_a_completion_ends_with_the_end_token_a_stop_string_or_the_limit(model, tokenizer):
    policy = Policy(model, tokenizer, stop=["a"])
    groups = draw(policy, size=40)
    cases = set()
    for group in groups:
        for tokens, text, truncated in zip(group.completions, group.texts, group.truncated, strict=True):
            last = tokenizer.convert_ids_to_tokens(tokens[-1])
            cases.add((last == "<end>", last == "a", truncated))
            assert truncated == (last not in ("<end>", "a"))
            assert not truncated or len(tokens) == 6
            assert text == tokenizer.decode(tokens if truncated else tokens[:-1], skip_special_tokens=True)
    assert cases == {(True, False, False), (False, True, False), (False, False, True)}


def test_the_model_keeps_its_attention_and_stays_in_evaluation_mode(model, tokenizer):
    before = model.config._attn_implementation
    policy = Policy(model.train(), tokenizer)
    policy.logprobs(draw(policy))
    assert model.config._attn_implementation == before != rollout.BACKEND
    assert not model.training


def test_dropout_does_not_part_the_policy_that_samples_from_the_one_that_learns(tokenizer):
    config = GPT2Config(vocab_size=11, n_embd=32, n_layer=1, n_head=2, n_positions=32, attn_pdrop=0.5, resid_pdrop=0.5)
    policy = Policy(GPT2LMHeadModel(config).train(), tokenizer)
    groups = draw(policy, limit=1)
    expected = [logprobs for group in groups for logprobs in group.logprobs]
    torch.testing.assert_close(policy.logprobs(groups).detach(), torch.tensor(expected), atol=1e-5, rtol=0)


def test_parts_hold_every_group_once_and_few_tokens(model, tokenizer, monkeypatch):
    monkeypatch.setattr(rollout, "TOKENS", 20)
    lengths = [3, 9, 1, 4, 30, 2]
    groups = [Group([2], [[3] * length, [3]], [], [], []) for length in lengths]
    parts = list(Policy(model, tokenizer).parts(groups))
    assert sorted(index for part in parts for index in part) == list(range(6))
    assert all(len(part) * 2 * max(lengths[index] for index in part) <= 20 or len(part) == 1 for part in parts)
    assert len(parts) < len(groups)


def test_logits_that_are_not_numbers_are_an_error(model, tokenizer):
    model.model.norm.weight.data[0] = math.nan
    with pytest.raises(NotANumberError, match="output is not a number"):
        draw(Policy(model, tokenizer))


def test_a_chat_prompt_is_refused(model, tokenizer):
    with pytest.raises(InputError, match=r"must be a string, .*apply the chat template"):
        Policy(model, tokenizer).encode([[{"role": "user", "content": "a"}]], 4)


def test_a_prompt_too_long_for_the_context_is_refused(model, tokenizer):
    with pytest.raises(InputError, match="too many for the model's context of 64"):
        Policy(model, tokenizer).encode(["a" * 60], 5)


def test_a_model_of_an_unknown_kind_is_refused(tokenizer):
    model = MambaForCausalLM(MambaConfig(vocab_size=11, hidden_size=8, num_hidden_layers=1, state_size=4))
    with pytest.raises(InputError, match="does not know this architecture"):
        Policy(model, tokenizer)
