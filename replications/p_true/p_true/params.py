"""Parameters of the notebooks about P(True)."""

from typing import Self

from pydantic import Field, model_validator

from common import subjects
from common.errors import InputError
from common.runs import Experiment
from common.tasks import find
from replications.p_true.params import LabelParams


class RecordedParams(Experiment):
    """Parameters of p_true_recorded.ipynb."""

    subject: str = "my-model"
    task: str = "example"
    resamples: int = Field(1000, ge=100, le=100_000)
    redraws: int = Field(200, ge=50, le=10_000)
    seed: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _takes_the_subject(self) -> Self:
        """Only what a user imported has a P(True) an answer."""
        if not subjects.find(self.subject).imported:
            again = f"python -m common.subjects import FILE --subject NAME --task {self.task}"
            raise ValueError(f"{self.subject} is no subject with imported answers: `{again}` makes one")
        try:
            find(self.task)
        except InputError as error:
            raise ValueError(str(error)) from error
        return self


PARAMS = {"p_true": LabelParams, "p_true_recorded": RecordedParams}
