"""Which models a notebook asks: its subject, and other sizes that it is compared with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from common import subjects
from common.errors import InputError
from common.models import registry
from common.paths import MODELS
from common.stats.estimates import Undefined
from common.subjects import Subject

NO_LADDER = Undefined("needs a family of models in several sizes: one was asked")


@dataclass(frozen=True, slots=True)
class Model:
    """A model to ask. All but name and source are known of rungs of the ladder alone."""

    name: str
    source: str
    """Folder or Hub id."""
    size: str = ""
    seed: int = 0
    dose: str = "high"
    parameters: int = 0

    @property
    def rung(self) -> bool:
        """Whether it is one of the sizes; of the lab's those with the high dose of judging documents."""
        return bool(self.size) and self.dose == "high"

    @property
    def columns(self) -> dict[str, Any]:
        """What tables say of it."""
        return {"model": self.name} | {name: getattr(self, name) for name in ("size", "seed", "dose", "parameters")}


def models(subject: Subject, compare: str) -> list[Model]:
    """The subject's model first, then those to compare with, largest first.

    `compare` is none, sizes (the other models of its family; of the lab seed 0 of every size) or all (of the lab every
    seed and dose).

    Raises:
        InputError: a rung that is not here, or a recorded subject.
    """
    if subject.route != "lab":
        members = [] if compare == "none" else reversed(subjects.family(subject))
        return [_member(subject), *(_member(one) for one in members if one != subject)]
    rungs = yaml.safe_load((MODELS / "params.yaml").read_text())["ladder"].values()
    wanted = {
        "none": [],
        "sizes": [rung for rung in rungs if rung["seed"] == 0 and rung["dose"] == "high"],
        "all": list(rungs),
    }[compare]
    known = {rung["name"]: rung for rung in rungs}
    main = Path(subject.source)
    others = [_lab(MODELS / rung["name"], rung) for rung in wanted if rung["name"] != main.name]
    return [_lab(main, known.get(main.name, {})), *others]


def _member(subject: Subject) -> Model:
    """A model of a family has a size; one on its own has none."""
    if not subject.family:
        return Model(subject.id, subject.source)
    return Model(subject.id, subject.source, size=subject.id, parameters=registry.entry(subject.model).parameters)


def _lab(folder: Path, rung: Mapping[str, Any]) -> Model:
    card = folder / "training.json"
    if not card.is_file():
        raise InputError(f"{folder}: no trained lab model: get models/ from git, or compare with fewer models")
    recipe = {key: rung[key] for key in ("size", "seed", "dose") if key in rung}
    return Model(folder.name, str(folder), parameters=json.loads(card.read_text())["parameters"], **recipe)


def sizes(models: Sequence[Model]) -> dict[str, list[Model]]:
    """Rungs by size, smallest first, with all seeds asked of each."""
    rungs = sorted((model for model in models if model.rung), key=lambda model: (model.parameters, model.seed))
    found: dict[str, list[Model]] = {}
    for model in rungs:
        found.setdefault(model.size, []).append(model)
    return found
