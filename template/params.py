"""Parameters of newpaper.ipynb."""

from typing import ClassVar

from pydantic import Field, field_validator

from common.runs import Experiment
from common.tasks import find
from replications.newpaper.experiment import LAB, TASKS


class Params(Experiment):
    """What the notebook asks; see its parameters cell."""

    lab_tasks: ClassVar[tuple[str, ...]] = tuple(LAB)

    subject: str = "lab-0.15m"
    task: str = "facts"
    questions: int = Field(400, ge=20, le=10_000)
    resamples: int = Field(1000, ge=100, le=100_000)
    engine: str = Field("auto", pattern="^(auto|hf|vllm)$")
    seed: int = Field(0, ge=0)

    @field_validator("task")
    @classmethod
    def _there_is(cls, task: str) -> str:
        return find(task, TASKS).name


PARAMS = {"newpaper": Params}
