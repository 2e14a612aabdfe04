"""Figure 1(b) of Singhi et al. 2025 (arXiv 2504.01005) as numbers: Llama-3.1-8B on 128 MATH problems.

Digitised by us from the printed figure, to about 0.05 percentage points. Two markers lie hidden behind others
and were read by eye from the course of the curve; we allow them 0.3 points. Verification is by a fine-tuned
verifier and costs two solutions in the paper's accounting. The points at S = 1 coincide for all V: one marker.
"""

import numpy as np
from scipy import stats

from common.arrays import Floats
from replications.genrm_vs_sc.compute import Comparison

PROBLEMS = 128
RATIO = 2.0
READING_ERROR, HIDDEN_ERROR = 0.05, 0.3  # percentage points

SC_SIZES = np.array([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 2048, 8192, 16384])
SC = np.array([33.51, 35.93, 41.33, 46.95, 49.46, 52.58, 55.08, 55.62, 55.40, 55.37, 55.45, 55.31, 55.40])
"""Self-consistency, accuracy in percent at SC_SIZES."""

SIZES = np.array([1, 2, 4, 8, 16, 32, 64, 128, 256])
N_VERDICTS = np.array([1, 2, 4, 8, 16, 32])
GENRM = np.array(
    [
        [34.41, 38.44, 40.97, 41.92, 42.34, 42.33, 42.55, 42.55, 42.37],
        [34.41, 39.66, 43.00, 44.69, 45.45, 45.72, 45.78, 45.68, 46.09],
        [34.41, 40.61, 44.93, 47.63, 49.11, 49.82, 50.16, 50.40, 50.77],
        [34.41, 41.17, 46.07, 49.57, 52.10, 53.5, 54.2, 54.33, 55.24],
        [34.41, 41.47, 46.67, 50.54, 53.51, 55.37, 56.18, 56.65, 56.52],
        [34.41, 41.63, 46.99, 51.06, 54.26, 56.75, 58.37, 59.04, 59.15],
    ]
).T
"""Best-of-N, accuracy in percent, shape [S, V]."""

HIDDEN = np.zeros(GENRM.shape, bool)
HIDDEN[[5, 6], 3] = True  # V = 8, S = 32 and 64


def digitised(perturbations: int, rng: np.random.Generator) -> Comparison:
    """The figure as read (row 0), then as it may be."""
    return within_error(SC, GENRM, perturbations, rng)


def within_error(sc: Floats, genrm: Floats, perturbations: int, rng: np.random.Generator) -> Comparison:
    """Markers as given (row 0), then every one moved uniformly within its reading error."""
    moved = rng.uniform(-READING_ERROR, READING_ERROR, (perturbations + 1, len(SC)))
    cells = rng.uniform(-1, 1, (perturbations + 1, *GENRM.shape)) * np.where(HIDDEN, HIDDEN_ERROR, READING_ERROR)
    cells[:, 0] = cells[:, 0, :1]
    moved[0], cells[0] = 0, 0
    ratio: Floats = np.full(perturbations + 1, RATIO)
    return Comparison(SC_SIZES, sc + moved, SIZES, N_VERDICTS, genrm + cells, ratio)


def error_name(perturbations: int) -> str:
    """Describe the interval of a statistic of the figure, in the words that results record."""
    return f"reading error of the printed figure only, {perturbations} perturbations; {PROBLEMS} problems not resampled"


def best_case_p(points: float) -> tuple[float, float]:
    """What a gain in percentage points comes to: problems won, and the least p-value that can be behind it.

    Two-sided exact McNemar test (a sign test) on the fewest wins that make up the gain, with no problem lost.
    """
    problems = points / 100 * PROBLEMS
    wins = int(np.ceil(problems - 1e-9))
    return problems, float(stats.binomtest(wins, wins).pvalue)
