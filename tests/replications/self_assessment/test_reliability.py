import numpy as np
import pytest
from sklearn.decomposition import FactorAnalysis

from common.errors import InputError
from common.stats.resamples import resample_weights
from replications.self_assessment.reliability import alpha, omega, omega_of, reflected

SURVEY = """
    43 51 30 39 61 92 45 63 64 51 54 63 73 47 71 70 68 69 76 86 48 61 63 45 47 54 84 35 81 78 56 66 71 83 47
    43 55 49 44 54 49 34 58 67 42 56 66 68 35 71 75 50 55 70 66 41 72 82 72 67 71 83 31 67 61 45 47 62 80 41
    64 53 53 58 58 67 34 67 60 47 39 59 74 41 69 62 57 42 55 63 25 68 83 83 45 59 77 35 77 77 54 72 79 77 46
    81 90 50 72 60 54 36 74 85 64 69 79 79 63 65 60 65 75 55 80 60 65 70 46 57 75 85 46 50 58 68 54 64 78 52
    50 40 33 34 43 64 33 64 61 52 62 66 80 41 53 66 52 50 63 80 37 40 37 42 58 50 57 49 63 54 42 48 66 75 33
    66 77 66 63 88 76 72 78 75 58 74 80 78 49 48 57 44 45 51 83 38 85 85 71 71 77 74 55 82 82 39 59 64 78 39
"""
ATTITUDE = np.array([float(number) for number in SURVEY.split()]).reshape(30, 7)
"""R's data set `attitude` (Chatterjee and Price 1977): 30 departments, 7 items."""


def test_alpha_of_a_known_data_set():
    """The documentation of R's psych package gives .84 (second-hand)."""
    assert ATTITUDE.mean(0) == pytest.approx([64.633, 66.6, 53.133, 56.367, 64.633, 74.767, 42.933], abs=5e-4)
    assert float(alpha(ATTITUDE)) == pytest.approx(0.84, abs=0.005)


def test_alpha_is_spearman_and_brown_for_parallel_items():
    k, r = 6, 0.3
    root = np.linalg.cholesky(np.full((k, k), r) + (1 - r) * np.eye(k))
    signs = np.array(np.meshgrid(*[[-1, 1]] * k)).reshape(k, -1).T  # exactly uncorrelated columns of variance one
    assert float(alpha(signs @ root.T)) == pytest.approx(k * r / (1 + (k - 1) * r))


def test_weights_are_the_same_as_repeating_respondents():
    weights = np.random.default_rng(0).multinomial(30, np.full(30, 1 / 30), size=3)
    repeated = [float(alpha(np.repeat(ATTITUDE, w, axis=0))) for w in weights]
    assert alpha(ATTITUDE, weights) == pytest.approx(repeated)


def test_alpha_is_undefined_where_all_score_the_same():
    assert np.isnan(alpha(np.array([[1.0, 5], [5, 1], [3, 3]])))


def test_omega_of_an_exact_one_factor_model_is_its_closed_form():
    loadings = np.array([0.9, 0.7, 0.5, 0.6, 0.3])
    correlations = np.outer(loadings, loadings)
    np.fill_diagonal(correlations, 1)
    common = loadings.sum() ** 2
    assert omega_of(correlations) == pytest.approx(common / (common + (1 - loadings**2).sum()), abs=1e-3)


def test_omega_agrees_with_a_maximum_likelihood_factor():
    z = (ATTITUDE - ATTITUDE.mean(0)) / ATTITUDE.std(0)
    unique = FactorAnalysis(1, tol=1e-8, max_iter=5000).fit(z).noise_variance_
    assert omega(ATTITUDE) == pytest.approx(1 - unique.sum() / np.corrcoef(z.T).sum(), abs=0.02)


def test_omega_is_undefined_with_too_few_respondents_or_varying_items():
    assert np.isnan(omega(ATTITUDE[:7]))
    constant = ATTITUDE.copy()
    constant[:, 2:] = 3
    assert np.isnan(omega(constant))


@pytest.mark.parametrize("ratings", [[[1.0, np.nan], [2, 3]], [[1.0], [2]], [1.0, 2]])
def test_bad_ratings_are_refused(ratings):
    for coefficient in (alpha, omega):
        with pytest.raises(InputError, match="none missing"):
            coefficient(ratings)


def test_reflected_alphas_cover_that_of_the_population_where_those_of_resamples_lie_too_low():
    """Respondents say their level or, some more often than others, its opposite: then alpha is known."""
    rng = np.random.default_rng(0)
    respondents, items, traits, (a, b) = 32, 12, 5, (2.8, 5.2)
    often, twice = a / (a + b), a * (a + 1) / ((a + b) * (a + b + 1))
    between_items = 1 - 4 * often + 4 * twice  # correlation of any two
    truth = items * between_items / (1 + (items - 1) * between_items)

    def ratings():
        level, mistaken = rng.integers(1, 6, (respondents, 1)) - 3, rng.beta(a, b, (respondents, 1))
        return 3 + level * np.where(rng.random((respondents, items)) < mistaken, -1.0, 1.0)

    too_low, too_high = dict.fromkeys(("resamples", "reflected"), 0), 0
    for _ in range(100):
        w = resample_weights(respondents, 200, rng)
        alphas = np.mean([alpha(ratings(), w) for _ in range(traits)], axis=0)
        too_low["resamples"] += np.quantile(alphas[1:], 0.975) < truth
        low, high = np.quantile(reflected(alphas)[1:], [0.025, 0.975])
        too_low["reflected"] += high < truth
        too_high += low > truth
    assert too_low["resamples"] > 10
    assert max(too_low["reflected"], too_high) <= 8  # 2.5 expected; more than 8 twice in a thousand times


def test_reflected_alphas_of_respondents_who_agree_do_not_vary():
    assert reflected(np.ones(5)) == pytest.approx(np.ones(5))
    assert reflected(np.array([0.9, 1.0]))[1] < -1e6
