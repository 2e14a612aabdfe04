"""Where things lie, spelled once. Everything is absolute, so the working directory never matters."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The repository."""

DATA = Path(os.environ.get("DATA_DIR", ROOT / "data")).absolute()
"""Public data as `make data` fetched it: only verified files, locked by data.dvc."""

OUTPUTS = Path(os.environ.get("OUTPUTS_DIR", ROOT / "outputs")).absolute()
"""What runs write. Nothing in here is in git."""

RESULTS = ROOT / "results"
"""What full runs publish, a folder a cell: results and figures in git, samples in DVC's cache."""

RECORDINGS = Path(os.environ.get("RECORDINGS_DIR", ROOT / "recordings")).absolute()
"""What real models said in published runs, a folder a model, an experiment and a task."""

REPLICATIONS = ROOT / "replications"
"""One folder per paper."""

TASKS = ROOT / "tasks"
"""Tasks of one's own: a YAML file each, and their questions."""

ANSWERS = ROOT / "answers"
"""Answers that a user imported, a folder a subject. Nothing in here is in git."""

MODELS = ROOT / "models"
"""Weights of the lab models, in git."""
