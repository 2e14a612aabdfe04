import numpy as np
import pytest

from replications.genrm_vs_sc import exponents, figure1b
from replications.genrm_vs_sc.compute import Comparison

TRUE_B = 0.45


@pytest.fixture(scope="module")
def power_law():
    """Optimum at V = 0.3 C^b by construction: accuracy falls off with the distance of log V from it."""
    sizes, n_verdicts = (np.unique(np.round(2 ** np.arange(0, top, 0.25)).astype(int)) for top in (10, 8))
    cost = sizes[:, None] * (1 + 2.0 * n_verdicts)
    distance = np.log(n_verdicts) - np.log(0.3) - TRUE_B * np.log(cost)
    accuracy = 0.05 * np.log(cost) - 0.02 * distance**2
    return Comparison(np.array([1]), np.zeros((1, 1)), sizes, n_verdicts, accuracy[None], np.array([2.0]))


def budgeted(recipe, comparison, per_octave=1):
    return exponents.RECIPES[recipe](comparison, exponents.budgets(comparison, per_octave))


@pytest.mark.parametrize("recipe", exponents.RECIPES)
def test_known_power_law_is_recovered_from_interior_points(power_law, recipe):
    optima = exponents.interior(budgeted(recipe, power_law, 4), power_law)
    fit = exponents.fit(optima, power_law)
    assert fit.b[0] == pytest.approx(TRUE_B, abs=0.06)
    assert (fit.a + fit.f * fit.b)[0] == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("recipe", ["best fixed-V curve", "Pareto frontier"])
def test_points_that_spend_their_budget_obey_the_identity(recipe):
    figure = figure1b.digitised(20, np.random.default_rng(0))
    fit = exponents.fit(budgeted(recipe, figure), figure)
    assert fit.budget == pytest.approx(1)
    assert np.all(fit.a + fit.b > 1)


def test_cells_within_a_budget_leave_some_of_it_unspent():
    figure = figure1b.digitised(1, np.random.default_rng(0))
    optima = budgeted("best cell within budget", figure)
    spent = optima.solutions * (1 + figure1b.RATIO * optima.verdicts)
    assert np.all(spent <= optima.cost)
    assert exponents.fit(optima, figure).budget[0] < 1


def test_figure_gives_the_exponents_of_each_recipe():
    figure = figure1b.digitised(1, np.random.default_rng(0))
    fits = {recipe: exponents.fit(budgeted(recipe, figure), figure) for recipe in exponents.RECIPES}
    assert {recipe: round(fit.a[0], 2) for recipe, fit in fits.items()} == {
        "best fixed-V curve": 0.58,
        "best cell within budget": 0.51,
        "fixed-S curves, fixed-V curves": 0.59,
        "Pareto frontier": 0.56,
    }
    assert all(0.46 < fit.b[0] < 0.49 for fit in fits.values())


def test_budgets_are_powers_of_two_between_cheapest_and_dearest_cell():
    figure = figure1b.digitised(1, np.random.default_rng(0))  # cells cost 3 to 16,640
    assert exponents.budgets(figure).tolist() == [2.0**k for k in range(2, 15)]
    assert len(exponents.budgets(figure, per_octave=4)) == 49


def test_slopes_equal_polyfit_row_by_row_and_need_enough_points():
    rng = np.random.default_rng(0)
    cost, solutions, verdicts = (np.exp(rng.random((3, 9))) for _ in range(3))
    used = np.ones((3, 9), bool)
    used[1, ::2] = False
    used[2, exponents.FEWEST - 1 :] = False
    figure = figure1b.digitised(2, rng)
    fit = exponents.fit(exponents.Optima(cost, solutions, verdicts, used), figure)
    for row in (0, 1):
        x = np.log(cost[row, used[row]])
        assert fit.a[row] == pytest.approx(np.polyfit(x, np.log(solutions[row, used[row]]), 1)[0])
        assert fit.b[row] == pytest.approx(np.polyfit(x, np.log(verdicts[row, used[row]]), 1)[0])
    assert np.isnan([fit.a[2], fit.b[2]]).all()


def test_frontier_equals_a_search_for_undominated_cells():
    figure = figure1b.digitised(3, np.random.default_rng(0))
    for row in range(4):
        optima = exponents.frontier(figure)
        kept = set(zip(optima.solutions[row, optima.used[row]], optima.verdicts[row, optima.used[row]], strict=True))
        cells = [
            (figure.cost[0, i, j], figure.verified[row, i, j], s, v)
            for i, s in enumerate(figure.sizes)
            for j, v in enumerate(figure.n_verdicts)
        ]
        assert kept == {(s, v) for c, a, s, v in cells if not any(c2 < c and a2 >= a - 1e-9 for c2, a2, *_ in cells)}


def test_interior_leaves_out_optima_on_the_edge_of_the_grid():
    figure = figure1b.digitised(1, np.random.default_rng(0))
    points = exponents.points(exponents.interior(budgeted("best fixed-V curve", figure), figure))
    assert len(points) == 7
    assert points["verdicts"].between(2, 16).all()
    assert points["solutions"].between(1, 256, inclusive="neither").all()
