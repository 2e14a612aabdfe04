from typing import ClassVar

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from pydantic import Field

from common.errors import InputError
from common.paths import REPLICATIONS
from common.runs import parameters
from common.runs.parameters import Experiment, Parameters, check, value

RECORDED = REPLICATIONS / "self_assessment" / "self_assessment_recorded.ipynb"


def notebook(folder, cell):
    path = folder / "nb.ipynb"
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    cells = [new_code_cell(cell, metadata={"tags": ["parameters"]})]
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)
    return path


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"resamples": 99}, "greater than or equal to 100, got 99"),
        ({"resamples": 100_001}, "less than or equal to 100000"),
        ({"alpha": 1.0}, "less than 1"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"seed": True}, "valid integer"),
        ({"alpha": "0.05"}, "valid number"),
        ({"sede": 1}, "unknown parameter 'sede' .this notebook has: subject, task, alpha, resamples, seed"),
    ],
)
def test_bounds_types_and_names_are_checked(given, message):
    with pytest.raises(InputError, match=message) as error:
        check(RECORDED, given)
    assert "\n" not in str(error.value)


def test_every_problem_is_named_at_once():
    with pytest.raises(InputError, match=r"alpha.*; .*seed"):
        check(RECORDED, {"seed": -1, "alpha": 2.0})


def test_defaults_are_filled_in():
    about = {"subject": "chat-models", "task": "ipip-300"}
    assert check(RECORDED, {"seed": 5}) == about | {"alpha": 0.05, "resamples": 1000, "seed": 5}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3), ("1e-3", 0.001), ("True", True), ("true", True), ("word", "word"), ("'a b'", "a b"),
        ("[1, 2]", [1, 2]), ("[a, b]", ["a", "b"]), ("", None),
    ],
)  # fmt: skip
def test_values_mean_what_they_say(text, expected):
    assert value(text) == expected


def test_types_come_from_the_cell_where_there_is_no_method(tmp_path):
    path = notebook(tmp_path, "rate: float = 1e-3\nnames: list[str] = ['a']\non: bool = True")
    assert check(path, {}) == {"rate": 0.001, "names": ["a"], "on": True}
    with pytest.raises(InputError, match="names"):
        check(path, {"names": [1]})


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('s: str = "a=b"', {"s": "a=b"}),
        ('stop: list[str] = ["\\n", "="]', {"stop": ["\n", "="]}),
        ('s: str = "a # b"  # a comment', {"s": "a # b"}),
        ("n: int = -3\nrate: float = -1e-3", {"n": -3, "rate": -0.001}),
        ("", {}),
    ],
)
def test_defaults_are_read_whatever_signs_they_hold(tmp_path, cell, expected):
    assert check(notebook(tmp_path, cell), {}) == expected


def test_a_str_parameter_takes_its_text_as_given(tmp_path):
    path = notebook(tmp_path, "day: str = ''\nt: str = ''\nn: int = 0\nnames: list[str] = []")
    given = parameters.assigned(path, ["day=2024-01-01", "t=12:30", "n=3", "names=[a, b]"])
    assert given == {"day": "2024-01-01", "t": "12:30", "n": 3, "names": ["a", "b"]}
    assert parameters.assigned(path, ["t=a=b", "day="]) == {"t": "a=b", "day": ""}
    with pytest.raises(InputError, match="-p n: write it as NAME=VALUE"):
        parameters.assigned(path, ["n"])


@pytest.mark.parametrize("cell", ["n: int = 1 + 1 * k", "import os", "n: int", "print(3)"])
def test_a_parameters_cell_that_holds_anything_else_is_refused_in_one_line(tmp_path, cell):
    with pytest.raises(InputError, match="may hold lines such as `n: int = 3` alone") as refused:
        check(notebook(tmp_path, cell), {})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("cell", ["n = 3", "n: dict = {}", "n: int = 'three'"])
def test_a_cell_that_cannot_be_checked_is_refused(tmp_path, cell):
    with pytest.raises(InputError):
        check(notebook(tmp_path, cell), {})


def test_a_replication_without_a_model_for_its_notebook_is_refused(monkeypatch):
    import replications.self_assessment.params as params

    monkeypatch.setattr(params, "PARAMS", {})
    with pytest.raises(InputError, match="PARAMS has no entry 'self_assessment_recorded'"):
        parameters.model_for(RECORDED)


def test_a_default_out_of_bounds_is_refused_too():
    class Wrong(Parameters):
        n: int = Field(0, ge=1)

    with pytest.raises(ValueError, match="greater than or equal to 1"):
        Wrong()


@pytest.mark.parametrize(
    ("stem", "subject", "message"),
    [
        ("self_assessment_recorded", "lab-1.3m", "lab-1.3m is of the route lab, and not recorded"),
        ("self_assessment_recorded", "genrm-critiques", "has no answers in llm_personality_300"),
        ("self_assessment", "chat-models", "chat-models is of the route recorded, and not lab or model"),
        ("self_assessment", "some/model", "some/model is not asked lab"),
    ],
)
def test_a_notebook_says_which_subjects_it_takes(stem, subject, message):
    with pytest.raises(InputError, match=message) as refused:
        check(RECORDED.with_name(f"{stem}.ipynb"), {"subject": subject})
    assert str(refused.value).startswith(f"{stem}.ipynb: ")


@pytest.mark.parametrize(("subject", "task"), [("lab-1.3m", "other"), ("some/model", "lab")])
def test_lab_models_are_asked_about_the_lab_alone_and_no_other_model_is(subject, task):
    class Both(Experiment):
        lab_tasks: ClassVar = ("lab",)

    assert (Both(subject="lab-1.3m", task="lab").task, Both(subject="some/model", task="other").task) == (
        "lab",
        "other",
    )
    with pytest.raises(ValueError, match=f"{subject} is not asked {task}: lab models are asked lab, and no other"):
        Both(subject=subject, task=task)
