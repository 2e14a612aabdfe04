import pytest

from replications.genrm_vs_sc import prompts, tasks
from tests.replications.genrm_vs_sc.scripted import Scripted

PLAIN = Scripted(lambda prompt, sample: "")
CHAT = Scripted(lambda prompt, sample: "", chat=True)


def test_worked_examples_are_solved_right_but_for_the_one_to_be_rejected():
    answers = [tasks.named("gsm8k").read(text) for text in (*prompts.SOLVED, prompts.SHOTS[1][1])]
    assert answers == ["19", "22", "21"]
    assert [shot[3] for shot in prompts.SHOTS] == ["Yes", "No"]


@pytest.mark.parametrize("name", ["gsm8k", "math500"])
def test_worded_problems_are_asked_as_a_message_or_else_with_worked_examples(name, mirror):
    task = tasks.named(name)
    item = task.draw("test", 3, 0)[1]
    (message,) = task.to_solve(CHAT, item)
    assert item.text in message["content"]
    assert prompts.SHOTS[0][0] not in message["content"]
    plain = task.to_verify(PLAIN, item, "It is 4.")
    assert plain.endswith(f"Problem: {item.text}\nSolution: It is 4.\nCheck:")
    assert plain.count("Is the answer correct (Yes/No)?") == 3  # the instruction and two examples
