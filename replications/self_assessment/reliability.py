"""Internal consistency of a scale over respondents: Cronbach's alpha and McDonald's omega.

An SD over items, as some papers report, is no reliability; both coefficients here need several respondents. Neither
says that a score survives another wording of the question, which is the point of this replication.
"""

import numpy as np
from statsmodels.multivariate.factor import Factor

from common.arrays import Floats
from common.errors import InputError


def alpha(ratings: Floats, weights: Floats | None = None) -> Floats:
    """Cronbach's alpha (Cronbach 1951, equation 2) of keyed ratings [respondents, items].

    With `weights` [..., respondents], such as bootstrap counts, one alpha for each weighting, [...]; otherwise a
    0-dimensional array. NaN where all respondents score the same, which has no reliability.

    Raises:
        InputError: fewer than two items, or a rating is missing.
    """
    ratings = _complete(ratings)
    items = ratings.shape[1]
    w = np.ones(len(ratings)) if weights is None else weights
    w = w / w.sum(-1, keepdims=True)

    def variance(x: Floats) -> Floats:
        """Weighted population variance; the usual factor n / (n - 1) cancels. x [respondents, k] -> [..., k]."""
        mean = w @ x
        found: Floats = w @ x**2 - mean**2
        return found

    total = variance(ratings.sum(1, keepdims=True))[..., 0]
    share = np.divide(variance(ratings).sum(-1), total, out=np.full_like(total, np.nan), where=total > 1e-9)
    found: Floats = items / (items - 1) * (1 - share)
    return found


def reflected(alphas: Floats) -> Floats:
    """Alphas of resampled respondents, each reflected at that of the data (the first) on the scale of log(1 - alpha).

    Alpha is smaller in a sample than in the population, and in resamples smaller again, so percentiles of theirs lie
    too low. On this scale its spread hardly depends on it (Bonett 2002, Journal of Educational and Behavioral
    Statistics 27); reflection there is the basic bootstrap (Davison and Hinkley 1997, section 5.2).
    """
    rest = np.maximum(1 - alphas, 1e-12)
    found: Floats = 1 - rest[0] ** 2 / rest
    return found


def omega(ratings: Floats) -> float:
    """McDonald's omega total of keyed ratings [respondents, items] with one factor: 1 - sum of uniquenesses / sum of r.

    One factor by iterated principal axes on the correlations (McDonald 1999, equation 6.21, standardised). Items that
    everybody rates alike are left out. NaN with fewer than three others, fewer respondents than items, or where no
    proper factor fits.

    Raises:
        InputError: as in `alpha`.
    """
    ratings = _complete(ratings)
    varying = ratings[:, ratings.std(0) > 0]
    respondents, items = varying.shape
    if items < 3 or respondents <= items:
        return float("nan")
    return omega_of(np.asarray(np.corrcoef(varying.T)))


def omega_of(correlations: Floats) -> float:
    """Omega total of a correlation matrix [items, items] with one factor; NaN where a loading exceeds one."""
    with np.errstate(invalid="ignore"):
        loadings = Factor(corr=correlations, n_factor=1, method="pa", smc=False).fit(maxiter=200).loadings[:, 0]
    if not np.isfinite(loadings).all() or np.abs(loadings).max() > 1:
        return float("nan")
    return float(1 - (1 - loadings**2).sum() / correlations.sum())


def _complete(ratings: Floats) -> Floats:
    ratings = np.asarray(ratings, dtype=float)
    if ratings.ndim != 2 or ratings.shape[1] < 2 or np.isnan(ratings).any():
        raise InputError("reliability needs ratings of two or more items by each respondent, none missing")
    return ratings
