"""What claims are judged on: subjects.yaml, and whatever else a run is given as its `subject`.

A subject is a model that is asked here (route `lab` or `model`) or answers that others published (`recorded`). What
was settled about it before it was asked anything that counts, how labels are asked and how many tokens it gets,
stands in its line; a subject that is not listed has the defaults. `python -m common.subjects import` takes answers of
one's own (`common.import_answers`).
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from common.errors import InputError
from common.labels import LAYOUTS, TAUGHT, Layout
from common.models.registry import load_registry
from common.paths import ANSWERS, ROOT

FILE = ROOT / "subjects.yaml"
Route = Literal["lab", "recorded", "model"]
"""How a subject's answers come about: by a model of the lab, by others who recorded them, by any other model."""
ROUTES: tuple[str, ...] = get_args(Route)


class Subject(BaseModel):
    """One subject; subjects.yaml explains the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    route: Route
    model: str = ""
    answers: tuple[str, ...] = ()
    about: str = ""
    family: str = ""
    layout: str = "plain"
    max_tokens: Mapping[str, int] = Field(default_factory=dict)

    @field_validator("layout")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in LAYOUTS:
            raise ValueError(f"no layout {name!r}: there are {', '.join(LAYOUTS)}")
        return name

    @model_validator(mode="after")
    def _has_what_its_route_needs(self) -> Self:
        if self.route == "recorded" and not (self.answers and not self.model):
            raise ValueError("a recorded subject names its `answers`, and no model")
        if self.route != "recorded" and not (self.model and not self.answers):
            raise ValueError(f"a subject of the route {self.route} names its `model`, and no answers")
        return self

    @property
    def source(self) -> str:
        """What `load_engine` takes: the model, a folder of the repository from wherever a kernel was started.

        Raises:
            InputError: a recorded subject, which cannot be asked anything; or a registered model whose name a folder
                here has, which would be loaded in its place.
        """
        if self.route == "recorded":
            raise InputError(f"{self.id} is recorded and cannot be asked: give a model, such as {_examples()}")
        folder = ROOT / self.model
        if not folder.is_dir():
            return self.model
        if self.model in load_registry():
            raise InputError(f"{folder} has the name of a registered model: rename it, or ask it as ./{self.model}")
        return str(folder)

    @property
    def imported(self) -> bool:
        """Whether its answers are a user's own (`common.import_answers`), which nobody else has."""
        return any(folder.startswith(f"{ANSWERS.name}/") for folder in self.answers)

    def named_by(self, names: Iterable[str]) -> bool:
        """Whether one of several names is this subject's: its id, its family, or its route."""
        return bool({self.id, self.family, self.route} & set(names))

    def layout_of(self, wanted: str = "") -> Layout:
        """The layout that labels are asked in: the lab's own, else the wanted one, else the subject's.

        Raises:
            InputError: a layout that there is not, or any for a lab model.
        """
        if self.route == "lab":
            if wanted:
                raise InputError(f"layout {wanted!r}: lab models were taught one, leave it out")
            return TAUGHT
        if (name := wanted or self.layout) not in LAYOUTS:
            raise InputError(f"no layout {name!r}: there are {', '.join(LAYOUTS)}")
        return LAYOUTS[name]

    def tokens_of(self, what: str, usual: int) -> int:
        """Tokens of a completion of some kind (a task, or "ratings"): its own number, else the usual one."""
        return self.max_tokens.get(what, usual)


@cache
def listed() -> Mapping[str, Subject]:
    """Every listed subject by its id. Raises as `read`."""
    return read(FILE)


def read(file: Path) -> Mapping[str, Subject]:
    """Subjects of a file by their ids.

    Raises:
        InputError: the file is malformed, a subject lacks its model or answers, or a family has one model.
    """
    rows = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    found = {}
    for name, row in rows.items():
        try:
            found[name] = Subject.model_validate({"id": name} | (row or {}))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join([name, *map(str, first["loc"])])
            raise InputError(f"{file.name}: {where}: {first['msg'].removeprefix('Value error, ')}") from error
    members = Counter(one.family for one in found.values() if one.family)
    if alone := [family for family, count in members.items() if count == 1]:
        raise InputError(f"{file.name}: family {alone[0]} has one model: list another of its sizes, or no family")
    return MappingProxyType(found)


def find(name: str) -> Subject:
    """The subject of an id; or of a folder, Hub id or registered model, listed or not.

    Raises:
        InputError: a name that can be none of these.
    """
    known, registered = listed(), load_registry()
    for one in known.values():
        a_folder = one.model and one.model not in registered  # or a Hub id
        if name == one.id or (a_folder and (ROOT / name).resolve() == (ROOT / one.model).resolve()):
            return one
    if not name or re.search(r"\s", name):
        raise InputError(f"subject {name!r}: give one of {_examples()} (subjects.yaml), a folder or a Hub id")
    id = f"own--{slug(name)}" if slug(name) in known else slug(name)  # else its runs would pass for the listed one's
    return Subject(id=id, route="lab" if Path(name).name.startswith("lab-") else "model", model=name)


def slug(name: str) -> str:
    """A name that can be a folder's: `org/model` becomes `org--model`."""
    return re.sub(r"[^\w.+-]+", "-", name.strip("/").replace("://", "-").replace("/", "--")).strip("-.")


def family(subject: Subject) -> list[Subject]:
    """All models of its family, from small to large; the subject alone if it has none."""
    if not subject.family:
        return [subject]
    return [one for one in listed().values() if one.family == subject.family]


def tokens_of(name: str, what: str, usual: int) -> int:
    """`Subject.tokens_of` by the name of a subject; nobody's are the usual ones."""
    return find(name).tokens_of(what, usual) if name else usual


def names() -> set[str]:
    """What a claim may name subjects by: ids, families and routes."""
    every = listed().values()
    return {one.id for one in every} | {one.family for one in every if one.family} | set(ROUTES)


def _examples() -> str:
    return ", ".join(name for name, one in listed().items() if one.route != "recorded")


if __name__ == "__main__":
    from common.import_answers import main

    sys.exit(main())
