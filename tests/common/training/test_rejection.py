import json

import numpy as np
import pytest
import torch

from common.errors import InputError
from common.training import checkpoints, loop, rejection, rewards
from common.training.problems import Problems
from common.training.rollout import Group, Policy
from tests.common.training import toy

CONFIG = rejection.Config(steps=6, learning_rate=1e-2, max_new_tokens=4, samples=8, batch_size=16, seed=2)


def train(folder, reward=toy.begins_with_c, config=CONFIG, evaluate=None):
    model = toy.llama()
    rejection.train(model, toy.tokenizer(), toy.PROMPTS, reward, config, folder, evaluate=evaluate, every=2)
    return model


def kept(folder):
    return [json.loads(line) for line in (folder / rejection.KEPT).read_text().splitlines()][1:]


def solved(model):
    policy = Policy(model, toy.tokenizer())
    groups = policy.sample(policy.encode(toy.PROMPTS["prompt"], 4), toy.PROMPTS["prompt"], 8, 4, 99)
    return np.mean([text.startswith("c") for group in groups for text in group.texts])


def test_what_is_kept_is_right_and_each_text_once_a_prompt(tmp_path):
    short = CONFIG.model_copy(update={"steps": 1, "max_new_tokens": 1})
    train(tmp_path, config=short)
    texts = [(row, toy.tokenizer().decode(tokens, skip_special_tokens=True)) for row, tokens in kept(tmp_path)]
    assert len(set(texts)) == len(texts) > 20
    assert all(text.startswith("c") for _, text in texts)
    problems = Problems(Policy(toy.llama(), toy.tokenizer()), toy.PROMPTS, toy.begins_with_c, short, 1)
    every = [
        (row, text)
        for row, scored in enumerate(problems.draw(range(64), 8, rewards.TrainerState(0)))
        for text, mark in zip(scored.group.texts, scored.rewards, strict=True)
        if mark
    ]
    assert set(every) == set(texts)
    assert len(every) > len(texts)


def test_fine_tuning_on_right_solutions_solves_more(tmp_path):
    model = train(tmp_path, config=CONFIG.model_copy(update={"steps": 25}))
    assert solved(model) > solved(toy.llama()) + 0.3
    losses = [json.loads(line)["loss"] for line in (tmp_path / loop.CURVE).read_text().splitlines()]
    assert losses[-1] < losses[0] - 0.3


def test_the_loss_is_the_mean_over_tokens_of_all_completions(monkeypatch):
    model = toy.llama()
    policy = Policy(model, toy.tokenizer())
    rows = [([2, 10], [3, 4, 0]), ([5, 6, 10], [7]), ([2, 10], [4, 0])]
    logprobs = []
    for prompt, tokens in rows:
        logits = model(torch.tensor([[*prompt, *tokens]])).logits[0, len(prompt) - 1 : -1]
        logprobs.append(torch.log_softmax(logits, dim=-1)[range(len(tokens)), tokens])
    expected = -torch.cat(logprobs).mean()
    gradient = torch.autograd.grad(expected, list(model.parameters()))
    monkeypatch.setattr("common.training.rollout.TOKENS", 4)
    value = rejection.backward(policy, [Group(prompt, [tokens], [], [], []) for prompt, tokens in rows])
    assert value == pytest.approx(float(expected.detach()), abs=1e-5)
    for mine, theirs in zip(model.parameters(), gradient, strict=True):
        torch.testing.assert_close(mine.grad, theirs, atol=1e-5, rtol=1e-4)


def test_a_training_that_was_stopped_goes_on_to_the_same_files_without_sampling_again(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    train(tmp_path / "undisturbed", evaluate=toy.weigh)

    def stop(model, step):
        if step == 4:
            raise KeyboardInterrupt
        return toy.weigh(model, step)

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "stopped", evaluate=stop)
    with monkeypatch.context() as patch:
        patch.setattr(rejection, "collect", None)
        train(tmp_path / "stopped", evaluate=toy.weigh)
    for name in (loop.CURVE, loop.EVALUATIONS, checkpoints.FILE, rejection.KEPT):
        assert (tmp_path / "stopped" / name).read_bytes() == (tmp_path / "undisturbed" / name).read_bytes()


def test_what_another_training_kept_is_not_used(tmp_path):
    short = CONFIG.model_copy(update={"steps": 1})
    train(tmp_path, config=short)
    before = kept(tmp_path)
    (tmp_path / checkpoints.FILE).unlink()
    train(tmp_path, config=short.model_copy(update={"seed": 3}))
    assert kept(tmp_path) != before


def test_without_any_right_solution_one_line_says_so(tmp_path):
    with pytest.raises(InputError, match="reward format_only is 1 for no completion: take easier prompts"):
        train(tmp_path, rewards.format_only(str.isupper))
