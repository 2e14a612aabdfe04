import numpy as np
import pandas as pd

from common import tables
from common.stats import intervals
from common.stats.calibration import binned, scores
from common.stats.estimates import Undefined


def test_seeds_stand_side_by_side_and_what_does_not_exist_stays_empty():
    found = tables.by_seed(
        {
            3: {"b": Undefined("no"), "a": intervals.recount(0.1, 5)},
            4: {"b": Undefined("no"), "a": intervals.recount(0.2, 5)},
        }
    )
    assert list(found["claim"]) == ["a", "a", "b", "b"]
    assert list(found["seed"]) == [3, 4, 3, 4]
    assert list(found["estimate"][:2]) == [0.1, 0.2]
    assert found["estimate"][2:].isna().all()


def test_headlines_leave_out_what_does_not_exist():
    rows = pd.DataFrame({"condition": ["x", "y"], "auroc": [0.71234, np.nan], "brier": [0.2, 0.3], "other": [1, 2]})
    assert tables.headline(rows, "condition") == {"x": {"auroc": 0.7123, "brier": 0.2}, "y": {"brier": 0.3}}


def test_a_forecast_stands_beside_its_reference():
    rng = np.random.default_rng(0)
    p = rng.random(200)
    c = (rng.random(200) < p).astype(float)
    found = tables.forecast(p, c)
    assert found["brier"] == scores.brier(p, c)
    assert found["base_rate_brier"] == scores.base_rate_brier(c)
    assert found["brier_low"] < found["brier"] < found["brier_high"]
    curve = tables.curve(p, c)
    assert len(curve) == 10
    assert np.abs(curve["mean_p"] - curve["right"]).mean() == np.float64(binned.ece(p, c))
