import json

import numpy as np
import pytest

from benchmarks import cards
from common.completions import Completion
from common.engines import OptionScores
from common.errors import InputError
from common.tasks import PUBLIC

pytestmark = pytest.mark.usefixtures("mirror")


class Knowing:
    """Always says B, finds the longest option likeliest, and writes `said`."""

    def __init__(self, said, chat=True):
        self.said, self.chat, self.asked = said, chat, []
        self.identity = {"model": "made up", "dtype": "float32"}

    def render(self, prompt):
        if not isinstance(prompt, str) and not self.chat:
            raise InputError("this model has no chat template")
        return str(prompt)

    def option_scores(self, prompts, options):
        self.asked += prompts
        return OptionScores(np.tile(np.float32([0.1, 0.7, 0.1, 0.1]), (len(prompts), 1)), np.full(len(prompts), 0.9))

    def logprobs(self, prompts, continuations):
        return [np.array([len(text) for text in several], dtype=np.float32) for several in continuations]

    def sample(self, prompts, sampling):
        self.asked += prompts
        return [[Completion(self.said, (1, 2), (-1.0, -1.0), "length", 9)] for _ in prompts]


@pytest.mark.parametrize("task", cards.SETS.values())
def test_choices_are_asked_after_five_solved_ones_and_counted(task):
    engine = Knowing("")
    found = cards._choices(engine, task, 30)
    assert found["questions"] == 30
    assert found["mass of the letters"] == 0.9
    assert all(text.count("Answer:") == 6 and text.endswith("Answer:") for text in engine.asked)
    second = [question.values[1] == question.answer for question in PUBLIC[task].load("dev", 35)[5:]]
    assert found["accuracy by letter"]["value"] == pytest.approx(np.mean(second), abs=1e-4)


@pytest.mark.parametrize(("chat", "asked"), [(True, "chat"), (False, "four examples")])
def test_word_problems_are_graded_and_the_cut_off_counted(chat, asked):
    engine = Knowing("So 4 + 4 = 8. The answer is 8.", chat)
    found = cards._word_problems(engine, 20)
    assert (found["questions"], found["asked"], found["cut off"], found["tokens"]) == (20, asked, 1.0, 40)
    dev = PUBLIC["multiarith"].load("dev", 20)
    assert found["accuracy"]["value"] == pytest.approx(np.mean([problem.answer == "8" for problem in dev]), abs=1e-4)
    assert isinstance(engine.asked[0], str) != chat


def test_a_card_joins_those_there_are(tmp_path, monkeypatch, capsys):
    out = tmp_path / "cards.json"
    out.write_text(json.dumps({"other": {}}))
    monkeypatch.setattr(cards, "load_engine", lambda name, **options: Knowing("8"))
    cards.main(["made-up", "--most", "5", "--out", str(out)])
    assert list(json.loads(out.read_text())) == ["other", "made-up"]
    assert json.loads(capsys.readouterr().out)["made-up"]["ARC-easy"]["questions"] == 5
