"""The contract every notebook keeps, and one small run of each through papermill."""

import ast
import json
import os
import subprocess
import sys

import nbformat
import pytest

from common import paths
from common.paths import REPLICATIONS, ROOT
from common.runs import cells, parameters
from common.runs.parameters import CELL_TYPES
from tests.replications.p_true.choices import made_up

PAPERS = [file.parent.name for file in REPLICATIONS.glob("*/claims.yaml")]
NOTEBOOKS = sorted([*ROOT.glob("notebooks/*.ipynb"), *(one for paper in PAPERS for one in cells.notebooks(paper))])
IDS = [str(path.relative_to(ROOT)) for path in NOTEBOOKS]
SMOKE = {
    "notebooks/00_tour.ipynb": {},
    "notebooks/01_calibration_explorer.ipynb": {"subject": "lab-0.15m", "questions": 20},
    "notebooks/02_meet_the_lab.ipynb": {},
    "notebooks/03_real_models.ipynb": {},
    "replications/self_assessment/self_assessment_recorded.ipynb": {"resamples": 100},
    "replications/self_assessment/self_assessment.ipynb": {
        "subject": "lab-0.15m",
        "items": 2,
        "respondents": 2,
        "resamples": 100,
    },
    "replications/genrm_vs_sc/genrm_vs_sc_recorded.ipynb": {"resamples": 100},
    "replications/genrm_vs_sc/genrm_vs_sc.ipynb": {
        **{"subject": "lab-0.05m", "problems": 10, "solutions": 4, "votes": 6, "verifications": 2},
        **{"tune_problems": 10, "resamples": 100, "subsets": 5},
    },
    "replications/p_true/choices/choices_recorded.ipynb": {"task": "arc", "resamples": 100, "redraws": 50},
    "replications/prm_from_rl/prm_from_rl.ipynb": {
        **{"measure": True, "witnesses": ["models/lab-0.15m"], "items": 16, "vote": False},
        **{"results": "nowhere", "problems": 4, "samples": 8, "resamples": 100},
    },
    "replications/p_true/p_ik/p_ik.ipynb": {
        **{"subject": "lab-0.05m", "compare": "none", "questions": 20, "learn": 40, "problems": 10, "epochs": 2},
        **{"resamples": 100, "redraws": 50},
    },
    "replications/p_true/choices/choices.ipynb": {
        "subject": "lab-0.15m",
        "compare": "none",
        "questions": 20,
        "resamples": 100,
        "redraws": 50,
    },
    "replications/p_true/p_true/p_true.ipynb": {
        "subject": "lab-0.15m",
        "compare": "none",
        "questions": 20,
        "resamples": 100,
        "redraws": 50,
    },
}
"""Parameters of the smallest sensible run of a notebook, where its quick size is larger."""


def smoke(path):
    """Parameters of a small run."""
    name = str(path.relative_to(ROOT))
    return SMOKE[name] if name in SMOKE else cells.section(path, "quick")


def reads_data(path):
    """Whether a small run reads registered data: about recorded answers and real models; the lab needs none."""
    return path.stem.endswith("_recorded") or path.stem in ("00_tour", "03_real_models")


ELSEWHERE = {"p_true_recorded"}
"""Notebooks that read what a user imported; their own tests run them in a repository that has such answers."""


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory):
    """No pinned data (the mirror has them), and beside it made-up files of what is fetched on demand."""
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "DATA", folder / "data")
        made_up.write(folder / "mirror", made_up.recorded("arc", made_up.as_claimed, 300))
        made_up.fetch(folder / "mirror", "arc")
    return folder / "data"


every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=IDS)


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def code_lines(cell):
    return [line for line in cell.source.splitlines() if line.strip() and not line.strip().startswith("#")]


@every_notebook
def test_source_notebooks_carry_no_outputs(path):
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(path))


@every_notebook
def test_notebooks_are_short_and_define_nothing(path):
    cells = code_cells(path)
    assert sum(len(code_lines(cell)) for cell in cells) <= 150
    assert max(len(code_lines(cell)) for cell in cells) <= 40
    for cell in cells:
        nodes = ast.walk(ast.parse(cell.source))
        assert not [n for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]


@every_notebook
def test_the_parameters_cell_says_what_the_model_says(path):
    tagged = [cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    declared = parameters.declared(path)
    fields = parameters.model_for(path).model_fields
    assert list(declared) == list(fields)
    assert {name: CELL_TYPES[kind] for name, (kind, _) in declared.items()} == {
        name: field.annotation for name, field in fields.items()
    }
    assert {name: default for name, (_, default) in declared.items()} == {
        name: field.default for name, field in fields.items()
    }


def names(source):
    """Names and attributes that a piece of code reads."""
    nodes = list(ast.walk(ast.parse(source)))
    return {n.id for n in nodes if isinstance(n, ast.Name)} | {n.attr for n in nodes if isinstance(n, ast.Attribute)}


@every_notebook
def test_every_parameter_is_read(path):
    """By the notebook, or by a module that is handed its parameters; `subject` and `task` are the run's."""
    rest = [cell.source for cell in code_cells(path) if "parameters" not in cell.metadata.get("tags", [])]
    modules = [file.read_text() for file in cells.folder_of(path).rglob("*.py") if file.name != "params.py"]
    read = set().union(*map(names, [*rest, *modules]))
    assert set(parameters.declared(path)) <= read | {"subject", "task"}


def test_smoke_parameters_are_those_of_notebooks_that_there_are():
    assert set(SMOKE) <= set(IDS)


@pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if path.stem not in ELSEWHERE], ids=lambda path: str(path.relative_to(ROOT))
)
def test_a_small_run_through_papermill_finishes(path, mirror_folder, data_folder, tmp_path):
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "common.runs",
        "run",
        str(path),
        "--json",
        json.dumps(smoke(path)),
        "--out",
        str(out),
    ]
    folders = {"DATA_DIR": data_folder, "DATA_MIRROR": mirror_folder, "OUTPUTS_DIR": tmp_path / "outputs"}
    environment = {**os.environ, **{name: str(folder) for name, folder in folders.items()}}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    results = json.loads((out / "results.json").read_text())
    assert results["metrics"]
    data = json.loads((out / "provenance.json").read_text())["data"]
    assert bool(data) == reads_data(path)
    captions = json.loads((out / "figures" / "captions.json").read_text())
    for figure in captions:
        assert {p.suffix for p in (out / "figures").glob(f"{figure}.*")} == {".svg", ".pdf", ".png"}
