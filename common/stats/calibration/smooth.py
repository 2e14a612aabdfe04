"""Smooth calibration error: no bins, no free parameter.

Błasiok and Nakkiran 2023 (arXiv 2309.12236): smooth the residuals c - p over p with a Gaussian kernel that is
reflected at 0 and 1, and integrate the absolute value. Wider kernels average more away, so the error falls with the
bandwidth, and there is one bandwidth that equals its own error: that number is the smooth ECE.

The reflected kernel is diagonal in the cosines cos(k pi t), so it is applied to residuals on a grid by a
discrete cosine transform in one step for every bandwidth. The grid has 2,048 cells: rounding to it costs some 0.1% at
a bandwidth of 0.003 and less above; bandwidths below 0.0005, one cell, are not resolved.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import fft, optimize

from common.arrays import Floats
from common.errors import InputError
from common.stats.calibration import check

CELLS = 2048


def smooth_ece(p: ArrayLike, c: ArrayLike) -> float:
    """The bandwidth in [0, 1] that equals the smooth calibration error at that bandwidth.

    Błasiok and Nakkiran 2023, definition of smECE. 0 where every residual cancels at its own probability.

    Args:
        p: probabilities, shape [n].
        c: outcomes, or shares in [0, 1], shape [n].

    Raises:
        InputError: empty, lengths that differ, or values outside [0, 1].
    """
    spectrum = _spectrum(*check.with_shares(p, c))
    if _error(spectrum, 0.0) < 1e-12:  # rounding: no crossing to find
        return 0.0
    return float(optimize.brentq(lambda width: _error(spectrum, width) - width, 0, 1 + 1e-9, xtol=1e-9))


def smooth_ece_at(p: ArrayLike, c: ArrayLike, bandwidth: float) -> float:
    """Smooth calibration error at a given bandwidth (standard deviation of the kernel on the probability axis).

    Args, Raises: as `smooth_ece`; the bandwidth must be positive.
    """
    if not bandwidth > 0:
        raise InputError(f"the bandwidth must be positive, got {bandwidth}")
    return _error(_spectrum(*check.with_shares(p, c)), bandwidth)


def _spectrum(p: Floats, c: Floats) -> Floats:
    """Cosine transform of the residuals / n on the grid, each shared by the two cells nearest to its probability."""
    place = np.clip(p * CELLS - 0.5, 0, CELLS - 1)
    left = np.minimum(place.astype(np.intp), CELLS - 2)
    far = place - left
    residual = (c - p) / len(p)
    grid = np.bincount(left, residual * (1 - far), CELLS) + np.bincount(left + 1, residual * far, CELLS)
    return np.asarray(fft.dct(grid, norm="ortho"))


def _error(spectrum: Floats, bandwidth: float) -> float:
    damping = np.exp(-0.5 * (bandwidth * np.pi * np.arange(CELLS)) ** 2)
    return float(np.abs(fft.idct(spectrum * damping, norm="ortho")).sum())
