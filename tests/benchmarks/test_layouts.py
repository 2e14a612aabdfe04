import json

import numpy as np
import pytest

from benchmarks import layouts
from common.engines import OptionScores
from common.errors import InputError
from common.labels import LAYOUTS
from replications.p_true.choices import prompts
from replications.p_true.tasks import load_task

pytestmark = pytest.mark.usefixtures("mirror")


class Likes:
    """Says letters with these masses by layout, and takes no chat."""

    def option_scores(self, prompts, options):
        if not isinstance(prompts[0], str):
            raise InputError("this model has no chat template")
        uniform = np.full((len(prompts), len(options)), 1 / len(options), np.float32)
        return OptionScores(uniform, np.full(len(prompts), 0.8 if prompts[0].count("Question:") > 1 else 0.6))

    def logprobs(self, prompts, continuations):
        return [np.log(np.full(len(several), 0.1)) for several in continuations]


@pytest.fixture
def exam(mirror):
    return prompts.set_exam(load_task("arc", "dev", 5), np.random.default_rng(0))


def test_every_layout_is_measured_with_and_without_examples_and_a_refusal_has_no_mass(exam):
    rows = layouts.measure(Likes(), exam)
    assert len(rows) == len(LAYOUTS) * 2 * 2
    assert layouts.least(rows) == {"plain": pytest.approx(0.6), "chat": 0.0, "whole": pytest.approx(0.2)}
    assert {row["refused"] for row in rows if row["layout"] == "chat"} == {"this model has no chat template"}


def test_a_family_takes_the_layout_that_suits_its_worst_member():
    def masses(**by_layout):
        return [{"layout": layout, "mass": mass} for layout, mass in by_layout.items()]

    found = layouts.chosen(
        {
            "qwen2.5-coder-0.5b": masses(plain=0.9, chat=0.95),
            "qwen2.5-coder-1.5b": masses(plain=0.8, chat=0.3),
            "some/model": masses(plain=0.1, chat=0.2),
        }
    )
    assert found == {"qwen2.5-coder": ("plain", 0.8), "some/model": ("chat", 0.2)}


def test_what_subjects_yaml_says_is_what_was_measured():
    """The choice is by mass alone, and stands for every listed model that was measured."""
    from common import subjects

    measured = json.loads(layouts.RESULTS.read_text())
    asked = {name: one for name, one in subjects.listed().items() if one.route == "model"}
    for name, subject in asked.items():
        assert name in measured["models"]
        assert subject.layout == measured["chosen"][subject.family or name]["layout"], name
