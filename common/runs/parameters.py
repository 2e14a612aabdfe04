"""Notebook parameters, checked before a kernel starts.

papermill only warns about a parameter that the notebook does not have, and exits 0. Here every
notebook has a pydantic model of its parameters: beside a replication's notebook lies `params.py`, which
maps its stem to one in `PARAMS`; of any other the model is read off the types in its `parameters` cell.
"""

import ast
import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, create_model, model_validator

from common import subjects
from common.errors import InputError
from common.paths import REPLICATIONS, ROOT
from common.subjects import Route


class Parameters(BaseModel):
    """Base of every notebook's parameters: no coercion, no unknown names, no change after the check."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, validate_default=True)


class Experiment(Parameters):
    """Base of the parameters of a replication's notebooks: what is asked, and about what."""

    routes: ClassVar[tuple[Route, ...]] = ("lab", "model")
    """Routes of the subjects that the notebook can take."""
    answers: ClassVar[str] = ""
    """The folder of data/ that a notebook on recorded answers reads."""
    lab_tasks: ClassVar[tuple[str, ...]] = ()
    """Tasks about the lab's world, where there are some: they are for lab models, and all others for other models."""

    subject: str
    task: str

    @model_validator(mode="after")
    def _takes_the_subject(self) -> Self:
        found = subjects.find(self.subject)
        if found.route not in self.routes:
            raise ValueError(f"{found.id} is of the route {found.route}, and not {' or '.join(self.routes)}")
        if self.answers and self.answers not in found.answers:
            raise ValueError(f"{found.id} has no answers in {self.answers}, which are what is read here")
        if self.lab_tasks and (self.task in self.lab_tasks) != (found.route == "lab"):
            own = f"lab models are asked {' and '.join(self.lab_tasks)}, and no other model is"
            raise ValueError(f"{self.subject} is not asked {self.task}: {own}")
        return self


CELL_TYPES = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "list[int]": list[int],
    "list[float]": list[float],
    "list[str]": list[str],
}
"""Type names a parameters cell may use."""


def model_for(notebook: Path) -> type[Parameters]:
    """Find the parameter model of a notebook.

    Raises:
        InputError: no such notebook, a replication without a model for it, or a parameters cell that can't be read.
    """
    if not notebook.is_file():
        raise InputError(f"{notebook}: no such notebook")
    folder = notebook.resolve().parent
    if REPLICATIONS not in folder.parents:
        return _model_from_cell(notebook)
    package = ".".join(folder.relative_to(ROOT).parts)
    models: dict[str, type[Parameters]] = importlib.import_module(f"{package}.params").PARAMS
    if notebook.stem not in models:
        raise InputError(f"{folder.name}/params.py: PARAMS has no entry {notebook.stem!r}: add the notebook's model")
    return models[notebook.stem]


def declared(notebook: Path) -> dict[str, tuple[str, Any]]:
    """Names, type names ("" where none is written) and default values in the parameters cell.

    Raises:
        InputError: the file is not a notebook, names no kernel, or its parameters cell holds anything but assignments
            of plain values.
    """
    try:
        content = json.loads(notebook.read_text())
        cells = [cell for cell in content["cells"] if "parameters" in cell["metadata"].get("tags", ())]
        content["metadata"]["kernelspec"]["name"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{notebook}: not a notebook that can run: it is no notebook, or names no kernel") from error
    source = "".join(cells[0]["source"]) if cells else ""
    try:
        return dict(map(_declaration, ast.parse(source).body))
    except (ValueError, SyntaxError) as error:
        raise InputError(
            f"{notebook.name}: the parameters cell may hold lines such as `n: int = 3` alone: {error}"
        ) from error


def _declaration(line: ast.stmt) -> tuple[str, tuple[str, Any]]:
    """Name, type name and default of one line of a parameters cell."""
    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None:
        return line.target.id, (ast.unparse(line.annotation), ast.literal_eval(line.value))
    if isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name):
        return line.targets[0].id, ("", ast.literal_eval(line.value))
    raise ValueError(f"not so {ast.unparse(line)!r:.80}")


def assigned(notebook: Path, assignments: Sequence[str]) -> dict[str, Any]:
    """Parameters from NAME=VALUE; the value of a str parameter is its text as given, of any other see `value`.

    Raises:
        InputError: one is written in another way, or as `value` or `model_for`.
    """
    fields = model_for(notebook).model_fields
    found = {}
    for text in assignments:
        name, equals, given = text.partition("=")
        if not equals:
            raise InputError(f"-p {text}: write it as NAME=VALUE")
        found[name] = given if name in fields and fields[name].annotation is str else value(given)
    return found


def value(text: str) -> Any:
    """Read a parameter's value as Python, or else as YAML: 1e-3, [1, 2], true and a bare word all mean what they say.

    Raises:
        InputError: it is neither.
    """
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        pass
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{text}: not a value in Python or YAML") from error


def check(notebook: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check `given` against the notebook's model; returns all parameters, defaults filled in.

    Raises:
        InputError: unknown, ill-typed or out-of-range parameters, each named with what is allowed.
    """
    return validated(notebook, given).model_dump()


def validated(notebook: Path, given: Mapping[str, Any]) -> Parameters:
    """The same as `check`, as an instance of the notebook's model. Raises as it."""
    model = model_for(notebook)
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        problems = "; ".join(_problem(details, model) for details in error.errors())
        raise InputError(f"{notebook.name}: {problems}") from error


def _problem(details: Any, model: type[Parameters]) -> str:
    name = ".".join(map(str, details["loc"]))
    if not name:  # about several parameters at once
        return str(details["msg"]).removeprefix("Value error, ")
    if details["type"] == "extra_forbidden":
        return f"unknown parameter {name!r} (this notebook has: {', '.join(model.model_fields)})"
    return f"{name}: {details['msg']}, got {details['input']!r}"


def _model_from_cell(notebook: Path) -> type[Parameters]:
    fields: dict[str, Any] = {}
    for name, (type_name, default) in declared(notebook).items():
        if type_name not in CELL_TYPES:
            allowed = ", ".join(CELL_TYPES)
            raise InputError(f"{notebook.name}: parameter {name!r} needs a type among {allowed}, as in `n: int = 3`")
        fields[name] = (CELL_TYPES[type_name], default)
    return create_model("CellParameters", __base__=Parameters, **fields)
