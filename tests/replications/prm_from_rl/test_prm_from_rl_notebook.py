"""The notebook on a model that is none of ours, with real solutions: the same code, to the end."""

import json
import os
import subprocess
import sys

from common.paths import REPLICATIONS, ROOT

NOTEBOOK = REPLICATIONS / "prm_from_rl" / "prm_from_rl.ipynb"


def test_a_random_chat_model_judges_real_solutions_to_the_end(chat_model, mirror_folder, tmp_path):
    parameters = {"model": str(chat_model), "task": "processbench-gsm8k", "items": 6, "max_tokens": 8}
    given = json.dumps(parameters | {"resamples": 100})
    environment = {**os.environ, "DATA_MIRROR": str(mirror_folder), "OUTPUTS_DIR": str(tmp_path / "outputs")}
    done = subprocess.run(
        [sys.executable, "-m", "common.runs", "run", str(NOTEBOOK), "--json", given, "--out", str(tmp_path / "out")],
        cwd=ROOT,
        env={**environment, "DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert {claim["verdict"] for claim in results["claims"]} == {"not testable here"}
    by_judge = {row["judge"]: row for row in results["tables"]["judges"]}
    assert set(by_judge) == {"model", "model, vote of 8"}
    assert by_judge["model"]["f1"] == 0
    assert by_judge["model"]["unparseable"] == 1
    assert "processbench/gsm8k.json" in results["data"]
