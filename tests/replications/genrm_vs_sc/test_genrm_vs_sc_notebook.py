"""The live notebook on a model that is none of ours, with real problems: the same code, to the end."""

import json

from common.paths import REPLICATIONS
from replications.genrm_vs_sc import estimates

NOTEBOOK = REPLICATIONS / "genrm_vs_sc" / "genrm_vs_sc.ipynb"


def test_a_random_chat_model_solves_and_verifies_real_problems_to_the_end(chat_model, run_notebook, tmp_path):
    sizes = {"problems": 3, "solutions": 4, "votes": 5, "verifications": 2, "tune_problems": 2, "max_tokens": 12}
    parameters = {"subject": str(chat_model), "task": "gsm8k", **sizes, "resamples": 100, "subsets": 5}
    done = run_notebook(NOTEBOOK, parameters)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert {claim["route"] for claim in results["claims"]} == {"model"}
    assert {claim["verdict"] for claim in results["claims"]} == {"not testable here"}
    assert sum(claim["method"] == estimates.ALIKE for claim in results["claims"]) == 9
    (told,) = results["tables"]["told"]
    assert (told["solutions"], told["without an answer"], told["without a verdict"]) == (12, 12, 1)
    assert results["tables"]["tuning"][0]["kept"] == 0
    assert any(name.startswith("gsm8k/") for name in results["data"])
