"""What the parameters of this paper's notebooks share."""

from typing import Self

from pydantic import Field, model_validator

from common import subjects
from common.errors import InputError
from common.runs import Experiment
from common.tasks import find

LAB_TASKS = ("facts", "arithmetic")
"""By name: `replications.p_true.tasks` has the tasks, and loads the lab for them."""


class LiveParams(Experiment):
    """Parameters of the notebooks that ask models."""

    subject: str = "lab-1.3m"
    task: str = "facts+arithmetic"
    compare: str = Field("sizes", pattern="^(none|sizes|all)$")
    questions: int = Field(800, ge=10, le=10_000)
    seed: int = Field(0, ge=0)
    seeds: int = Field(1, ge=1, le=10)
    resamples: int = Field(1000, ge=100, le=100_000)
    redraws: int = Field(200, ge=50, le=10_000)
    engine: str = Field("auto", pattern="^(auto|hf|vllm)$")

    @property
    def tasks(self) -> list[str]:
        """The tasks asked together, in order."""
        return self.task.split("+")

    @model_validator(mode="after")
    def _asks_what_the_subject_can_know(self) -> Self:
        """Lab models are asked about the lab's world alone, and no other model is asked about it."""
        for name in set(self.tasks) - set(LAB_TASKS):
            try:
                find(name)
            except InputError as error:
                raise ValueError(f"{error}; lab models know {' and '.join(LAB_TASKS)}") from error
        lab = subjects.find(self.subject).route == "lab"
        other = [name for name in self.tasks if (name in LAB_TASKS) != lab]
        if other and lab:
            raise ValueError(f"{self.subject} knows the lab's world only: ask {' or '.join(LAB_TASKS)}, not {other[0]}")
        if other:
            raise ValueError(f"{other[0]} is about the lab's world: give a lab model, or another task such as triviaqa")
        return self


class LabelParams(LiveParams):
    """Parameters of the notebooks that ask for labels: choices.ipynb and p_true.ipynb."""

    layout: str = Field("", pattern="^(|plain|chat|whole)$")
