"""Parameters of the notebook about P(IK)."""

from typing import Self

from pydantic import Field, model_validator

from common import subjects
from replications.p_true.params import LAB_TASKS, LiveParams


class PIkParams(LiveParams):
    """Parameters of p_ik.ipynb."""

    compare: str = Field("ends", pattern="^(none|ends|sizes|all)$")
    learn: int = Field(1200, ge=10, le=10_000)
    problems: int = Field(300, ge=2, le=10_000)
    backbone: str = Field("full", pattern="^(full|frozen)$")
    labels: str = Field("soft", pattern="^(soft|hard)$")
    learning_rate: float = Field(2e-3, gt=0, le=1)
    batch_size: int = Field(32, ge=1)
    epochs: int = Field(12, ge=1)

    @model_validator(mode="after")
    def _carries_over_as_the_claims_do(self) -> Self:
        if subjects.find(self.subject).route == "lab" and tuple(self.tasks) != LAB_TASKS:
            raise ValueError(f"P(IK) of lab models is trained on facts and carried over: task={'+'.join(LAB_TASKS)}")
        return self


PARAMS = {"p_ik": PIkParams}
