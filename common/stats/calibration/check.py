"""What counts as probabilities, outcomes and multiple-choice questions: checked here, in one line each."""

import numpy as np
from numpy.typing import ArrayLike

from common.arrays import Floats, Ints
from common.errors import InputError
from common.stats.voting.pools import numbers, whole


def probabilities(p: ArrayLike) -> Floats:
    """Probabilities as float64, shape [n].

    Raises:
        InputError: none given, not a flat list, NaN, or outside [0, 1].
    """
    return _shares(p, "probabilities")


def outcomes(c: ArrayLike) -> Floats:
    """Outcomes as float64, shape [n].

    Raises:
        InputError: none given, not a flat list, or anything but 0 and 1.
    """
    values = _shares(c, "outcomes")
    if np.any((values != 0) & (values != 1)):
        raise InputError("outcomes must be 0 or 1: binarise shares of right answers before scoring them")
    return values


def with_shares(p: ArrayLike, c: ArrayLike) -> tuple[Floats, Floats]:
    """Probabilities and outcomes, shape [n] each; an outcome may be a share in [0, 1], as where a tie was split.

    Raises:
        InputError: as `probabilities`, lengths that differ, or outcomes outside [0, 1].
    """
    return _paired(probabilities(p), _shares(c, "outcomes"))


def with_outcomes(p: ArrayLike, c: ArrayLike) -> tuple[Floats, Floats]:
    """Probabilities and outcomes that are 0 or 1, shape [n] each.

    Raises:
        InputError: as `with_shares`, or an outcome between 0 and 1.
    """
    return _paired(probabilities(p), outcomes(c))


def both_classes(c: Floats, measure: str) -> None:
    """Check that something came true and something did not.

    Raises:
        InputError: all outcomes are equal.
    """
    if c.min() == c.max():
        raise InputError(f"{measure} needs outcomes of both classes, but all {len(c)} are {c[0]:g}")


def enough_for(bins: int, n: int, unit: str = "row") -> None:
    """Check that every bin gets at least one row.

    Raises:
        InputError: no bins, or more bins than rows.
    """
    if not 1 <= bins <= n:
        raise InputError(f"{bins} bins need at least {max(bins, 1)} {unit}s and at least one bin, got {n} {unit}s")


def table(options: ArrayLike, name: str) -> Floats:
    """A number an option, shape [n, k].

    Raises:
        InputError: no questions, fewer than two options, or NaN.
    """
    values = numbers(options, name)
    if values.ndim != 2 or not len(values) or values.shape[1] < 2:
        raise InputError(f"{name} must be a table of questions by at least two options, got shape {values.shape}")
    if np.isnan(values).any():
        raise InputError(f"{name} must not be NaN: leave out questions that were not scored")
    return values


def questions(options: ArrayLike, keys: ArrayLike, name: str) -> tuple[Floats, Ints]:
    """A number an option, shape [n, k], and the index of the right one, shape [n].

    Raises:
        InputError: as `table`, or keys that do not fit.
    """
    values, key = table(options, name), whole(keys, "keys")
    if key.shape != values.shape[:1]:
        raise InputError(f"{len(values)} questions but keys of shape {key.shape}: give one key a question")
    if key.min() < 0 or key.max() >= values.shape[1]:
        raise InputError(f"keys must lie in 0..{values.shape[1] - 1}, got {key.min()}..{key.max()}")
    return values, key


def _shares(values: ArrayLike, name: str) -> Floats:
    array = numbers(values, name)
    if array.ndim != 1 or not len(array):
        raise InputError(f"{name} must be a non-empty flat list, got shape {array.shape}")
    wrong = array[~((array >= 0) & (array <= 1))]
    if len(wrong):
        raise InputError(f"{name} must lie in [0, 1] without NaN, got {wrong[0]:.17g}")
    return array


def _paired(p: Floats, c: Floats) -> tuple[Floats, Floats]:
    if len(p) != len(c):
        raise InputError(f"{len(p)} probabilities but {len(c)} outcomes: give one outcome a probability")
    return p, c
