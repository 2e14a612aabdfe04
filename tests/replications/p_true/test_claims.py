import pytest

from common import claims


@pytest.fixture(scope="module")
def stated():
    return claims.stated("p_true")


def test_few_claims_of_each_experiment_are_primary(stated):
    primary = [claim.experiment for claim in stated if claim.rule and claim.rule.primary]
    assert {name: primary.count(name) for name in primary} == {"choices": 4, "p_true": 3, "p_ik": 3}


def test_no_rule_rests_on_a_raw_calibration_error(stated):
    for claim in stated:
        if claim.rule and "ECE" in claim.rule.estimand:
            assert "excess ECE" in claim.rule.estimand, claim.id


def test_what_only_a_plot_shows_is_marked_and_what_is_ours_claims_no_value_of_the_paper(stated):
    for claim in stated:
        if claim.where.startswith("not in the paper"):
            assert claim.ours, claim.id
            assert claim.paper_value == "none", claim.id
