"""A notebook about a real model, recorded, and run again without the model and on another processor."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from common.paths import REPLICATIONS, ROOT
from common.runs.rederive import differences

PLAIN = {  # what older processors lack
    "ATEN_CPU_CAPABILITY": "avx2",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
}


@pytest.fixture
def run(mirror_folder, chat_model, tmp_path):
    model = shutil.copytree(chat_model, tmp_path / "chat")
    asked = {"subject": str(model), "task": "arc", "questions": 12, "compare": "none", "layout": "whole"}
    given = asked | {"resamples": 100, "redraws": 50}

    def run_(name, **environment):
        notebook = REPLICATIONS / "p_true" / "choices" / "choices.ipynb"
        folders = {"RECORDINGS_DIR": str(tmp_path / "recordings"), "OUTPUTS_DIR": str(tmp_path / name)}
        command = [sys.executable, "-m", "common.runs", "run", str(notebook), "--json", json.dumps(given)]
        done = subprocess.run(
            [*command, "--out", str(tmp_path / name / "run")],
            cwd=ROOT,
            env={**os.environ, "DATA_MIRROR": str(mirror_folder), **folders, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "not testable here" in done.stdout.splitlines()[-1]  # how many verdicts of which kind
        return tmp_path / name / "run"

    return run_


def results(folder):
    return json.loads((folder / "results.json").read_text())


def test_a_recorded_run_comes_out_the_same_without_weights_and_on_another_processor(run, tmp_path):
    first = run("recorded", RECORDINGS="keep")
    recordings = results(first)["recordings"]
    assert [name.split("/")[1] for name in recordings] == ["p_true-choices-arc"]
    live = run("live", RECORDINGS="live")
    assert "recordings" not in results(live)
    assert list(differences(results(first), results(live))) == []
    shutil.rmtree(tmp_path / "chat")
    replayed = run("replayed")
    for file in ("results.json", "choices.ipynb"):
        assert (replayed / file).read_bytes() == (first / file).read_bytes()
    elsewhere = results(run("elsewhere", **PLAIN))
    assert elsewhere["recordings"] == recordings
    assert list(differences(results(first), elsewhere)) == []
