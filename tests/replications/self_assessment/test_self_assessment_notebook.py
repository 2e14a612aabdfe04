"""The notebook on a model that is none of ours, with real items: the same code, to the end."""

import json

import pandas as pd

from common.paths import REPLICATIONS

NOTEBOOK = REPLICATIONS / "self_assessment" / "self_assessment.ipynb"


def test_a_random_chat_model_answers_real_items_to_the_end(chat_model, run_notebook, tmp_path):
    parameters = {"subject": str(chat_model), "task": "ipip-120", "items": 2, "max_tokens": 4, "resamples": 200}
    done = run_notebook(NOTEBOOK, parameters)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert {claim["route"] for claim in results["claims"]} == {"model"}
    verdicts = {claim["id"]: claim for claim in results["claims"]}
    assert verdicts["profile-recovered"]["verdict"] == "not testable here"
    assert results["metrics"]["asked"] == 10 * (6 + 3 + 2 * 6) - unnegated(results)
    assert results["metrics"]["dropped"] > 0
    assert "ipip/ipip_neo_120_items.json" in results["data"]
    samples = pd.read_parquet(tmp_path / "out" / "samples.parquet")
    assert len(samples) == 60
    assert samples["reason"].notna().equals(samples["label"].isna())


def test_held_to_the_labels_a_random_chat_model_writes_nothing(chat_model, run_notebook, tmp_path):
    parameters = {"subject": str(chat_model), "task": "ipip-120", "items": 2, "readout": "options", "resamples": 200}
    done = run_notebook(NOTEBOOK, parameters)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert results["metrics"]["dropped"] == results["metrics"]["asked"]
    assert {claim["verdict"] for claim in results["claims"]} == {"not testable here"}
    assert "answer" not in pd.read_parquet(tmp_path / "out" / "samples.parquet").columns


def unnegated(results):
    """Items without a negation are not asked negated: what the table of dropped answers lacks."""
    return sum(10 - row["n"] for row in results["tables"]["dropped"] if row["order"].endswith("negated"))
