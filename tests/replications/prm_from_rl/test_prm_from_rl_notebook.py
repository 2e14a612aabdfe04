"""The notebook on a model that is none of ours, with real solutions: the same code, to the end."""

import json

from common.paths import REPLICATIONS

NOTEBOOK = REPLICATIONS / "prm_from_rl" / "prm_from_rl.ipynb"


def test_a_random_chat_model_judges_real_solutions_to_the_end(chat_model, run_notebook, tmp_path):
    parameters = {"subject": str(chat_model), "task": "processbench-gsm8k", "items": 6, "max_tokens": 8}
    done = run_notebook(NOTEBOOK, parameters | {"resamples": 100})
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert {claim["verdict"] for claim in results["claims"]} == {"not testable here"}
    by_judge = {row["judge"]: row for row in results["tables"]["judges"]}
    assert set(by_judge) == {"model", "model, vote of 8"}
    assert by_judge["model"]["f1"] == 0
    assert by_judge["model"]["unparseable"] == 1
    assert "processbench/gsm8k.json" in results["data"]
