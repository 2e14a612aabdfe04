"""Parameters of prm_from_rl.ipynb."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from common import subjects
from common.runs import Experiment
from replications.prm_from_rl.prompts import TASKS

Name = Annotated[str, StringConstraints(max_length=500)]


class Params(Experiment):
    """What the notebook reads, measures or trains; see its parameters cell."""

    subject: str = "lab-0.15m"
    task: str = "lab"
    measure: bool = False
    results: str = Field("replications/prm_from_rl/trained", min_length=1)
    engine: str = Field("auto", pattern="^(auto|hf|vllm)$")
    items: int = Field(400, ge=0, le=1000)
    vote: bool = True
    beside: str = ""
    max_tokens: int = Field(0, ge=0, le=32_768)
    problems: int = Field(500, ge=0, le=2000)
    samples: int = Field(64, ge=2, le=64)
    steps: int = Field(0, ge=0, le=1000)
    seeds: int = Field(6, ge=1, le=20)
    witnesses: list[str] = Field(["models/lab-0.05m", "models/lab-0.45m", "models/lab-1.3m"], min_length=1)
    resamples: int = Field(1000, ge=100, le=20_000)
    seed: int = Field(0, ge=0)

    @field_validator("task")
    @classmethod
    def _known(cls, task: str) -> str:
        if task not in TASKS:
            raise ValueError(f"it is one of {', '.join(TASKS)}")
        return task

    @model_validator(mode="after")
    def _stands_beside_another(self) -> Self:
        if self.beside and subjects.find(self.beside) == subjects.find(self.subject):
            raise ValueError(f"beside={self.beside} is the subject itself: name a smaller model of its family")
        return self

    @model_validator(mode="after")
    def _trains_lab_models_on_the_lab(self) -> Self:
        if self.steps and (self.measure or self.task != "lab" or subjects.find(self.subject).route != "lab"):
            raise ValueError("steps train a model of the lab on the lab's problems; leave them out to measure a model")
        return self


PARAMS = {"prm_from_rl": Params}
