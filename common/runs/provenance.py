"""Where a result comes from: code, packages, machine, parameters, data."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat

from common.paths import ANSWERS, REPLICATIONS, ROOT, TASKS
from common.runs.cells import folder_of

READ = ("py", "yaml", "mplstyle", "parquet", "jsonl", "csv")
"""Suffixes of files that change what a run finds."""


def provenance(
    notebook: Path, parameters: Mapping[str, Any], data: Mapping[str, str], seconds: float
) -> dict[str, Any]:
    """Everything needed to say what produced a run; goes to provenance.json, never into a DVC out."""
    commit = _output("git", "rev-parse", "HEAD")
    return {
        "notebook": relative(notebook),
        "parameters": dict(parameters),
        "code": code_digest(notebook),
        "git": {"commit": commit, "dirty": bool(_output("git", "status", "--porcelain")) if commit else None},
        "data": dict(data),
        "python": platform.python_version(),
        "packages": {d.name: d.version for d in sorted(metadata.distributions(), key=lambda d: d.name.lower())},
        "machine": machine(),
        "wall_seconds": round(seconds, 1),
    }


def machine() -> dict[str, Any]:
    """Say what hardware this is, without importing a deep-learning framework."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    gpus = _output("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader")
    return {
        "system": platform.platform(),
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "gpus": gpus.splitlines() if gpus else [],
    }


def code_digest(notebook: Path) -> str:
    """Hash of the notebook's source and of all code, rules, pins, trainings and subjects that a run of it may read."""
    digest = hashlib.sha256()
    cells = [(cell.cell_type, cell.source) for cell in nbformat.read(notebook, as_version=4).cells]
    digest.update(json.dumps(cells).encode())
    own = folder_of(notebook)
    papers = own if own.parent == REPLICATIONS else REPLICATIONS  # a paper imports no other
    files = [
        file
        for folder in (ROOT / "common", ROOT / "lab", TASKS, ANSWERS, papers)
        for suffix in READ
        for file in folder.rglob(f"*.{suffix}")
    ]
    for file in [ROOT / "subjects.yaml", *sorted(files), *sorted((ROOT / "models").rglob("training.json"))]:
        digest.update(relative(file).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def relative(path: Path) -> str:
    """Spell a path from the repository's root where it lies inside it."""
    path = path.resolve()
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _output(*command: str) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
