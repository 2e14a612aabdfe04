"""Parameters of this paper's notebooks, and its claims."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from common import claims
from common.claims import Route, Verdict
from common.runs import Parameters
from common.stats.estimates import Found

CLAIMS = Path(__file__).with_name("claims.yaml")


class ReanalysisParams(Parameters):
    """Parameters of reanalysis.ipynb."""

    resamples: int = Field(1000, ge=100, le=100_000)
    redraws: int = Field(200, ge=50, le=10_000)
    seed: int = Field(0, ge=0)


class LiveParams(Parameters):
    """Parameters of the notebooks that ask models."""

    model: str = "models/lab-1.3m"
    tasks: list[str] = Field(["facts", "arithmetic"], min_length=1)
    compare: str = Field("sizes", pattern="^(none|sizes|all)$")
    questions: int = Field(800, ge=10, le=10_000)
    seed: int = Field(0, ge=0)
    seeds: int = Field(1, ge=1, le=10)
    resamples: int = Field(1000, ge=100, le=100_000)
    redraws: int = Field(200, ge=50, le=10_000)
    engine: str = Field("auto", pattern="^(auto|hf|vllm)$")


class LabelParams(LiveParams):
    """Parameters of the notebooks that ask for labels: choices.ipynb and p_true.ipynb."""

    layout: str = Field("", pattern="^(|plain|chat|whole)$")


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


PARAMS = {"reanalysis": ReanalysisParams, "choices": LabelParams, "p_true": LabelParams, "p_ik": PIkParams}


def judge(notebook: str, found: Mapping[str, Found], route: Route | None = None) -> list[Verdict]:
    """Verdicts on the claims that a notebook judges; its primary claims are corrected together.

    A claim of the lab route that was put to a model from elsewhere is judged by the same rule, under that `route`.
    """
    asked = [claim for claim in claims.load(CLAIMS).claims if claim.notebook == notebook]
    if route == "model":
        asked = [claim.model_copy(update={"route": route}) for claim in asked]
    return claims.judge(asked, found)


def rules(notebook: str) -> dict[str, claims.Rule]:
    """The rules of a notebook's claims, by claim id; claims without one are left out."""
    return {c.id: c.rule for c in claims.load(CLAIMS).claims if c.notebook == notebook and c.rule}
