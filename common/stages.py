"""The pipeline as dvc.yaml states it, and which of its stages can run here.

`dvc repro` stops at the first missing input. `python -m common.stages` asks first: it reproduces the
stages whose inputs exist, names those that are not run and why, and ends with the report either way.
`--size full` runs the publishing stages instead.
"""

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from common.datasets import registry
from common.paths import DATA, ROOT


@dataclass(frozen=True)
class Stage:
    """A stage of dvc.yaml that runs a notebook."""

    name: str  # <paper>-<notebook>, with -full for the publishing one
    command: list[str]
    deps: list[str]  # paths from the repository's root

    @property
    def paper(self) -> str:
        """Folder under replications/ that the stage belongs to."""
        return self.name.split("-")[0]

    @property
    def missing(self) -> list[str]:
        """Inputs that are not here, or not as pinned: paths from the repository's root."""
        pins = registry.load_registry()
        faulty = {name for name, pin in pins.items() if registry.fault(DATA / name, pin)}
        return [dep for dep in self.deps if not (ROOT / dep).exists() or _holds(dep, faulty)]


def notebook_stages(full: bool = False, file: Path = ROOT / "dvc.yaml") -> list[Stage]:
    """Stages that run a notebook, in order: the quick ones, or the frozen ones that publish."""
    stages: dict[str, Any] = yaml.safe_load(file.read_text())["stages"]
    return [
        Stage(name, stage["cmd"].split(), stage["deps"])
        for name, stage in stages.items()
        if "common.runs run" in stage["cmd"] and bool(stage.get("frozen")) == full
    ]


def why_not_run(paper: str, notebook: str) -> str:
    """Say why there is no quick result of a notebook."""
    for stage in notebook_stages():
        if stage.name == f"{paper}-{notebook}" and stage.missing:
            return f"not run: data not available ({', '.join(stage.missing)})"
    return "not run"


def run_quick(paper: str | None) -> int:
    """Reproduce the quick stages (of one paper, or all), then the report; returns dvc's exit code."""
    stages = [stage for stage in notebook_stages() if paper in (None, stage.paper)]
    for stage in stages:
        if stage.missing:
            print(f"{stage.name}: not run: data not available ({', '.join(stage.missing)})", flush=True)
    # One by one: a plain `dvc repro` would also lock data/ anew, whatever part of it happens to be here.
    code = max([_run("dvc", "repro", "--single-item", stage.name) for stage in stages if not stage.missing], default=0)
    return _run(sys.executable, "-m", "common.report") or code


def run_full(paper: str | None) -> int:
    """Run the full, publishing stages (of one paper, or all) and rewrite the READMEs' tables.

    They are frozen in dvc.yaml, so that `dvc repro` never publishes by accident; here each command
    runs as it stands there and dvc records the result.
    """
    for stage in notebook_stages(full=True):
        if paper in (None, stage.paper) and (code := _run(*stage.command) or _run("dvc", "commit", "-f", stage.name)):
            return code
    return _run(sys.executable, "-m", "common.readme") or _run(sys.executable, "-m", "common.report")


def main() -> int:
    """Parse the command line and run; every failure is an exit code."""
    parser = argparse.ArgumentParser(prog="python -m common.stages", description="Run the pipeline's stages.")
    parser.add_argument("paper", nargs="?", help="folder under replications/ (default: all)")
    parser.add_argument("--size", choices=["quick", "full"], default="quick", help="full runs publish their results")
    arguments = parser.parse_args()
    papers = sorted({stage.paper for stage in notebook_stages()})
    if arguments.paper not in (None, *papers):
        print(f"error: no stages for {arguments.paper!r}; there are: {', '.join(papers)}", file=sys.stderr)
        return 2
    return (run_full if arguments.size == "full" else run_quick)(arguments.paper)


def _holds(dep: str, data: set[str]) -> bool:
    """Whether a dependency is one of these data files, or a folder with one of them."""
    return any(f"data/{name}" == dep or f"data/{name}".startswith(f"{dep}/") for name in data)


def _run(*command: str) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
