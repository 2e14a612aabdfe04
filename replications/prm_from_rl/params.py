"""Parameters of prm_from_rl.ipynb."""

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from common.runs import Parameters
from replications.prm_from_rl.prompts import TASKS

Name = Annotated[str, StringConstraints(max_length=500)]


class Params(Parameters):
    """What the notebook reads, measures or trains; see its parameters cell."""

    results: str = Field("replications/prm_from_rl/trained", min_length=1)
    model: str = ""
    task: str = "lab"
    engine: str = Field("auto", pattern="^(auto|hf|vllm)$")
    items: int = Field(400, ge=0, le=1000)
    vote: bool = True
    max_tokens: int = Field(0, ge=0, le=32_768)
    problems: int = Field(500, ge=0, le=2000)
    samples: int = Field(64, ge=2, le=64)
    steps: int = Field(0, ge=0, le=1000)
    seeds: int = Field(6, ge=1, le=20)
    base: str = "models/lab-0.15m"
    witnesses: list[str] = Field(["models/lab-0.05m", "models/lab-0.45m", "models/lab-1.3m"], min_length=1)
    resamples: int = Field(1000, ge=100, le=20_000)
    seed: int = Field(0, ge=0)

    @field_validator("task")
    @classmethod
    def _known(cls, task: str) -> str:
        if task not in TASKS:
            raise ValueError(f"it is one of {', '.join(TASKS)}")
        return task
