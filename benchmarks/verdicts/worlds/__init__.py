"""Worlds by kind of rule, a module a group of kinds; what all of them are."""

from functools import cache

from benchmarks.verdicts.world import World
from benchmarks.verdicts.worlds import (
    accuracy,
    discrimination,
    families,
    forecasts,
    former,
    genrm_vs_sc,
    miscalibration,
    prm_from_rl,
    self_assessment,
    weakest,
)
from common.errors import InputError

MODULES = (
    accuracy,
    discrimination,
    forecasts,
    miscalibration,
    weakest,
    genrm_vs_sc,
    prm_from_rl,
    self_assessment,
    families,
    former,
)


@cache
def every() -> tuple[World, ...]:
    """All worlds, kind by kind."""
    return tuple(one for module in MODULES for one in module.WORLDS)


def find(kind: str, shape: str) -> World:
    """The world of a kind and shape."""
    return next(one for one in every() if (one.kind, one.shape) == (kind, shape))


def module(kind: str, shape: str) -> str:
    """Full name of the module that has the world of a kind and shape."""
    return next(
        module.__name__ for module in MODULES for one in module.WORLDS if (one.kind, one.shape) == (kind, shape)
    )


def of(kinds: list[str]) -> list[World]:
    """Worlds of some kinds, or of all where none is named.

    Raises:
        InputError: a kind that there is not.
    """
    known = list(dict.fromkeys(one.kind for one in every()))
    if unknown := [kind for kind in kinds if kind not in known]:
        raise InputError(f"no kind {unknown[0]!r}: there are {', '.join(known)}")
    return [one for one in every() if not kinds or one.kind in kinds]
