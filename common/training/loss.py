"""The loss of GRPO with the pieces of DAPO, as pure functions: no Kullback-Leibler term, no value model.

Sources: GRPO is Shao et al. 2024 (arXiv 2402.03300, section 4.1), DAPO is Yu et al. 2025 (arXiv 2503.14476,
section 3). B completions are padded on the right to C tokens; a mask says which tokens count.
"""

import numpy as np
import torch
from torch import Tensor

from common.errors import InputError

EPSILON = 1e-4
"""Added to a group's standard deviation, as TRL does."""


class NotANumberError(InputError):
    """Loss, gradient or logits are not numbers: the training cannot go on."""


def varied(rewards: np.ndarray) -> np.ndarray:
    """[...] bool: which groups of rewards [..., group size] are not all equal, and so have something to teach."""
    found: np.ndarray = rewards.max(axis=-1) > rewards.min(axis=-1)
    return found


def advantages(rewards: np.ndarray) -> np.ndarray:
    """Rewards [..., group size] less their group's mean, over its standard deviation + 1e-4 (GRPO, section 4.1.2).

    The standard deviation is the sample's (one degree of freedom less), as in TRL. Where all rewards of a group are
    equal, all its advantages are 0.
    """
    centred = rewards - rewards.mean(axis=-1, keepdims=True)
    normalised = centred / (rewards.std(axis=-1, ddof=1, keepdims=True) + EPSILON)
    return np.where(varied(rewards)[..., None], normalised, 0.0)


def completion_mask(lengths: np.ndarray, truncated: np.ndarray, *, mask_truncated: bool) -> np.ndarray:
    """[B, longest] bool: tokens that count, given the lengths [B] and which completions were cut off [B].

    With `mask_truncated` those that were cut off do not count at all (DAPO, section 3.4, overlong filtering).
    """
    counted = np.where(truncated & mask_truncated, 0, lengths)
    mask: np.ndarray = np.arange(lengths.max()) < counted[:, None]
    return mask


def token_logprobs(logits: Tensor, tokens: Tensor) -> Tensor:
    """[B, C] float32 natural-log probability of each token [B, C] under its logits [B, C, V]."""
    flat = torch.nn.functional.cross_entropy(logits.flatten(0, 1).float(), tokens.flatten(), reduction="none")
    return -flat.view(tokens.shape)


def clipped_surrogate(
    logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, epsilon_low: float, epsilon_high: float
) -> tuple[Tensor, Tensor]:
    """Loss of each token with an asymmetric clip (DAPO, equation 8 and section 3.1).

    Args:
        logprobs: [B, C] under the policy that learns.
        old_logprobs: [B, C] under the policy that sampled.
        advantages: [B] of the completions.
        epsilon_low: the ratio of the two counts no lower than 1 less this where the advantage is negative.
        epsilon_high: and no higher than 1 plus this where the advantage is positive.

    Returns:
        [B, C] losses, and [B, C] bool where the clip binds, which have no gradient.
    """
    ratio = torch.exp(logprobs - old_logprobs)
    gain = advantages[:, None]
    plain, clipped = ratio * gain, ratio.clamp(1 - epsilon_low, 1 + epsilon_high) * gain
    return -torch.minimum(plain, clipped), clipped < plain


def token_mean(values: Tensor, mask: Tensor, total: int) -> Tensor:
    """Sum of the values [B, C] that count over `total`, the tokens that count in the whole batch.

    So each token weighs the same however long its completion is (DAPO, section 3.3), and a batch may be computed in
    parts that are added up.
    """
    return (values * mask).sum() / total
