import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from common.training import loss

REWARDS = arrays(float, st.tuples(st.integers(1, 4), st.integers(2, 6)), elements=st.integers(-8, 8).map(float))


def test_advantages_of_one_right_answer_in_four_are_the_published_formula():
    deviation = math.sqrt((3 * 0.25**2 + 0.75**2) / 3) + 1e-4
    expected = np.array([0.75, -0.25, -0.25, -0.25]) / deviation
    np.testing.assert_allclose(loss.advantages(np.array([[1.0, 0, 0, 0]]))[0], expected, rtol=1e-12)


@given(REWARDS)
def test_advantages_have_mean_zero_and_keep_the_order_of_rewards(rewards):
    found = loss.advantages(rewards)
    np.testing.assert_allclose(found.sum(axis=-1), 0, atol=1e-9)
    assert (np.diff(np.take_along_axis(found, np.argsort(rewards), axis=-1), axis=-1) >= 0).all()


@given(REWARDS, st.integers(-5, 5), st.integers(1, 5))
def test_advantages_ignore_an_added_constant_and_nearly_ignore_scale(rewards, shift, scale):
    np.testing.assert_allclose(loss.advantages(rewards + shift), loss.advantages(rewards), atol=1e-9)
    np.testing.assert_allclose(loss.advantages(rewards * scale), loss.advantages(rewards), atol=1e-3)


@given(st.floats(-1e3, 1e3), st.integers(2, 9))
def test_a_group_of_equal_rewards_has_no_variance_and_advantages_of_exactly_zero(value, size):
    rewards = np.full((1, size), value)
    assert not loss.varied(rewards)[0]
    assert (loss.advantages(rewards) == 0).all()


def test_the_mask_covers_completions_and_leaves_out_truncated_ones_when_asked():
    lengths, truncated = np.array([1, 3, 3]), np.array([False, True, False])
    every = loss.completion_mask(lengths, truncated, mask_truncated=False)
    assert every.tolist() == [[True, False, False], [True] * 3, [True] * 3]
    some = loss.completion_mask(lengths, truncated, mask_truncated=True)
    assert some.tolist() == [[True, False, False], [False] * 3, [True] * 3]


def test_token_logprobs_are_those_of_a_softmax_over_each_row():
    logits = torch.tensor([[[0.0, 1.0, 2.0], [3.0, 0.0, 0.0]]])
    expected = [[1 - math.log(1 + math.e + math.e**2), 3 - math.log(2 + math.e**3)]]
    torch.testing.assert_close(loss.token_logprobs(logits, torch.tensor([[1, 0]])), torch.tensor(expected))


def by_hand(ratio, gain, low, high):
    """Loss of one token, its derivative by the log-probability, and whether the clip binds, case by case."""
    if gain > 0 and ratio > 1 + high:
        return -(1 + high) * gain, 0.0, True
    if gain < 0 and ratio < 1 - low:
        return -(1 - low) * gain, 0.0, True
    return -ratio * gain, -ratio * gain, False


def test_the_surrogate_and_its_gradient_are_the_ones_worked_out_by_hand():
    ratios, gains = [0.5, 0.79, 0.81, 1.0, 1.1, 1.27, 1.29, 2.0], [-1.5, 0.5]
    expected = [[by_hand(ratio, gain, 0.2, 0.28) for ratio in ratios] for gain in gains]
    old = torch.full((2, 8), -1.0, dtype=torch.float64)
    new = (old + torch.tensor(ratios, dtype=torch.float64).log()).requires_grad_()
    losses, clipped = loss.clipped_surrogate(new, old, torch.tensor(gains, dtype=torch.float64), 0.2, 0.28)
    losses.sum().backward()
    np.testing.assert_allclose(losses.detach(), [[value for value, _, _ in row] for row in expected], rtol=1e-12)
    np.testing.assert_allclose(new.grad, [[slope for _, slope, _ in row] for row in expected], rtol=1e-12)
    assert clipped.tolist() == [[binds for _, _, binds in row] for row in expected]
    assert sum(clipped.flatten().tolist()) == 4


def test_the_gradient_of_the_surrogate_agrees_with_finite_differences():
    generator = torch.Generator().manual_seed(0)
    new, old = (torch.rand(3, 4, generator=generator, dtype=torch.float64) - 2 for _ in range(2))
    gains = torch.tensor([1.0, -0.5, 2.0], dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda logprobs: loss.clipped_surrogate(logprobs, old, gains, 0.2, 0.28)[0], new.requires_grad_()
    )


def test_every_token_weighs_the_same_and_parts_of_a_batch_add_up():
    values = torch.tensor([[1.0, 2.0, 3.0], [10.0, -99.0, -99.0]])
    mask = torch.tensor([[True, True, True], [True, False, False]])
    whole = loss.token_mean(values, mask, 4)
    assert whole.item() == pytest.approx((1 + 2 + 3 + 10) / 4)
    parts = [loss.token_mean(values[row : row + 1], mask[row : row + 1], 4) for row in range(2)]
    assert sum(part.item() for part in parts) == pytest.approx(whole.item())
