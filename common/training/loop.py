"""The loop that all trainings here share: resume, steps, learning curve, evaluation, checkpoints.

A folder holds `curve.jsonl` (a point a step), `evaluations.jsonl` and the checkpoint, which are the same bytes whether
or not a training was interrupted (same machine, same threads), and `timings.jsonl`, which is not.
"""

import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import torch
from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints, ValidationError

from common.errors import InputError
from common.files import write_whole
from common.locks import sole_owner
from common.progress import Progress
from common.training import checkpoints, rewards
from common.training.loss import NotANumberError

CURVE, EVALUATIONS, TIMINGS = "curve.jsonl", "evaluations.jsonl", "timings.jsonl"
CHECKPOINT_SECONDS = 60.0
"""Time between two checkpoints, at least; the last step always has one."""

Point = Mapping[str, float]
"""What is measured at one step."""
Evaluate = Callable[[Any, int], Point]
"""Called with the model and the steps done; what it returns goes to `evaluations.jsonl`."""


class Settings(BaseModel):
    """What every training depends on.

    Raises:
        InputError: a value out of its bounds or of the wrong type, or an unknown name.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    steps: int = Field(ge=1)
    learning_rate: float = Field(gt=0, le=1)
    warmup: int = Field(default=0, ge=0)
    """Steps of linear warm-up; the rate is constant after, but for batches that are not full (see `grpo`)."""
    max_grad_norm: float = Field(default=1.0, gt=0)
    max_new_tokens: int = Field(ge=1)
    """Tokens of a completion, at most."""
    temperature: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    stop: Annotated[tuple[Annotated[str, StringConstraints(min_length=1)], ...], Strict(False)] = ()
    """Strings that end a completion, beside the end-of-text token."""
    seed: int = Field(default=0, ge=0, lt=2**63)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise InputError("; ".join(_problem(details) for details in error.errors())) from error


class Descent:
    """AdamW without weight decay, gradients clipped by their norm."""

    def __init__(self, model: torch.nn.Module, settings: Settings) -> None:
        self.model, self.settings = model, settings
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, weight_decay=0.0)
        self.optimizer.zero_grad(set_to_none=True)

    def update(self, loss: float, step: int, share: float = 1.0) -> float:
        """Follow the gradients that lie ready, then clear them; returns their norm before clipping.

        Args:
            loss: that they are of.
            step: counted from 0.
            share: of the learning rate.

        Raises:
            NotANumberError: loss or gradient is not a number; the weights stay as they are.
        """
        norm = float(torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.max_grad_norm))
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise NotANumberError(f"the loss is {loss} with a gradient of norm {norm}")
        for group in self.optimizer.param_groups:
            warm = min(1.0, (step + 1) / max(1, self.settings.warmup))
            group["lr"] = self.settings.learning_rate * warm * share
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return norm


def run(
    descent: Descent,
    work: Callable[[int], tuple[Point, Point]],
    identity: Mapping[str, Any],
    folder: Path,
    evaluate: Evaluate | None,
    every: int,
) -> None:
    """Do all steps, or those that are left, of a training.

    Args:
        descent: model and optimizer.
        work: does one step, counted from 0; returns a point of the curve, and what goes to the timings: seconds by
            what they were spent on, and how much was done in them.
        identity: names the training; a checkpoint of another is refused.
        folder: for everything that is written.
        evaluate: called before the first step, after every `every` steps and after the last.
        every: as said.

    Raises:
        NotANumberError: at the first step whose loss, gradient or logits are not numbers, before a checkpoint of it.
        InputError: as in `checkpoints.load`, or another process trains in the folder.
    """
    if every < 1:
        raise InputError(f"every must be at least 1 step, got {every}")
    folder.mkdir(parents=True, exist_ok=True)
    with sole_owner(folder / ".lock", f"{folder}: another training is writing there; wait for it, or train elsewhere"):
        model, total = descent.model, descent.settings.steps
        start = checkpoints.load(folder, model, [descent.optimizer], identity)
        for name in (CURVE, EVALUATIONS, TIMINGS):
            cut(folder / name, start)
        if not start:
            _evaluate(evaluate, model, 0, folder)
        saved, saved_at = start, time.monotonic()
        with Progress(folder.name, total, "step", start) as bar:
            for done in range(start + 1, total + 1):
                try:
                    point, seconds = work(done - 1)
                except NotANumberError as error:
                    raise _diverged(error, done, saved, folder, descent.settings.learning_rate) from error
                append(folder / CURVE, {"step": done, **point})
                append(folder / TIMINGS, {"step": done, **seconds})
                if done % every == 0 or done == total:
                    _evaluate(evaluate, model, done, folder)
                if done == total or time.monotonic() - saved_at > CHECKPOINT_SECONDS:
                    checkpoints.save(folder, model, [descent.optimizer], done, identity)
                    saved, saved_at = done, time.monotonic()
                bar.update(note=", ".join(f"{name} {value:.3g}" for name, value in list(point.items())[:2]))


def append(path: Path, point: Point) -> None:
    """Add one line to a file of points, numbers to six decimals."""
    rounded = {name: round(value, 6) if isinstance(value, float) else value for name, value in point.items()}
    with path.open("a") as file:
        file.write(json.dumps(rounded) + "\n")


def cut(path: Path, step: int) -> None:
    """Cut a file of points back to what had been written by a step; by step 0, nothing."""
    if not path.exists():
        return
    whole = path.read_text().rpartition("\n")[0].splitlines()  # a kill may have left half a line
    write_whole(path, "".join(line + "\n" for line in whole if step and json.loads(line)["step"] <= step))


def identity(
    method: str, model: Any, prompts: Sequence[Sequence[int]], reward: Any, settings: Settings
) -> dict[str, Any]:
    """What a training is: all that its numbers depend on but the number of steps, which may grow."""
    return {
        "method": method,
        "model": checkpoints.digest(model),
        "prompts": hashlib.sha256(json.dumps(prompts).encode()).hexdigest(),
        "reward": rewards.name(reward),
        **settings.model_dump(mode="json", exclude={"steps"}),
    }


def _evaluate(evaluate: Evaluate | None, model: Any, step: int, folder: Path) -> None:
    if evaluate:
        append(folder / EVALUATIONS, {"step": step, **evaluate(model, step)})
        model.eval()  # whatever it was left in


def _diverged(error: NotANumberError, step: int, saved: int, folder: Path, rate: float) -> NotANumberError:
    kept = f"the checkpoint of step {saved} is" if saved else "no checkpoint is"
    return NotANumberError(
        f"step {step}: {error}; {kept} in {folder}: train in another folder with a learning_rate below {rate}"
    )


def _problem(details: Any) -> str:
    name = ".".join(map(str, details["loc"]))
    if details["type"] == "missing":
        return f"{name} is missing: it has no default"
    if details["type"] == "extra_forbidden":
        return f"unknown setting {name}"
    if details["type"] == "value_error":
        return str(details["ctx"]["error"])
    return f"{name}: {details['msg']}, got {details['input']!r:.80}"
