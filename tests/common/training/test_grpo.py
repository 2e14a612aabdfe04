import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from common.errors import InputError
from common.paths import ROOT
from common.training import checkpoints, grpo, loop, loss, rewards
from tests.common.training import toy

SAME = (loop.CURVE, loop.EVALUATIONS, checkpoints.FILE)


def config(**changed):
    return grpo.Config(**{**toy.CONFIG.model_dump(), **changed})


def train(folder, reward=toy.begins, prompts=toy.PROMPTS, model=None, evaluate=None, **changed):
    model = model or toy.llama()
    grpo.train(model, toy.tokenizer(), prompts, reward, config(**changed), folder, evaluate=evaluate)
    return model


def points(folder, name=loop.CURVE):
    path = folder / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def trainer(reward=toy.begins, prompts=toy.PROMPTS, model=None, **changed):
    return grpo._Trainer(model or toy.llama(), toy.tokenizer(), prompts, reward, config(**changed), "cpu")


def test_a_toy_task_is_learnt_within_a_few_dozen_steps(tmp_path):
    train(tmp_path, toy.begins_with_c, steps=30, group_size=8, prompts_per_step=8, epochs=1, minibatches=1)
    curve = points(tmp_path)
    assert np.mean([point["reward"] for point in curve[:3]]) < 0.3
    assert np.mean([point["reward"] for point in curve[-3:]]) > 0.8


