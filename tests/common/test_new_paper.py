"""A paper from nothing to a verdict on two subjects, in a temporary copy of the repository."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from common import new_paper
from common.errors import InputError
from common.paths import ROOT

PARTS = ("common", "lab", "replications", "template", "models")
FILES = ("params.yaml", "subjects.yaml", "pyproject.toml", "README.md")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copy(ROOT / file, folder)
    (folder / "tests" / "replications").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "replications" / "judging.py", folder / "tests" / "replications")
    return folder


def run(copy, *command):
    places = {"PYTHONPATH": copy, "OUTPUTS_DIR": copy / "outputs", "OMP_NUM_THREADS": 1}
    environment = os.environ | {name: str(value) for name, value in places.items()}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def test_a_new_paper_runs_at_once_to_verdicts_on_two_subjects(copy):
    made = run(copy, "common.new_paper", "self_rag")
    assert made.returncode == 0, made.stderr
    assert "newpaper" not in "".join(file.read_text() for file in (copy / "replications" / "self_rag").iterdir())
    done = run(copy, "common.runs", "cells", "self_rag")
    assert done.returncode == 0, done.stderr
    for subject in ("lab-0.15m", "lab-1.3m"):
        file = copy / "outputs" / "self_rag" / "self_rag" / subject / "facts" / "results.json"
        verdicts = {claim["id"]: claim for claim in json.loads(file.read_text())["claims"]}
        assert {claim["subject"] for claim in verdicts.values()} == {subject}
        assert verdicts["answers-most"]["n"] == 100
        assert verdicts["likelier-is-righter"]["verdict"] in ("supported", "contradicted", "inconclusive")
    assert "self_rag" in (copy / "outputs" / "report" / "index.html").read_text()
    tested = run(copy, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/replications/self_rag")
    assert tested.returncode == 0, tested.stdout


@pytest.mark.parametrize("name", ["q", "uncertainty_under_paraphrase"])
def test_a_new_paper_is_in_house_style_whatever_its_name(copy, name):
    assert run(copy, "common.new_paper", name).returncode == 0
    folders = [str(copy / part / name) for part in ("replications", "tests/replications")]
    for check in (["check"], ["format", "--check"]):
        done = run(copy, "ruff", *check, *folders)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "message"),
    [("p_true", "exists: choose another name"), ("Self-RAG", "cannot be a paper's name"), ("class", "cannot be")],
)
def test_a_name_that_is_taken_or_is_none_is_refused_and_nothing_is_written(copy, name, message):
    before = (copy / "params.yaml").read_text()
    done = run(copy, "common.new_paper", name)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert (copy / "params.yaml").read_text() == before


def test_an_empty_name_is_refused():
    with pytest.raises(InputError, match="cannot be a paper's name"):
        new_paper.create("")


def test_the_templates_notebook_keeps_the_rules_of_notebooks():
    cells = json.loads((ROOT / "template" / "newpaper.ipynb").read_text())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
    assert sum(len(cell["source"]) for cell in code) <= 150
