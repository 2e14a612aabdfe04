"""Pools of sampled solutions: checked once, then handed to an estimator as dense blocks.

A pool is the set of solutions sampled for one problem; an estimate at size S is about S of them drawn
without replacement. Real pools are ragged, so every estimator takes arrays padded to one width and a
`present` mask. Its arithmetic depends on the pool size alone, so `over_pools` groups the problems by
pool size and calls the estimator once a group, with no mask left to mind.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from common.arrays import Bools, Floats, Ints
from common.errors import InputError

MOST_ROWS = 256  # problems handled at once: bounds memory, costs no time


def numbers(values: ArrayLike, name: str) -> Floats:
    """Numbers as float64.

    Raises:
        InputError: values that are not numbers, or nested lists of uneven length.
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as e:
        raise InputError(f"{name} must be a regular array of numbers: {e}") from e


def whole(values: ArrayLike, name: str) -> Ints:
    """Whole numbers as int64.

    Raises:
        InputError: values that are not whole numbers, or do not fit.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind == "i":
        return values.astype(np.int64)
    array = numbers(values, name)
    if not np.all((np.abs(array) < 2**53) & (array == np.floor(array))):
        raise InputError(f"{name} must be whole numbers below 2^53")
    return array.astype(np.int64)


def draw_sizes(values: ArrayLike, limit: int, name: str, limited_by: str) -> Ints:
    """Sizes of draws, shape [n], each in 1..limit.

    Raises:
        InputError: none given, not a flat list, not whole, below 1 or above the limit.
    """
    sizes = whole(values, name)
    if sizes.ndim != 1 or not len(sizes):
        raise InputError(f"{name} must be a non-empty flat list, got shape {sizes.shape}")
    if sizes.min() < 1 or sizes.max() > limit:
        wrong = sizes.min() if sizes.min() < 1 else sizes.max()
        raise InputError(f"{name} must lie in 1..{limit} ({limited_by}), got {wrong}")
    return sizes


def check_pools(correct: ArrayLike, present: ArrayLike | None) -> tuple[Floats, Bools]:
    """Correctness of each solution and the mask of the real ones, both of shape [..., N].

    Args:
        correct: 0/1, or partial credit in [0, 1], shape [..., N].
        present: which slots hold a solution; default: all. Absent slots may hold anything.

    Raises:
        InputError: no solutions in some pool, credit outside [0, 1], or shapes that differ.
    """
    credit = numbers(correct, "correct")
    if not credit.ndim or not credit.shape[-1]:
        raise InputError(f"a pool needs at least one solution, got correctness of shape {credit.shape}")
    mask = np.ones(credit.shape, bool) if present is None else np.asarray(present)
    if mask.shape != credit.shape or mask.dtype != bool:
        raise InputError(f"present must be boolean, shaped {credit.shape}; got {mask.dtype}, {mask.shape}")
    if not mask.any(axis=-1).all():
        raise InputError(f"{int((~mask.any(axis=-1)).sum())} pools hold no solution: leave those problems out")
    if not np.all((credit[mask] >= 0) & (credit[mask] <= 1)):
        raise InputError("correctness must be 0, 1 or partial credit in between, without NaN")
    return credit, mask


def same_shape(name: str, array: NDArray[np.generic], mask: Bools) -> None:
    """Check that an array gives one entry a slot.

    Raises:
        InputError: shapes that differ.
    """
    if array.shape != mask.shape:
        raise InputError(f"{name} has shape {array.shape}, correctness {mask.shape}: give one entry a solution")


def smallest(mask: Bools) -> int:
    """Size of the smallest pool, the largest size that every problem can be asked for."""
    return int(mask.sum(axis=-1).min(initial=mask.shape[-1]))


def sums_by(group: Ints, n_groups: int, value: Floats) -> Floats:
    """Sum of `value` over each group within each row, [R, M] -> [R, n_groups]; negative groups count nowhere."""
    counted = group >= 0
    cell = (np.arange(len(group))[:, None] * n_groups + group)[counted]
    sums = np.bincount(cell, value[counted], len(group) * n_groups)
    return sums.astype(np.float64).reshape(len(group), n_groups)


def over_pools(
    kernel: Callable[..., Floats], shape: tuple[int, ...], mask: Bools, *arrays: NDArray[np.generic]
) -> Floats:
    """Apply an estimator to pools of equal size at a time.

    Args:
        kernel: takes dense arrays [R, n, ...] of R pools with n solutions each, returns [R, *shape].
        shape: of one problem's result.
        mask: which slots hold a solution, shape [..., N].
        arrays: what the kernel takes, each [..., N, ...]; only present slots reach it.

    Returns:
        Results of shape [..., *shape].
    """
    batch, width = mask.shape[:-1], mask.shape[-1]
    slots = mask.reshape(-1, width)
    flat = [array.reshape(len(slots), width, *array.shape[mask.ndim :]) for array in arrays]
    sizes = slots.sum(axis=1)
    present_first = np.argsort(~slots, axis=1, kind="stable")
    out = np.empty((len(slots), *shape))
    for n in np.unique(sizes):
        group = np.flatnonzero(sizes == n)
        for rows in np.array_split(group, -(-len(group) // MOST_ROWS)):
            take = rows[:, None], present_first[rows, :n]
            out[rows] = kernel(*(array[take] for array in flat))
    return out.reshape(*batch, *shape)
