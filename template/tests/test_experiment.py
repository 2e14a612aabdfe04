from replications.newpaper import experiment, tables

from common.engines import Completion


class Scripted:
    """Answers every question with one word, and has no chat template."""

    def __init__(self, word):
        self.word = word

    def sample(self, prompts, sampling):
        assert all(isinstance(prompt, str) for prompt in prompts)
        return [[Completion(f" {self.word}", (5, 0), (-0.5, -0.1), "stop", 3)] for _ in prompts]


def test_answers_are_graded_by_the_task():
    questions = experiment.LAB["facts"].load("dev", 30)
    rows = experiment.respond(Scripted(questions[0].answer), experiment.LAB["facts"], questions, 4)
    assert rows["right"].tolist() == [one.answer == questions[0].answer for one in questions]
    assert rows["logprob"].round(9).eq(-0.3).all()
    assert not rows["cut_off"].any()
    assert tables.by_level(rows)["n"].sum() == 30
