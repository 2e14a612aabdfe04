import pytest

from common.errors import InputError
from common.runs.cells import find
from common.runs.parameters import check
from replications.p_true.params import LiveParams


def given(notebook, **values):
    return check(find("p_true", notebook), values)


def test_tasks_are_joined_by_a_plus():
    assert LiveParams().tasks == ["facts", "arithmetic"]
    assert LiveParams(subject="some/model", task="arc").tasks == ["arc"]


@pytest.mark.parametrize(
    ("notebook", "values", "message"),
    [
        ("choices", {"task": "facts+arc"}, "lab-1.3m knows the lab's world only: ask facts or arithmetic, not arc"),
        ("choices", {"subject": "some/model"}, "facts is about the lab's world: give a lab model, or another task"),
        ("p_true", {"task": "facts+chess"}, "no task 'chess': one of facts, "),
        ("p_true", {"task": ""}, "no task ''"),
        ("p_ik", {"task": "facts"}, "P(IK) of lab models is trained on facts and carried over: task=facts+arithmetic"),
        ("p_ik", {"subject": "gpt2"}, "facts is about the lab's world"),
        ("choices_recorded", {"task": "truthfulqa"}, "String should match pattern"),
        ("choices_recorded", {"subject": "lab-1.3m"}, "lab-1.3m is of the route lab, and not recorded"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_a_kernel_starts(notebook, values, message):
    with pytest.raises(InputError) as refused:
        given(notebook, **values)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
