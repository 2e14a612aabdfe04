"""Parameters of this paper's notebooks, and its claims."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from common import claims
from common.claims import NotTestable, Verdict
from common.runs import Parameters
from common.stats.intervals import Estimate

CLAIMS = Path(__file__).with_name("claims.yaml")


class ReanalysisParams(Parameters):
    """Parameters of reanalysis.ipynb."""

    resamples: int = Field(1000, ge=100, le=100_000)
    redraws: int = Field(200, ge=50, le=10_000)
    seed: int = Field(0, ge=0)


PARAMS = {"reanalysis": ReanalysisParams}


def judge(notebook: str, found: Mapping[str, Estimate | NotTestable]) -> list[Verdict]:
    """Verdicts on the claims that a notebook judges; its primary claims are corrected together."""
    return claims.judge([claim for claim in claims.load(CLAIMS).claims if claim.notebook == notebook], found)
