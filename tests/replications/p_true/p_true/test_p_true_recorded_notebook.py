"""The way that docs/own_data.md describes, in a copy of the repository: import answers, have claims judged on them."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from common.paths import ROOT
from common.tasks import find

NOTEBOOK = "replications/p_true/p_true/p_true_recorded.ipynb"
SMALL = ["-p", "subject=mine", "-p", "task=example", "-p", "resamples=100", "-p", "redraws=50"]
FIRST, *REST = find("example").load("test", 20)
RIGHT = [number % 2 == 0 for number in range(20)]
P_TRUE = [round(0.3 + 0.3 * right + 0.02 * number, 2) for number, right in enumerate(RIGHT)]


def rows(**columns):
    """Answers to the test questions of the example, every other one right."""
    completions = [one.answer if right else "nowhere" for one, right in zip((FIRST, *REST), RIGHT, strict=True)]
    found = [{"id": one.id, "completion": text} for one, text in zip((FIRST, *REST), completions, strict=True)]
    return [row | {name: values[at] for name, values in columns.items()} for at, row in enumerate(found)]


class Repository:
    """What a user's clone has of the code, without models and results."""

    def __init__(self, folder):
        self.folder = folder
        skip = shutil.ignore_patterns("__pycache__", "trained", ".ipynb_checkpoints")
        for name in ("common", "lab", "replications", "tasks"):
            shutil.copytree(ROOT / name, folder / name, ignore=skip)
        (folder / "models").mkdir()
        for name in ("params.yaml", "subjects.yaml", "models/registry.yaml"):
            shutil.copy(ROOT / name, folder / name)

    def __call__(self, module, *arguments):
        environment = os.environ | {"PYTHONPATH": str(self.folder), "OMP_NUM_THREADS": "1"}
        environment = {name: value for name, value in environment.items() if name not in ("DATA_DIR", "OUTPUTS_DIR")}
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def give(self, given):
        (self.folder / "given.jsonl").write_text("".join(json.dumps(row) + "\n" for row in given))
        return self("common.subjects", "import", "given.jsonl", "--subject", "mine", "--task", "example")

    def judge(self):
        return self("common.runs", "run", NOTEBOOK, *SMALL)

    def results(self):
        return json.loads((self.folder / "outputs/p_true/p_true/mine/example/results.json").read_text())


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    return Repository(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="module")
def judged(repository):
    """Answers with P(True) and log-probabilities, judged; the folder of the run."""
    done = repository.give(rows(p_true=P_TRUE, logprob=[-1 - number / 20 for number in range(20)]))
    assert done.returncode == 0, done.stderr
    done = repository.judge()
    assert done.returncode == 0, done.stderr
    return repository.folder / "outputs/p_true/p_true/mine/example"


def test_claims_about_p_true_are_judged(judged, repository):
    verdicts = {claim["id"]: claim for claim in repository.results()["claims"]}
    assert {(one["subject"], one["task"], one["route"]) for one in verdicts.values()} == {
        ("mine", "example", "recorded")
    }
    assert verdicts["separates"]["estimate"] == pytest.approx(roc_auc_score(RIGHT, P_TRUE))
    assert verdicts["separates"]["verdict"] == "supported"
    assert verdicts["separates"]["n"] == 20
    assert verdicts["better-than-base-rate"]["estimate"] == pytest.approx(brier_score_loss(RIGHT, P_TRUE) - 0.25)
    judged_ones = {name for name, one in verdicts.items() if one["estimate"] is not None}
    assert judged_ones == {"separates", "better-than-base-rate", "conditional-accuracy", "beats-likelihood"}
    assert "how an imported one was asked for is not recorded" in verdicts["twenty-calibrated"]["method"]


def test_the_run_leaves_figures_and_names_the_answers_by_their_hash(judged):
    assert set(json.loads((judged / "figures" / "captions.json").read_text())) == {"histograms", "reliability"}
    data = json.loads((judged / "provenance.json").read_text())["data"]
    assert [name for name in data if name.endswith("answers/mine/example.parquet")]
    assert (judged / "samples.parquet").is_file()


def test_a_published_run_is_refused_in_one_line_before_it_starts(judged, repository):
    params = repository.folder / "params.yaml"
    line = "  mine: {paper: p_true, experiment: p_true, subject: mine, task: example}\n"
    params.write_text(params.read_text().replace("unpublished:\n", f"unpublished:\n{line}"))
    done = repository("common.runs", "cells", "mine", "--size", "full")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: mine: the answers of mine are one's own (answers/), nobody else could check")
    assert not (repository.folder / "results").exists()


def test_a_bad_p_true_is_named_by_its_line_and_nothing_changes(judged, repository):
    kept = (repository.folder / "answers/mine/example.parquet").read_bytes()
    done = repository.give([*rows(p_true=P_TRUE)[:2], rows(p_true=[2] * 20)[2]])
    assert (done.returncode, done.stderr) == (2, "error: given.jsonl, line 3: p_true '2' is no number in [0, 1]\n")
    assert (repository.folder / "answers/mine/example.parquet").read_bytes() == kept


def test_without_p_true_and_logprob_no_claim_is_judged_and_the_reason_is_given(judged, repository):
    assert repository.give(rows()).returncode == 0
    done = repository.judge()
    assert done.returncode == 0, done.stderr
    results = repository.results()
    assert {claim["verdict"] for claim in results["claims"]} == {"not testable here"}
    reasons = {claim["id"]: claim["method"] for claim in results["claims"]}
    assert reasons["separates"] == "no answer came with a `p_true`: import them with one (docs/own_data.md)"
    assert results["metrics"] == {"example": {"accuracy": 0.5}}


def test_answers_that_are_not_here_are_one_line_before_a_kernel_starts(judged, repository):
    shutil.rmtree(repository.folder / "answers")
    done = repository.judge()
    assert (done.returncode, done.stderr) == (
        2,
        "error: mine has no answers to example here: "
        "`python -m common.subjects import FILE --subject mine --task example`\n",
    )
    assert not list(repository.folder.glob("outputs/**/*.failed"))
