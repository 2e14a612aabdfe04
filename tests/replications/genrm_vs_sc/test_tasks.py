import pytest

from common.errors import InputError
from lab import arithmetic, formats
from replications.genrm_vs_sc import tasks
from tests.replications.genrm_vs_sc.scripted import Scripted

PLAIN = Scripted(lambda prompt, sample: "")
CHAT = Scripted(lambda prompt, sample: "", chat=True)


def test_lab_models_are_asked_in_the_words_they_were_taught():
    lab = tasks.named("lab")
    item = lab.draw("dev", 1, 0)[0]
    chain = arithmetic.chain_of(item.id)
    right = formats.solution_text(arithmetic.solve(chain))
    assert lab.to_solve(CHAT, item) == formats.solution(chain).prompt
    assert lab.to_verify(CHAT, item, right) == formats.verification(chain, right).prompt
    assert lab.read(right) == item.answer


def test_a_solution_outside_the_closed_vocabulary_cannot_be_verified():
    assert not tasks.named("lab").readable(" 3 + 44 = 7; Answer: 7")
    assert tasks.named("gsm8k").readable("anything")


def test_the_limit_of_tokens_is_the_tasks_own_or_the_one_given():
    own, other = tasks.named("math500").sampling, tasks.named("math500", 33).sampling
    assert (own.max_tokens, other.max_tokens) == (1024, 33)
    assert own.stop == other.stop == tasks.STOP


def test_unknown_task_names_the_known_ones():
    known = "lab, gsm8k, math500, multiarith"
    with pytest.raises(InputError, match=rf"no task .aime.: one of {known}, or tasks/aime\.yaml of"):
        tasks.named("aime")


def test_a_task_of_ones_own_is_solved_and_verified_in_words():
    task = tasks.named("example", 99)
    item = task.draw("test", 3, 0)[1]
    assert task.right(item, task.read(f"It is known.\nThe final answer is {item.answer}."))
    assert (task.sampling.max_tokens, task.sampling.stop) == (99, tasks.STOP)
    assert task.to_verify(PLAIN, item, "It is so.").endswith(f"Problem: {item.text}\nSolution: It is so.\nCheck:")


@pytest.mark.parametrize("name", ["lab", "gsm8k", "multiarith"])
def test_problems_are_drawn_by_the_seed(name, mirror):
    task = tasks.named(name)
    assert task.draw("test", 9, 3) == task.draw("test", 9, 3) != task.draw("test", 9, 4)
    assert len({item.id for item in task.draw("dev", 50, 0)}) == 50
