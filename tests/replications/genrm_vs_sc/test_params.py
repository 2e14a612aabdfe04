import pytest

from replications.genrm_vs_sc.params import LiveParams, RecordedParams


def test_fewer_votes_than_verified_solutions_are_refused():
    with pytest.raises(ValueError, match="votes must be at least solutions"):
        LiveParams(solutions=16, votes=8)


def test_parameters_out_of_range_are_refused():
    with pytest.raises(ValueError, match="resamples"):
        RecordedParams(resamples=1)
