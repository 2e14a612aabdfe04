import pytest

from common.errors import InputError
from common.runs.cells import find
from common.runs.parameters import check


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"task": "truthfulqa"}, "String should match pattern"),
        ({"subject": "lab-1.3m"}, "lab-1.3m is of the route lab, and not recorded"),
    ],
)
def test_recorded_answers_are_to_two_sets_and_of_recorded_models(values, message):
    with pytest.raises(InputError, match=message):
        check(find("p_true", "choices_recorded"), values)
