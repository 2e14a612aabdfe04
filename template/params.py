"""Parameters of newpaper.ipynb."""

from typing import Self

from pydantic import Field, model_validator

from common import subjects
from common.runs import Experiment
from common.tasks import find
from replications.newpaper.experiment import LAB, TASKS


class Params(Experiment):
    """What the notebook asks; see its parameters cell."""

    subject: str = "lab-0.15m"
    task: str = "facts"
    questions: int = Field(400, ge=20, le=10_000)
    resamples: int = Field(1000, ge=100, le=100_000)
    engine: str = Field("auto", pattern="^(auto|hf|vllm)$")
    seed: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _asks_what_the_subject_can_know(self) -> Self:
        find(self.task, TASKS)
        if (self.task in LAB) != (subjects.find(self.subject).route == "lab"):
            raise ValueError(f"{self.subject} is not asked {self.task}: lab models know their own world alone")
        return self


PARAMS = {"newpaper": Params}
