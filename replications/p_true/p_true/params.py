"""Parameters of the notebook about P(True)."""

from replications.p_true.params import LabelParams

PARAMS = {"p_true": LabelParams}
