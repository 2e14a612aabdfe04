"""Parameters of the notebooks about lettered questions."""

from typing import ClassVar

from pydantic import Field

from common.runs import Experiment
from common.subjects import Route
from replications.p_true.params import LabelParams


class RecordedParams(Experiment):
    """Parameters of choices_recorded.ipynb."""

    routes: ClassVar[tuple[Route, ...]] = ("recorded",)
    answers: ClassVar[str] = "mcq_bias"

    subject: str = "llama"
    task: str = Field("mmlu", pattern="^(mmlu|arc)$")
    resamples: int = Field(1000, ge=100, le=100_000)
    redraws: int = Field(200, ge=50, le=10_000)
    seed: int = Field(0, ge=0)


PARAMS = {"choices": LabelParams, "choices_recorded": RecordedParams}
