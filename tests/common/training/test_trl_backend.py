import copy
import sys
from importlib.util import find_spec

import numpy as np
import pytest
import torch

from common.errors import InputError
from common.training import grpo, loss, rewards, trl_backend
from common.training.rollout import padded
from tests.common.training import toy

needs_trl = pytest.mark.skipif(find_spec("trl") is None, reason="trl is not installed: pip install trl==1.16.0")
pytestmark = pytest.mark.filterwarnings("ignore")  # TRL and what it imports warn about themselves

CONFIG = grpo.Config(
    steps=3, learning_rate=1e-2, prompts_per_step=4, group_size=4, max_new_tokens=5, warmup=2, temperature=0.7
)


def changed(**values):
    return grpo.Config(**{**CONFIG.model_dump(), **values})


def trainer(model, folder, config, reward=toy.begins_with_c, **others):
    settings = trl_backend.arguments(config, folder, use_cpu=True, bf16=False, save_strategy="no", **others)
    found = trl_backend.trainer_of(model, toy.tokenizer(), toy.PROMPTS, reward, settings)
    found.current_gradient_accumulation_steps = settings.gradient_accumulation_steps  # set when training begins
    return found


def left_padded(rows):
    width = max(map(len, rows))
    ids = torch.tensor([[1] * (width - len(row)) + row for row in rows])
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
    return {"prompt_ids": ids, "prompt_mask": mask}


@needs_trl
@pytest.mark.parametrize("mask_truncated", [False, True])
def test_loss_and_gradient_are_trls_on_a_fixed_batch(tmp_path, mask_truncated):
    model, config = toy.llama(), changed(mask_truncated=mask_truncated)
    prompts = {**toy.PROMPTS, "prompt": [text * (1 + row % 3) for row, text in enumerate(toy.PROMPTS["prompt"])]}
    ours = grpo._Trainer(model, toy.tokenizer(), prompts, toy.begins_with_c, config, "cpu")
    _, kept, _ = ours.collect(0)
    groups = [scored.group for scored in kept]
    with torch.no_grad():
        for parameter in model.parameters():  # so that the policy that learns is not the one that sampled
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    theirs = trainer(copy.deepcopy(model), tmp_path, config)
    mask = ours._mask(groups)
    gains = np.concatenate([loss.advantages(scored.rewards) for scored in kept])
    inputs = {
        **left_padded([group.prompt for group in groups for _ in group.completions]),
        "completion_ids": torch.from_numpy(padded([ids for group in groups for ids in group.completions], np.int64)),
        "completion_mask": torch.from_numpy(mask).long(),
        "advantages": torch.from_numpy(gains.astype(np.float32)),
        "old_per_token_logps": torch.from_numpy(
            padded([numbers for group in groups for numbers in group.logprobs], np.float32)
        ),
        "num_items_in_batch": torch.tensor(mask.sum()),
    }
    theirs.model.train()
    found = theirs._compute_loss(theirs.model, inputs)
    found.backward()
    value, clipped = ours._backward(kept, int(mask.sum()))
    assert value == pytest.approx(found.item(), abs=1e-5)
    assert clipped / mask.sum() == pytest.approx(theirs._metrics["train"]["clip_ratio/region_mean"][0], abs=1e-6)
    assert clipped > 0
    for mine, other in zip(model.parameters(), theirs.model.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, other.grad, atol=1e-5, rtol=1e-4)
    assert max(float(parameter.grad.abs().max()) for parameter in model.parameters()) > 1e-2


