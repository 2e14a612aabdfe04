"""One file that a training goes on from: weights, optimizers, step, and what the training is.

It is replaced in one step, so a kill at any moment leaves the old one or the new one. safetensors, no pickle.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from common.errors import InputError

FILE = "checkpoint.safetensors"


Optimizers = Sequence[torch.optim.Optimizer]


def save(folder: Path, model: torch.nn.Module, optimizers: Optimizers, step: int, identity: Mapping[str, Any]) -> None:
    """Write the checkpoint after so many steps; `identity` is plain JSON."""
    tensors = {f"model.{name}": value.detach().contiguous() for name, value in model.named_parameters()}
    for first, optimizer in _places(optimizers):
        for index, state in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{first + index}.{name}": value.contiguous() for name, value in state.items()}
    described = json.dumps({"step": step, "identity": identity}, sort_keys=True)  # in one: entries have no fixed order
    partial = folder / f".{FILE}.partial"
    save_file(tensors, partial, metadata={"training": described})
    os.replace(partial, folder / FILE)


def load(folder: Path, model: torch.nn.Module, optimizers: Optimizers, identity: Mapping[str, Any]) -> int:
    """Load the folder's checkpoint, if it has one, into model and optimizers; returns the steps done, 0 without one.

    Raises:
        InputError: it is damaged, or belongs to another training.
    """
    path = folder / FILE
    if not path.exists():
        return 0
    try:
        with safe_open(path, framework="pt") as file:
            described = json.loads((file.metadata() or {}).get("training", "{}"))
        tensors = load_file(path)
    except SafetensorError as error:
        raise InputError(f"{path} is damaged ({error}): delete it to train from the start") from error
    theirs, ours = described.get("identity", {}), json.loads(json.dumps(identity))
    if differing := [name for name in ours if theirs.get(name) != ours[name]]:
        raise InputError(
            f"{path} belongs to a training with another {', '.join(differing)}: delete it, or choose another folder"
        )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(tensors[f"model.{name}"])
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, index, field = name.split(".")
            state.setdefault(int(index), {})[field] = value
    for first, optimizer in _places(optimizers):
        groups = optimizer.state_dict()["param_groups"]
        own = {index: state[first + index] for group in groups for index in group["params"] if first + index in state}
        optimizer.load_state_dict({"state": own, "param_groups": groups})
    return int(described["step"])


def _places(optimizers: Optimizers) -> Iterator[tuple[int, torch.optim.Optimizer]]:
    """Each optimizer after the place of its first parameter among those of all."""
    first = 0
    for optimizer in optimizers:
        yield first, optimizer
        first += sum(len(group["params"]) for group in optimizer.param_groups)


def digest(model: torch.nn.Module) -> str:
    """SHA-256 over a model's weights: what a training starts from."""
    total = hashlib.sha256()
    for name, value in model.named_parameters():
        total.update(name.encode())
        total.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return total.hexdigest()