def test_a_training_killed_and_resumed_gives_the_same_files(tmp_path):
    killed, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    command = [sys.executable, "-m", "tests.common.training.toy", str(killed), "100000"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TQDM_DISABLE": "1"})
    deadline = time.monotonic() + 120
    while not (killed / checkpoints.FILE).exists() or len(points(killed)) < 3:
        with pytest.raises(subprocess.TimeoutExpired):  # it runs on until it is killed
            process.wait(timeout=0.02)
        assert time.monotonic() < deadline
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = len(points(killed))
    assert 3 <= done < 100_000
    toy.train(killed, done + 4)
    toy.train(undisturbed, done + 4)
    for name in SAME:
        assert (killed / name).read_bytes() == (undisturbed / name).read_bytes()


def test_the_gradient_is_that_of_the_loss_over_the_whole_batch_computed_plainly(tmp_path, monkeypatch):
    model = toy.llama()
    task = trainer(model=model, prompts_per_step=6, mask_truncated=True, max_new_tokens=3)
    _, kept, _ = task.collect(0)
    assert any(any(scored.group.truncated) for scored in kept)
    assert not all(all(scored.group.truncated) for scored in kept)
    with torch.no_grad():
        for parameter in model.parameters():  # so that the ratios are not 1
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    losses, bound = [], 0
    for scored in kept:
        gains, group = loss.advantages(scored.rewards), scored.group
        for gain, tokens, old, truncated in zip(gains, group.completions, group.logprobs, group.truncated, strict=True):
            if not truncated:
                logits = model(torch.tensor([[*group.prompt, *tokens]])).logits[0, len(group.prompt) - 1 : -1]
                new = torch.log_softmax(logits, dim=-1)[range(len(tokens)), tokens]
                ratio = torch.exp(new - torch.tensor(old))
                clipped = ratio.clamp(0.8, 1.28)
                losses.append(-torch.minimum(ratio * gain, clipped * gain))
                bound += int((clipped * gain < ratio * gain).sum())
    expected = torch.cat(losses).mean()
    gradient = torch.autograd.grad(expected, list(model.parameters()))
    monkeypatch.setattr("common.training.rollout.TOKENS", 24)
    assert len(list(task.policy.parts([scored.group for scored in kept]))) > 1
    value, clipped = task._backward(kept, len(torch.cat(losses)))
    assert value == pytest.approx(float(expected.detach()), abs=1e-5)
    assert clipped == bound > 0
    for mine, theirs in zip(model.parameters(), gradient, strict=True):
        torch.testing.assert_close(mine.grad, theirs, atol=1e-5, rtol=1e-4)


def test_the_first_update_of_a_step_is_on_policy_and_later_ones_are_clipped(tmp_path):
    train(tmp_path / "one", epochs=1, minibatches=1, steps=3)
    assert [point["clipped"] for point in points(tmp_path / "one")] == [0, 0, 0]
    train(tmp_path / "many", epochs=8, minibatches=2, steps=3, learning_rate=2e-2)
    assert all(point["clipped"] > 0 for point in points(tmp_path / "many"))


def test_a_step_has_an_update_for_each_minibatch_of_each_epoch(tmp_path):
    train(tmp_path, toy.begins_with_c, steps=2, epochs=3, minibatches=2)
    assert all(point["groups"] >= 2 for point in points(tmp_path))
    assert load_file(tmp_path / checkpoints.FILE)["optimizer.0.step"] == 2 * 3 * 2


def test_groups_of_equal_rewards_are_redrawn_with_new_prompts():
    def rare(*, prompts, completions, **_):
        return [float(text.startswith("a") and prompt < "c") for text, prompt in zip(completions, prompts, strict=True)]

    task = trainer(rare, group_size=8)
    first, kept, redraws = task.collect(0)
    assert len(first) == len(kept) == 4
    assert 1 < redraws <= 10
    assert all(loss.varied(scored.rewards) for scored in kept)
    assert len({tuple(scored.group.prompt) for scored in kept}) == 4
    again = trainer(rare, group_size=8).collect(0)
    assert [scored.group for scored in again[1]] == [scored.group for scored in kept]


def test_redraws_take_as_many_prompts_as_the_share_that_varied_so_far_asks_for():
    sizes = []

    def scripted(*, completions, trainer_state, **_):
        varying = [2, 1, 3][trainer_state.redraw]
        sizes.append(len(completions) // 4)
        return [float(row % 4 == 0 and row // 4 < varying) for row in range(len(completions))]

    _, kept, redraws = trainer(scripted).collect(0)
    assert sizes == [4, 4, 3]  # 2 lack and half varied; 1 lacks and 3 of 8 varied
    assert (len(kept), redraws) == (4, 2)


@pytest.mark.parametrize("groups", [1, 2, 3, 4])
def test_a_batch_that_is_not_full_goes_a_part_of_the_way(tmp_path, groups):
    def few(*, completions, **_):
        return [float(row % 4 == 0 and row // 4 < groups) for row in range(len(completions))]

    before, rate = toy.llama(), 1e-3
    after = train(tmp_path, few, steps=1, epochs=1, minibatches=1, max_redraws=0, learning_rate=rate)
    pairs = zip(before.parameters(), after.parameters(), strict=True)
    moved = torch.cat([(b - a).abs().flatten() for a, b in pairs])
    assert moved.max().item() == pytest.approx(rate * groups / 4, rel=1e-2)  # Adam's first step is the rate itself


def test_each_step_takes_prompts_of_its_own_whatever_the_reward():
    taken = {
        (name, step): [scored.group.prompt for scored in trainer(reward).collect(step)[0]]
        for step in range(3)
        for name, reward in [("begins", toy.begins), ("c", toy.begins_with_c)]
    }
    assert [taken["begins", step] for step in range(3)] == [taken["c", step] for step in range(3)]
    assert taken["c", 0] != taken["c", 1] != taken["c", 2] != taken["c", 0]


def test_redraws_end_at_their_limit_and_when_the_prompts_are_used_up():
    states = []

    def never(*, completions, trainer_state, **_):
        states.append((trainer_state.redraw, len(completions)))
        return [0.0] * len(completions)

    assert trainer(never, max_redraws=3).collect(5)[1:] == ([], 3)
    assert states == [(0, 16), (1, 16), (2, 16), (3, 16)]
    few = {name: values[:10] for name, values in toy.PROMPTS.items()}
    states.clear()
    assert trainer(never, few).collect(0)[1:] == ([], 2)
    assert states == [(0, 16), (1, 16), (2, 8)]


def test_a_step_without_variance_changes_nothing_and_is_logged(tmp_path):
    model = train(tmp_path, rewards.format_only(lambda text: True), steps=2, max_redraws=2)
    assert checkpoints.digest(model) == checkpoints.digest(toy.llama())
    expected = {"reward": 1.0, "varied": 0.0, "redraws": 2, "groups": 0, "grad_norm": 0.0, "clipped": 0.0}
    assert all({name: point[name] for name in expected} == expected for point in points(tmp_path))


def test_a_step_whose_completions_are_all_masked_changes_nothing(tmp_path):
    model, endless = toy.llama(), toy.tokenizer()
    model.generation_config.eos_token_id = endless.eos_token = None
    grpo.train(model, endless, toy.PROMPTS, toy.begins_with_c, config(steps=2, mask_truncated=True), tmp_path)
    assert checkpoints.digest(model) == checkpoints.digest(toy.llama())
    expected = {"truncated": 1.0, "groups": 4, "grad_norm": 0.0, "clipped": 0.0}
    assert all({name: point[name] for name in expected} == expected for point in points(tmp_path))


def test_the_curve_tells_of_completions_as_first_drawn(tmp_path):
    train(tmp_path, steps=1)
    first, kept, redraws = trainer().collect(0)
    point = points(tmp_path)[0]
    assert point["reward"] == pytest.approx(np.mean([scored.rewards for scored in first]), abs=1e-6)
    assert point["varied"] == np.mean([loss.varied(scored.rewards) for scored in first])
    assert point["length"] == np.mean([len(ids) for scored in first for ids in scored.group.completions])
    assert (point["redraws"], point["groups"]) == (redraws, len(kept))
    assert set(points(tmp_path, loop.TIMINGS)[0]) == {"step", "rollout", "update", "tokens"}
    assert points(tmp_path, loop.TIMINGS)[0]["tokens"] >= 16 * point["length"]  # redrawn ones count too


def test_logits_that_stop_being_numbers_stop_the_training(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)

    def poison(model, step):
        if step == 2:
            model.model.norm.weight.data[0] = float("nan")
        return {}

    with pytest.raises(InputError, match="step 3: the model's output is not a number; the checkpoint of step 2 is in"):
        grpo.train(toy.llama(), toy.tokenizer(), toy.PROMPTS, toy.begins, config(), tmp_path, evaluate=poison, every=2)


def test_a_reward_that_gives_none_stops_with_its_name(tmp_path):
    def unsure(*, completions, **_):
        return [None for _ in completions]

    with pytest.raises(InputError, match="reward unsure returned None for completion 0 of 16"):
        train(tmp_path, unsure)


def test_a_checkpoint_from_another_model_or_config_is_refused(tmp_path):
    train(tmp_path, steps=1)
    with pytest.raises(InputError, match="another model:"):
        train(tmp_path, model=toy.llama(seed=3))
    with pytest.raises(InputError, match="another reward, learning_rate:"):
        train(tmp_path, rewards.format_only(str.isalpha), learning_rate=1e-3)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"group_size": 1}, "group_size: .*greater than or equal to 2, got 1"),
        ({"minibatches": 5}, r"minibatches \(5\) must not exceed prompts_per_step \(4\)"),
        ({"epsilon_low": 1.0}, "epsilon_low: .*less than 1"),
    ],
)
def test_a_config_that_cannot_be_trained_is_refused(changed, said):
    with pytest.raises(InputError, match=said) as caught:
        config(**changed)
    assert "\n" not in str(caught.value)
