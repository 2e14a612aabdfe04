import numpy as np
import pytest
from scipy import stats

from benchmarks.verdicts import rates, studies
from benchmarks.verdicts.world import World, greater, less
from common.stats import intervals
from tests.benchmarks.verdicts import known


def measured(world, folder, at_boundary=1000, beyond=300):
    wanted = studies.blocks(world, at_boundary, beyond, 0)
    for block in wanted:
        studies.run(block, folder)
    return rates.rates(world, studies.table(world, wanted, folder))


@pytest.fixture(scope="module")
def found(known_worlds, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    return {world.kind: measured(world, folder) for world in known_worlds}


def test_an_interval_that_holds_is_found_to_hold_and_one_that_is_too_narrow_is_caught(found):
    right, half = found["right"], found["half as wide"]
    assert right["too_often"] == []
    assert half["too_often"] == ["supported", "contradicted"]
    for name in ("supported", "contradicted"):
        assert right["boundary"][name] == pytest.approx(0.025, abs=0.015)
        assert half["boundary"][name] == pytest.approx(known.FALSE_OF_HALF, abs=0.036)
    assert right["boundary"]["covered"] == pytest.approx(0.95, abs=0.021)
    assert half["boundary"]["covered"] == pytest.approx(1 - 2 * known.FALSE_OF_HALF, abs=0.045)


def test_power_is_that_of_the_t_test(found):
    exact = stats.nct.sf(stats.t.ppf(0.975, known.N - 1), known.N - 1, 0.5 * np.sqrt(known.N))
    at = found["right"]["beyond"][0]
    assert at["supported"] == pytest.approx(exact, abs=3 * at["supported_se"])


def test_units_for_a_power_of_80_percent_give_it(found):
    n = found["right"]["beyond"][0]["n_for_80"]
    exact = stats.nct.sf(stats.t.ppf(0.975, n - 1), n - 1, 0.5 * np.sqrt(n))
    assert exact == pytest.approx(0.8, abs=0.06)


def test_units_are_not_named_where_the_spread_of_estimates_does_not_account_for_the_power(found):
    at = found["right"]["beyond"][0]
    n = rates.needed(known.WORLDS[0], at)
    assert n == at["n_for_80"]
    assert rates.needed(known.WORLDS[0], at | {"supported": at["supported"] - 0.3}) is None
    assert rates.needed(known.WORLDS[0], at | {"spread": 0.0}) is None


def test_equivalence_is_false_at_its_margin_and_has_power_within(found):
    row = found["equivalent"]
    assert row["boundary"]["supported"] == pytest.approx(0.025, abs=0.015)
    assert row["beyond"][0]["supported"] > 0.6
    assert row["beyond"][0]["n_for_80"] is None


def test_a_kind_that_is_never_testable_has_no_false_verdicts_and_no_coverage(found):
    at = found["never"]["boundary"]
    assert (at["not_testable"], at["supported"], at["contradicted"]) == (1, 0, 0)
    assert "covered" not in at


def test_in_a_family_holm_keeps_any_false_verdict_rare():
    def study(truth, rng):
        return {f"{i}": intervals.mean(rng.normal(truth, 1, known.N)) for i in range(4)}

    def false(rules):
        family = World("family", "four", known.N, (0.0,), study, rules)
        verdicts = [family.verdicts(0.0, np.random.default_rng([5, number])) for number in range(400)]
        return np.mean([any(one.verdict == "supported" for one in several) for several in verdicts])

    assert false({f"{i}": greater(0) for i in range(4)}) == pytest.approx(0.025, abs=0.024)
    assert false({f"{i}": less(0) for i in range(4)}) == pytest.approx(0.025, abs=0.024)