@needs_trl
@pytest.mark.parametrize("mask_truncated", [False, True])
def test_advantages_and_masks_are_trls_for_the_same_completions(tmp_path, mask_truncated):
    def graded(*, completions, **_):
        return [float(len(text)) for text in completions]

    config = changed(mask_truncated=mask_truncated)
    theirs = trainer(toy.llama(), tmp_path, config, graded)
    torch.manual_seed(0)
    theirs.model.train()
    rows = [{"prompt": toy.PROMPTS["prompt"][row], "answer": "c"} for row in range(4) for _ in range(4)]
    found = theirs._generate_and_score_completions(rows)
    ids = found["completion_ids"].tolist()
    ends = [row.index(0) if 0 in row else None for row in ids]
    marks = graded(completions=toy.tokenizer().batch_decode(ids, skip_special_tokens=True))
    expected = loss.advantages(np.reshape(marks, (4, 4))).ravel()
    np.testing.assert_allclose(found["advantages"], expected, atol=1e-5)
    lengths = np.array([5 if end is None else end + 1 for end in ends])
    truncated = np.array([end is None and row[-1] != 1 for end, row in zip(ends, ids, strict=True)])
    assert 0 < truncated.sum() < len(ids)
    mask = loss.completion_mask(lengths, truncated, mask_truncated=mask_truncated)
    assert found["completion_mask"].tolist() == mask.astype(int).tolist()
    assert found["num_items_in_batch"].item() == mask.sum()


@needs_trl
def test_a_training_with_trl_takes_the_same_reward_and_as_many_updates(tmp_path):
    seen = []

    def noted(*, completions, answer, trainer_state, **columns):
        seen.append((trainer_state.global_step, len(completions), len(answer)))
        return toy.begins_with_c(completions=completions)

    config = changed(epochs=2, minibatches=2)
    model = toy.llama()
    theirs = trainer(model, tmp_path, config, noted, disable_tqdm=True)
    theirs.train()
    assert theirs.state.global_step == 3 * 2 * 2
    assert seen == [(0, 16, 16), (4, 16, 16), (8, 16, 16)]
    rates = [entry["learning_rate"] for entry in theirs.state.log_history if "learning_rate" in entry]
    assert rates[-1] == config.learning_rate


@needs_trl
def test_train_changes_the_model_in_place(tmp_path):
    model = toy.llama()
    before = model.lm_head.weight.detach().clone()
    config = changed(steps=1, warmup=0)
    others = {"use_cpu": True, "bf16": False, "save_strategy": "no", "disable_tqdm": True}
    trl_backend.train(model, toy.tokenizer(), toy.PROMPTS, toy.begins, config, tmp_path, micro_batch=8, **others)
    assert not torch.equal(model.lm_head.weight, before)


@needs_trl
def test_the_arguments_mean_what_the_config_says(tmp_path):
    config = changed(epochs=2, minibatches=2, mask_truncated=True, seed=7)
    found = trl_backend.arguments(config, tmp_path, micro_batch=4, use_cpu=True, bf16=False, logging_steps=5)
    assert (found.loss_type, found.beta, found.scale_rewards) == ("dapo", 0.0, "group")
    assert (found.epsilon, found.epsilon_high, found.mask_truncated_completions) == (0.2, 0.28, True)
    assert (found.num_generations, found.generation_batch_size, found.num_iterations) == (4, 16, 2)
    assert (found.per_device_train_batch_size, found.gradient_accumulation_steps) == (4, 2)
    assert (found.max_steps, found.warmup_steps, found.seed, found.logging_steps) == (12, 8, 7, 5)


@needs_trl
@pytest.mark.parametrize(
    ("values", "micro_batch", "said"),
    [
        ({"stop": ("\n",)}, None, "leave out stop"),
        ({"minibatches": 3}, None, r"minibatches \(3\) must divide a step's 16 completions"),
        ({}, 3, r"micro_batch \(3\) must divide the 16 completions"),
    ],
)
def test_what_trl_cannot_do_is_refused(tmp_path, values, micro_batch, said):
    with pytest.raises(InputError, match=said):
        trl_backend.arguments(changed(**values), tmp_path, micro_batch)


@needs_trl
def test_soft_overlong_is_trls():
    from trl.rewards import get_soft_overlong_punishment

    ids = [[0] * length for length in range(1, 31)]
    assert rewards.soft_overlong(30, 12)(completion_ids=ids) == pytest.approx(get_soft_overlong_punishment(30, 12)(ids))


def test_without_trl_one_line_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "trl", None)
    with pytest.raises(InputError, match=r"needs trl .*pip install trl==1\.16\.0, or use grpo\.train") as caught:
        trl_backend.train(toy.llama(), toy.tokenizer(), toy.PROMPTS, toy.begins, CONFIG, tmp_path)
    assert "\n" not in str(caught.value)
