"""Cells: an experiment of a paper on one subject and one task, a line each in params.yaml.

    p_true-choices-lab: {paper: p_true, experiment: choices, subject: lab-1.3m, task: facts+arithmetic}

A line may also have `parameters` in which the cell differs from the others of its experiment, at every size. Those
under `cells` are published, those under `unpublished` are not yet: dvc.yaml cannot name what is not there. Each is
published into `results/<paper>/<experiment>/<subject>/<task>/`, and run quickly into the folder of the same name under
`outputs/`. The notebook of an experiment is `<experiment>.ipynb`, and for recorded subjects
`<experiment>_recorded.ipynb` where there is one; both lie in the paper's folder, or in one of the experiment's name in
it. Where a notebook lies, and whose it is, only this file knows.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common import recordings, subjects
from common.datasets import registry
from common.errors import InputError
from common.files import write_whole
from common.paths import ANSWERS, DATA, REPLICATIONS, RESULTS, ROOT
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
    parameters: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """One line, checked."""

    name: str
    paper: str
    experiment: str
    subject: Subject
    task: str
    differs: Mapping[str, Any] = field(default_factory=dict)
    """Parameters that are its own, at every size."""

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
        given = section(self.notebook, size) | dict(self.differs) | {"subject": self.subject.id, "task": self.task}
        return parameters.check(self.notebook, given)

    @property
    def recording(self) -> Path:
        """Where what a real model says in it is recorded, if it is."""
        return recordings.folder_of(self.subject, self.paper, self.experiment, self.task)

    @property
    def results(self) -> Path:
        """Where it is published, if it is."""
        return RESULTS / self.place / "results.json"

    @property
    def published(self) -> dict[str, Any] | None:
        """What is published of it."""
        return dict(json.loads(self.results.read_text())) if self.results.is_file() else None

    @cached_property
    def missing(self) -> list[str]:
        """Data that are not here, or not as pinned: paths under data/, or folders fetched on demand.

        Of recorded subjects their answers, of models what the published run read.
        """
        pins = registry.load_registry()
        faulty = []
        if self.subject.route == "model":
            read = (self.published or {}).get("data", {})
            faulty = [name for name in read if name in pins and registry.fault(DATA / name, pins[name])]
        for folder in self.subject.answers:
            if folder.startswith(f"{ANSWERS.name}/"):
                if not (ROOT / folder).is_dir():
                    faulty.append(f"{folder}: import it by `python -m common.subjects import`")
                continue
            pinned = [name for name in pins if name.startswith(f"{folder}/")]
            faulty += [name for name in pinned if registry.fault(DATA / name, pins[name])]
            if not pinned and not any(name.startswith(f"{folder}/") for name in registry.first_uses()):
                faulty.append(f"{folder}: fetched by `make on-demand` alone")
        return faulty


def notebook_for(paper: str, experiment: str, subject: Subject) -> Path:
    """The notebook of an experiment for a subject; it may not exist."""
    recorded = find(paper, f"{experiment}{RECORDED}")
    return recorded if subject.route == "recorded" and recorded.is_file() else find(paper, experiment)


def find(paper: str, name: str) -> Path:
    """A paper's notebook by its stem; it may not exist."""
    inside = REPLICATIONS / paper / experiment_of(name) / f"{name}.ipynb"
    return inside if inside.is_file() else REPLICATIONS / paper / inside.name


def notebooks(paper: str) -> list[Path]:
    """Every notebook of a paper."""
    return [one for one in sorted((REPLICATIONS / paper).rglob("*.ipynb")) if one == find(paper, one.stem)]


def folder_of(notebook: Path) -> Path:
    """Folder of the paper that a notebook belongs to; of one that belongs to none, the folder that it lies in."""
    own = notebook.resolve().parent
    return next((folder for folder in (own, *own.parents) if folder.parent == REPLICATIONS), own)


def experiment_of(notebook: str) -> str:
    """The experiment that a notebook, by its stem, belongs to."""
    return notebook.removesuffix(RECORDED)


def place(paper: str, experiment: str, subject: Subject, task: str) -> Path:
    """Folder of a run below `results/` and `outputs/`."""
    return Path(paper, experiment, subject.id, task)


def section(notebook: Path, size: str, file: Path = FILE) -> dict[str, Any]:
    """Parameters of a notebook at one size (quick or full), from `<paper>.<notebook>.<size>` in params.yaml.

    Raises:
        InputError: there is no such section.
    """
    sections, paper = yaml.safe_load(file.read_text()), folder_of(notebook).name
    try:
        return dict(sections[paper][notebook.stem][size])
    except (KeyError, TypeError) as error:
        where = f"{paper}.{notebook.stem}.{size}"
        raise InputError(f"{file.name} has no section {where}: add it, with {{}} for all defaults") from error


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
    experiments = sorted({experiment_of(one.stem) for one in notebooks(stated.paper)})
    if stated.experiment not in experiments:
        raise InputError(f"{where}: {stated.paper} has no experiment {stated.experiment!r}: {', '.join(experiments)}")
    if stated.subject not in subjects.listed():
        raise InputError(f"{where}: no subject {stated.subject!r}: there are {', '.join(subjects.listed())}")
    subject = subjects.listed()[stated.subject]
    cell = Cell(name, stated.paper, stated.experiment, subject, stated.task, stated.parameters)
    try:
        cell.parameters("quick")
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    return cell
