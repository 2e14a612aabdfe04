"""Parameters of this paper's notebooks."""

from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from common.runs import Experiment
from common.subjects import Route
from common.tasks import find
from replications.genrm_vs_sc.tasks import TASKS


class RecordedParams(Experiment):
    """Parameters of genrm_vs_sc_recorded.ipynb."""

    routes: ClassVar[tuple[Route, ...]] = ("recorded",)
    answers: ClassVar[str] = "genrm_critiques"

    subject: str = "genrm-critiques"
    task: str = Field("gsm8k", pattern="^gsm8k$")
    resamples: int = Field(1000, ge=100, le=100_000)
    subsets: int = Field(100, ge=2, le=10_000)
    seed: int = Field(0, ge=0)


class LiveParams(Experiment):
    """Parameters of genrm_vs_sc.ipynb."""

    lab_tasks: ClassVar[tuple[str, ...]] = ("lab",)

    subject: str = "lab-0.15m"
    task: str = "lab"
    engine: str = Field("auto", pattern="^(auto|hf|vllm)$")
    problems: int = Field(60, ge=2, le=10_000)
    solutions: int = Field(16, ge=4, le=256)
    votes: int = Field(32, ge=4, le=1024)
    verifications: int = Field(4, ge=2, le=64)
    max_tokens: int = Field(0, ge=0, le=32_768)
    tune_problems: int = Field(200, ge=0, le=10_000)
    learning_rate: float = Field(1e-3, gt=0, le=1)
    resamples: int = Field(1000, ge=100, le=100_000)
    subsets: int = Field(50, ge=2, le=10_000)
    seed: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _votes_hold_the_verified(self) -> Self:
        if self.votes < self.solutions:
            raise ValueError("votes must be at least solutions: the first of them are verified")
        return self

    @field_validator("task")
    @classmethod
    def _there_is(cls, task: str) -> str:
        return find(task, TASKS).name


PARAMS = {"genrm_vs_sc_recorded": RecordedParams, "genrm_vs_sc": LiveParams}
