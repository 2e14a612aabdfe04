"""Cells: an experiment of a paper on one subject and one task, a line each in params.yaml.

    p_true-choices-lab: {paper: p_true, experiment: choices, subject: lab-1.3m, task: facts+arithmetic}

Those under `cells` are published, those under `unpublished` are not yet: dvc.yaml cannot name what is not there. Each
is published into `results/<paper>/<experiment>/<subject>/<task>/`, and run quickly into the folder of the same name
under `outputs/`. The notebook of an experiment is `<experiment>.ipynb`, and for recorded subjects
`<experiment>_recorded.ipynb` where there is one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from common import subjects
from common.datasets import registry
from common.errors import InputError
from common.files import write_whole
from common.paths import DATA, REPLICATIONS, ROOT
from common.runs import parameters
from common.subjects import Subject

FILE = ROOT / "params.yaml"
RECORDED = "_recorded"


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    paper: str
    experiment: str
    subject: str
    task: str


@dataclass(frozen=True)
class Cell:
    """One line, checked."""

    name: str
    paper: str
    experiment: str
    subject: Subject
    task: str

    @property
    def notebook(self) -> Path:
        """The notebook that runs it."""
        return notebook_for(self.paper, self.experiment, self.subject)

    @property
    def place(self) -> Path:
        """Its folder under `results/`, and its quick run's under `outputs/`."""
        return place(self.paper, self.experiment, self.subject, self.task)

    def parameters(self, size: str) -> dict[str, Any]:
        """All parameters of its quick or full run, defaults filled in. Raises as `parameters.check`."""
        given = parameters.section(self.notebook, size) | {"subject": self.subject.id, "task": self.task}
        return parameters.check(self.notebook, given)

    @cached_property
    def missing(self) -> list[str]:
        """Recorded answers that are not here, or not as pinned: paths under data/, or folders fetched on demand."""
        pins = registry.load_registry()
        faulty = []
        for folder in self.subject.answers:
            pinned = [name for name in pins if name.startswith(f"{folder}/")]
            faulty += [name for name in pinned if registry.fault(DATA / name, pins[name])]
            if not pinned and not any(name.startswith(f"{folder}/") for name in registry.first_uses()):
                faulty.append(f"{folder}: fetched by `make on-demand` alone")
        return faulty


def notebook_for(paper: str, experiment: str, subject: Subject) -> Path:
    """The notebook of an experiment for a subject; it may not exist."""
    folder = REPLICATIONS / paper
    recorded = folder / f"{experiment}{RECORDED}.ipynb"
    return recorded if subject.route == "recorded" and recorded.is_file() else folder / f"{experiment}.ipynb"


def experiment_of(notebook: str) -> str:
    """The experiment that a notebook, by its stem, belongs to."""
    return notebook.removesuffix(RECORDED)


def place(paper: str, experiment: str, subject: Subject, task: str) -> Path:
    """Folder of a run below `results/` and `outputs/`."""
    return Path(paper, experiment, subject.id, task)


@cache
def load(file: Path = FILE) -> Mapping[str, Cell]:
    """Every cell by its name, in the order of the file.

    Raises:
        InputError: a malformed line, or one that names an unknown paper, experiment, subject or task; two lines of one
            cell.
    """
    sections = yaml.safe_load(file.read_text())
    lines = (sections.get("cells") or {}) | (sections.get("unpublished") or {})
    found = {name: _checked(name, line, file.name) for name, line in lines.items()}
    places = [cell.place for cell in found.values()]
    if twice := [cell for cell in found.values() if places.count(cell.place) > 1]:
        raise InputError(f"{file.name}: cells {' and '.join(cell.name for cell in twice)} are one and the same")
    return MappingProxyType(found)


def enter(cell: Cell, file: Path = FILE) -> None:
    """Move the line of a cell that now has a published result to `cells`, the last section of the file."""
    text = file.read_text()
    line = re.search(rf"^  {re.escape(cell.name)}: .*\n", text, re.MULTILINE)
    if line and line.start() < text.index("\ncells:"):
        write_whole(file, text.replace(line[0], "") + line[0])


def _checked(name: str, line: Any, file: str) -> Cell:
    where = f"{file}: cell {name}"
    try:
        stated = _Line.model_validate(line)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    papers = sorted(claims.parent.name for claims in REPLICATIONS.glob("*/claims.yaml"))
    if stated.paper not in papers:
        raise InputError(f"{where}: no paper {stated.paper!r}: there are {', '.join(papers)}")
    experiments = sorted({experiment_of(one.stem) for one in (REPLICATIONS / stated.paper).glob("*.ipynb")})
    if stated.experiment not in experiments:
        raise InputError(f"{where}: {stated.paper} has no experiment {stated.experiment!r}: {', '.join(experiments)}")
    if stated.subject not in subjects.listed():
        raise InputError(f"{where}: no subject {stated.subject!r}: there are {', '.join(subjects.listed())}")
    cell = Cell(name, stated.paper, stated.experiment, subjects.listed()[stated.subject], stated.task)
    try:
        cell.parameters("quick")
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    return cell
