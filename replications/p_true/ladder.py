"""Which models a notebook asks: the one it is about, and on the lab route the rungs that it is compared with.

Lab models are asked about the lab's world alone, and no other model is asked about it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from common.claims import Route
from common.errors import InputError
from common.paths import MODELS, ROOT
from common.stats.estimates import Undefined
from replications.p_true.method import LiveParams
from replications.p_true.tasks import LAB_TASKS

NO_LADDER = Undefined("needs the ladder of lab models: one model was asked")


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
        """Whether it is one of the sizes: a lab model with the high dose of judging documents."""
        return bool(self.size) and self.dose == "high"


def route(params: LiveParams) -> Route:
    """The lab's route for a lab model, the model route for any other.

    Raises:
        InputError: tasks that the model cannot be asked.
    """
    lab = Path(params.model).name.startswith("lab-")
    other = [task for task in params.tasks if (task in LAB_TASKS) != lab]
    if other and lab:
        raise InputError(f"{params.model} knows the lab's world only: ask it {' or '.join(LAB_TASKS)}, not {other[0]}")
    if other:
        raise InputError(f"{other[0]} is about the lab's world: give a lab model, or another task such as triviaqa")
    return "lab" if lab else "model"


def asked(params: LiveParams) -> list[Model]:
    """The model of the parameters first, then those to compare with, largest first.

    `compare` is none, sizes (seed 0 of every size) or all (every seed and dose); the model route compares nothing.

    Raises:
        InputError: tasks that the model cannot be asked, or a rung that is not here.
    """
    folder = ROOT / params.model
    source = str(folder) if folder.is_dir() else params.model
    if route(params) == "model":
        return [Model(params.model, source)]
    rungs = yaml.safe_load((MODELS / "params.yaml").read_text())["ladder"].values()
    wanted = {
        "none": [],
        "sizes": [rung for rung in rungs if rung["seed"] == 0 and rung["dose"] == "high"],
        "all": list(rungs),
    }[params.compare]
    known = {rung["name"]: rung for rung in rungs}
    main = Path(params.model).name
    others = [_lab(MODELS / rung["name"], rung) for rung in wanted if rung["name"] != main]
    return [_lab(Path(source), known.get(main, {})), *others]


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
