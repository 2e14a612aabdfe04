"""What was settled about a model before it was asked anything that counts: subjects.yaml, and defaults for the rest."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from common.errors import InputError
from common.labels import LAYOUTS, TAUGHT, Layout
from common.paths import ROOT

FILE = ROOT / "subjects.yaml"


class Subject(BaseModel):
    """One model; subjects.yaml explains the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: str | None = None
    layout: str = "plain"
    max_tokens: Mapping[str, int] = Field(default_factory=dict)

    @field_validator("layout")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in LAYOUTS:
            raise ValueError(f"no layout {name!r}: there are {', '.join(LAYOUTS)}")
        return name


@cache
def listed() -> Mapping[str, Subject]:
    """Every listed subject by its name. Raises as `read`."""
    return read(FILE)


def read(file: Path) -> Mapping[str, Subject]:
    """Subjects of a file by their names.

    Raises:
        InputError: the file is malformed.
    """
    rows = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    try:
        return MappingProxyType({name: Subject.model_validate(row) for name, row in rows.items()})
    except ValidationError as error:
        raise InputError(f"{file.name}: {error.errors()[0]['msg']}") from error


def is_lab(model: str) -> bool:
    """Whether a model is one of the lab's, by the name of its folder."""
    return Path(model).name.startswith("lab-")


def layout_of(model: str, wanted: str = "") -> Layout:
    """The layout that labels are asked in: the lab's own, else the wanted one, else the subject's, else plain.

    Raises:
        InputError: a layout that there is not, or any for a lab model.
    """
    if is_lab(model):
        if wanted:
            raise InputError(f"layout {wanted!r}: lab models were taught one, leave it out")
        return TAUGHT
    name = wanted or listed().get(model, Subject()).layout
    if name not in LAYOUTS:
        raise InputError(f"no layout {name!r}: there are {', '.join(LAYOUTS)}")
    return LAYOUTS[name]


def tokens_of(model: str, what: str, usual: int) -> int:
    """Tokens of a completion of some kind (a task, or "ratings"): those of the subject, else the usual number."""
    return listed().get(model, Subject()).max_tokens.get(what, usual)
