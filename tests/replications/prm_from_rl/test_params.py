import pytest
from pydantic import ValidationError

from common import subjects
from common.paths import ROOT
from replications.prm_from_rl import prompts
from replications.prm_from_rl.params import Params


@pytest.mark.parametrize(
    "bad",
    [
        {"task": "gsm8k"},
        {"samples": 1},
        {"samples": 65},
        {"engine": "gpu"},
        {"witnesses": []},
        {"items": -1},
        {"resamples": 99},
        {"steps": -1},
        {"seeds": 0},
        {"results": ""},
        {"unheard": 1},
        {"steps": 3, "task": "processbench-gsm8k"},
        {"steps": 3, "subject": "some/model"},
        {"steps": 3, "measure": True},
        {"subject": "chat-models"},
    ],
)
def test_parameters_out_of_bounds_are_refused(bad):
    with pytest.raises(ValidationError):
        Params(**bad)


@pytest.mark.parametrize("task", prompts.TASKS)
def test_every_task_that_there_is_may_be_asked_for(task):
    assert Params(task=task).task == task


def test_an_unknown_task_is_told_the_known_ones():
    with pytest.raises(ValidationError, match="it is one of lab, processbench-gsm8k"):
        Params(task="gsm8k")


def test_the_defaults_name_folders_of_this_repository():
    given = Params()
    assert given.task in prompts.TASKS
    assert all((ROOT / name).is_dir() for name in given.witnesses)
    assert subjects.find(given.subject).route == "lab"
