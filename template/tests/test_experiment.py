from dataclasses import replace

from common.engines import Completion
from replications.newpaper import experiment, tables

FACTS = experiment.LAB["facts"]


class Scripted:
    """Answers every question with one word, has a chat template, and keeps what it was asked."""

    def __init__(self, word="something"):
        self.word = word

    def render(self, prompt):
        return str(prompt)

    def sample(self, prompts, sampling):
        self.asked = prompts
        return [[Completion(f" {self.word}", (5, 0), (-0.5, -0.1), "stop", 3)] for _ in prompts]


def test_answers_are_graded_by_the_task():
    questions = FACTS.load("dev", 30)
    rows = experiment.respond(Scripted(questions[0].answer), FACTS, questions, 4)
    assert rows["right"].tolist() == [one.answer == questions[0].answer for one in questions]
    assert rows["logprob"].round(9).eq(-0.3).all()
    assert not rows["cut_off"].any()
    assert tables.by_level(rows)["n"].sum() == 30


def test_lab_models_are_asked_in_plain_text_and_others_after_turns_of_answered_questions():
    engine, questions = Scripted(), FACTS.load("test", 2)
    experiment.respond(engine, FACTS, questions, 4)
    assert engine.asked == [one.prompt for one in questions]
    experiment.respond(engine, replace(FACTS, name="of another world"), questions, 4)
    turns = engine.asked[1]
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * experiment.SHOTS + ["user"]
    assert turns[-1]["content"] == questions[1].text
    assert {one.text for one in questions}.isdisjoint(turn["content"] for turn in turns[:-1])
