import math

import pytest

from common.errors import InputError
from common.paths import ROOT
from replications.genrm_vs_sc import plan, tasks
from replications.genrm_vs_sc.plan import Speed


def test_a_cell_affords_as_many_problems_as_its_tokens_allow():
    table = plan.grid(Speed(1000.0, 100.0, 200.0), hours=1, available=10_000).set_index(["S", "V"])
    tokens = 8 * (100 + 4 * 200)
    assert table.loc[(8, 4), "problems"] == 3_600_000 // tokens
    assert table.loc[(8, 4), "hours"] <= 1
    n = table.loc[(8, 4), "problems"]
    assert table.loc[(8, 4), "accuracy_within"] == pytest.approx(1.96 * math.sqrt(0.25 / n))


def test_no_cell_takes_more_problems_than_there_are_or_more_time_than_given():
    table = plan.grid(Speed(2500.0, 200.0, 300.0), hours=0.5, available=200)
    assert table["problems"].max() == 200
    assert table["hours"].max() <= 0.5
    assert (table["lead_within"] < table["accuracy_within"]).all()


def test_a_budget_for_nothing_is_refused_in_one_line(capsys):
    assert plan.main(["--hours", "0.0001", "--tokens-per-second", "10", "--task", "math500"]) == 2
    assert capsys.readouterr().err == (
        "error: the budget does not afford two problems in the smallest cell: give it more hours\n"
    )


@pytest.mark.parametrize("given", [[], ["--tokens-per-second", "5", "--model", "models/lab-0.15m"]])
def test_speed_is_either_given_or_measured(given, capsys):
    assert plan.main(["--hours", "1", *given]) == 2
    assert "give either --tokens-per-second or --model" in capsys.readouterr().err


def test_given_speed_prints_the_grid_without_a_model(capsys):
    assert (
        plan.main(["--hours", "1", "--tokens-per-second", "2500", "--task", "gsm8k", "--solution-tokens", "150"]) == 0
    )
    printed = capsys.readouterr().out
    assert "2,500 tokens/s; 150 tokens a solution, 300 a verification" in printed
    assert "lead_within" in printed


def test_speed_and_lengths_are_measured_on_a_model():
    from common.engines import load_engine

    speed = plan.probe(load_engine(ROOT / "models" / "lab-0.15m", store=None), tasks.named("lab"))
    assert speed.tokens_per_second > 0
    assert 5 < speed.solution <= 64
    assert 5 < speed.verification <= 64


def test_no_time_is_refused():
    with pytest.raises(InputError, match="must be above 0"):
        plan.grid(Speed(0.0, 1.0, 1.0), hours=1, available=5)


def test_most_tokens_bounds_all_texts():
    lab = tasks.named("lab")
    assert plan.most_tokens(lab, 10, 4, 8, 2, verifiers=2) == 10 * (8 + 4 * 2 * 2) * 64
