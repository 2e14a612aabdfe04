"""Notebook parameters, checked before a kernel starts.

papermill only warns about a parameter that the notebook does not have, and exits 0. Here every
notebook has a pydantic model of its parameters: a replication's `method.py` maps each notebook stem
to one in `PARAMS`; for any other notebook the model is read off the types in its `parameters` cell.
"""

import ast
import importlib
import io
from collections.abc import Mapping
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import papermill
import yaml
from pydantic import BaseModel, ValidationError, create_model

from common.errors import InputError
from common.paths import REPLICATIONS, ROOT
from common.runs.record import Parameters

CELL_TYPES = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "list[int]": list[int],
    "list[float]": list[float],
    "list[str]": list[str],
}
"""Type names a parameters cell may use: those that papermill's own inspector can read."""


def model_for(notebook: Path) -> type[BaseModel]:
    """Find the parameter model of a notebook.

    Raises:
        InputError: no such notebook, a replication without a model for it, or a parameters cell that can't be read.
    """
    if not notebook.is_file():
        raise InputError(f"{notebook}: no such notebook")
    paper = notebook.resolve().parent
    if paper.parent != REPLICATIONS:
        return _model_from_cell(notebook)
    models: dict[str, type[BaseModel]] = importlib.import_module(f"replications.{paper.name}.method").PARAMS
    if notebook.stem not in models:
        raise InputError(f"{paper.name}/method.py: PARAMS has no entry {notebook.stem!r}: add the notebook's model")
    return models[notebook.stem]


def declared(notebook: Path) -> dict[str, tuple[str, Any]]:
    """Names, type names and default values in the parameters cell, as papermill reads them.

    Raises:
        InputError: the file is not a notebook, or names no kernel.
    """
    try:
        with redirect_stderr(io.StringIO()):  # papermill logs to stderr that a notebook has no parameters
            found = papermill.inspect_notebook(str(notebook))
    except ValueError as error:
        raise InputError(f"{notebook}: not a notebook that can run: {str(error).splitlines()[0]}") from error
    return {name: (str(info["inferred_type_name"]), value(str(info["default"]))) for name, info in found.items()}


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
    model = model_for(notebook)
    try:
        return model.model_validate(dict(given)).model_dump()
    except ValidationError as error:
        problems = "; ".join(_problem(details, model) for details in error.errors())
        raise InputError(f"{notebook.name}: {problems}") from error


def section(notebook: Path, size: str, file: Path = ROOT / "params.yaml") -> dict[str, Any]:
    """Parameters of a notebook at one size (quick or full), from `<folder>.<notebook>.<size>` in params.yaml."""
    sections = yaml.safe_load(file.read_text())
    try:
        return dict(sections[notebook.resolve().parent.name][notebook.stem][size])
    except (KeyError, TypeError) as error:
        where = f"{notebook.resolve().parent.name}.{notebook.stem}.{size}"
        raise InputError(f"{file.name} has no section {where}: add it, with {{}} for all defaults") from error


def _problem(details: Any, model: type[BaseModel]) -> str:
    name = ".".join(map(str, details["loc"]))
    if details["type"] == "extra_forbidden":
        return f"unknown parameter {name!r} (this notebook has: {', '.join(model.model_fields)})"
    return f"{name}: {details['msg']}, got {details['input']!r}"


def _model_from_cell(notebook: Path) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for name, (type_name, default) in declared(notebook).items():
        if type_name not in CELL_TYPES:
            allowed = ", ".join(CELL_TYPES)
            raise InputError(f"{notebook.name}: parameter {name!r} needs a type among {allowed}, as in `n: int = 3`")
        fields[name] = (CELL_TYPES[type_name], default)
    return create_model("CellParameters", __base__=Parameters, **fields)
