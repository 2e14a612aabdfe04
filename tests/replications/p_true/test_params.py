import subprocess
import sys

import pytest

from common.errors import InputError
from common.paths import ROOT
from common.runs.cells import find
from common.runs.parameters import check
from replications.p_true.params import LiveParams


def given(notebook, **values):
    return check(find("p_true", notebook), values)


def test_checking_parameters_loads_neither_the_lab_nor_a_model_library():
    modules = [f"replications.p_true.{experiment}.params" for experiment in ("choices", "p_true", "p_ik")]
    code = f"import sys, {', '.join(modules)}; assert not {{'lab', 'torch', 'transformers'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_tasks_are_joined_by_a_plus():
    assert LiveParams().tasks == ["facts", "arithmetic"]
    assert LiveParams(subject="some/model", task="arc").tasks == ["arc"]


@pytest.mark.parametrize(
    ("notebook", "values", "message"),
    [
        ("choices", {"task": "facts+arc"}, "lab-1.3m knows the lab's world only: ask facts or arithmetic, not arc"),
        ("choices", {"subject": "some/model"}, "facts is about the lab's world: give a lab model, or another task"),
        ("p_true", {"task": "facts+chess"}, "no task 'chess': one of triviaqa, "),
        ("p_true", {"task": ""}, "no task ''"),
        ("p_ik", {"subject": "gpt2"}, "facts is about the lab's world"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_a_kernel_starts(notebook, values, message):
    with pytest.raises(InputError) as refused:
        given(notebook, **values)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
