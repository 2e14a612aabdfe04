"""What models are asked changes only on purpose: a rendered prompt of every paper and task is in prompts/."""

import pytest

from tests.replications import pinned_prompts
from tests.replications.pinned_prompts import FOLDER, LAB, PUBLIC

AGAIN = "if this is meant, write them anew: python -m tests.replications.pinned_prompts"


@pytest.fixture(scope="module")
def hidden(mirror_folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_MIRROR", str(mirror_folder))
        return pinned_prompts.hidden()


@pytest.mark.parametrize("name", LAB)
def test_the_lab_is_asked_as_before(name):
    assert pinned_prompts.text(LAB[name](), {}) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8"), AGAIN


@pytest.mark.parametrize("name", PUBLIC)
def test_public_questions_are_asked_as_before(name, hidden, mirror):
    found = pinned_prompts.text(PUBLIC[name](), hidden)
    assert found == (FOLDER / f"{name}.txt").read_text(encoding="utf-8"), AGAIN
