"""Parameters of this paper's notebooks."""

from typing import ClassVar

from pydantic import Field

from common.runs import Experiment
from common.subjects import Route


class RecordedParams(Experiment):
    """Parameters of self_assessment_recorded.ipynb."""

    routes: ClassVar[tuple[Route, ...]] = ("recorded",)
    answers: ClassVar[str] = "llm_personality_300"

    subject: str = "chat-models"
    task: str = Field("ipip-300", pattern="^ipip-300$")
    alpha: float = Field(0.05, gt=0, lt=1)
    resamples: int = Field(1000, ge=100, le=100_000)
    seed: int = Field(0, ge=0)


class LiveParams(Experiment):
    """Parameters of self_assessment.ipynb."""

    lab_tasks: ClassVar[tuple[str, ...]] = ("lab",)

    subject: str = "lab-1.3m"
    task: str = Field("lab", pattern=r"^(lab|ipip-120|ipip-300)$")
    items: int = Field(0, ge=0, le=60)
    respondents: int = Field(8, ge=2, le=32)
    readout: str = Field("text", pattern="^(text|options)$")
    repeats: int = Field(2, ge=2, le=20)
    max_tokens: int = Field(0, ge=0, le=1024)
    resamples: int = Field(500, ge=100, le=10_000)
    engine: str = Field("auto", pattern=r"^(auto|hf|vllm)$")
    layout: str = Field("", pattern="^(|plain|chat)$")
    seed: int = Field(0, ge=0)


PARAMS = {"self_assessment_recorded": RecordedParams, "self_assessment": LiveParams}
