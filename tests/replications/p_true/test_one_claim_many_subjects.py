"""One claim, judged by the notebooks themselves on a lab model, on recorded answers and on a model of the Hub."""

import os
import shutil
import subprocess
import sys

import pytest

from common import paths, readme, scoreboard, subjects
from common.paths import RESULTS, ROOT
from common.runs.cells import Cell, find
from tests.replications.p_true.choices import made_up

SMALL = {"resamples": 100, "redraws": 50}
ASKED = {
    "choices": [
        {"subject": "models/lab-0.15m", "compare": "none", "questions": 20},
        {"subject": "somebody/chatty", "task": "arc", "layout": "whole", "questions": 12},
    ],
    "choices_recorded": [{"task": "arc"}],
}


@pytest.fixture(scope="module")
def outputs(chat_model, mirror_folder, tmp_path_factory):
    """Runs of the three, through the command line; the Hub's cache and the recorded files are of our own making."""
    folder = tmp_path_factory.mktemp("subjects")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "DATA", folder / "data")
        made_up.write(folder / "mirror", made_up.recorded("arc", made_up.as_claimed, 300))
        made_up.fetch(folder / "mirror", "arc")
    repository, commit = folder / "hub" / "models--somebody--chatty", "c" * 40
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(commit)
    shutil.copytree(chat_model, repository / "snapshots" / commit)
    places = {"OUTPUTS_DIR": folder / "outputs", "DATA_DIR": folder / "data", "HF_HUB_CACHE": folder / "hub"}
    environment = os.environ | {name: str(place) for name, place in places.items()}
    environment |= {"DATA_MIRROR": str(mirror_folder), "OMP_NUM_THREADS": "1"}
    for notebook, several in ASKED.items():
        for given in several:
            command = [sys.executable, "-m", "common.runs", "run", str(find("p_true", notebook))]
            for name, value in (given | SMALL).items():
                command += ["-p", f"{name}={value}"]
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
    return folder / "outputs"


def test_a_claim_has_a_column_for_each_subject_in_one_row(outputs, monkeypatch):
    monkeypatch.setattr(scoreboard, "RESULTS", outputs)
    places = [("lab-0.15m", "facts+arithmetic"), ("llama", "arc"), ("somebody/chatty", "arc")]
    cells = [Cell(f"cell {n}", "p_true", "choices", subjects.find(s), task) for n, (s, task) in enumerate(places)]
    board = next(board for board in scoreboard.boards(stated=cells) if board.name == "p_true")
    assert board.columns == [("lab-0.15m", "facts+arithmetic"), ("llama", "arc"), ("somebody--chatty", "arc")]
    (row,) = [row for row in board.rows if row.claim.id == "calibrated"]
    assert [one.published.route for one in row.judged.values()] == ["lab", "recorded", "model"]
    lab, recorded, model = (one.published for one in row.judged.values())
    assert recorded.n == 300
    assert recorded.low < recorded.estimate < recorded.high
    assert lab.subject == "lab-0.15m"
    assert model.verdict == "not testable here"  # noise is seldom right, and its labels hold next to nothing
    line = next(line for line in readme.claims_table(board).splitlines() if line.startswith("| **calibrated**"))
    assert line.count(" | ") == 4
    assert "n = 300" in line


def test_runs_of_ones_own_publish_nothing(outputs):
    published = subprocess.run(
        ["git", "status", "--short", str(RESULTS)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "chatty" not in published.stdout
    assert not list(RESULTS.rglob("*chatty*"))
    assert (outputs / "p_true" / "choices" / "somebody--chatty" / "arc" / "results.json").is_file()
