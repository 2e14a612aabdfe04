import pytest

from common.errors import InputError
from common.lab import arithmetic, formats
from common.lab.world import split_of
from replications.genrm_vs_sc import tasks
from tests.replications.genrm_vs_sc.scripted import Scripted

PLAIN = Scripted(lambda prompt, sample: "")
CHAT = Scripted(lambda prompt, sample: "", chat=True)


@pytest.mark.parametrize(("part", "split"), [("evaluated", "test"), ("dev", "dev"), ("taught", "taught")])
def test_lab_items_come_from_their_split_and_in_equal_numbers_of_each_length(part, split):
    items = tasks.named("lab").items(part, 25, seed=3)
    assert {split_of(item.chain) for item in items} == {split}
    assert [sum(len(item.chain.operations) == steps for item in items) for steps in range(2, 7)] == [5] * 5
    assert all(item.hard == (item.chain.rare_steps >= 2) == (item.level >= 2) for item in items)
    assert items == tasks.named("lab").items(part, 25, seed=3) != tasks.named("lab").items(part, 25, seed=4)


def test_lab_models_are_asked_in_the_words_they_were_taught():
    lab = tasks.named("lab")
    item = lab.items("dev", 1, 0)[0]
    right = formats.solution_text(arithmetic.solve(item.chain))
    assert lab.to_solve(CHAT, item) == formats.solution(item.chain).prompt
    assert lab.to_verify(CHAT, item, right) == formats.verification(item.chain, right).prompt
    assert lab.answer(right) == item.target


@pytest.mark.parametrize("text", ["", " 3 + 4 = 7;", " Answer", " what Answer: 3"])
def test_lab_solution_without_an_answer_has_none(text):
    assert tasks.named("lab").answer(text) is None


def test_a_solution_outside_the_closed_vocabulary_cannot_be_verified():
    assert not tasks.named("lab").readable(" 3 + 44 = 7; Answer: 7")
    assert tasks.named("gsm8k").readable("anything")


def test_limits_of_tokens_are_the_tasks_own_or_those_given():
    own, other = tasks.named("math500"), tasks.named("math500", 33)
    assert (other.solution.max_tokens, other.verification.max_tokens) == (33, 33)
    assert own.solution.max_tokens == tasks.named("math500").verification.max_tokens == 1024
    assert other.solution.stop == own.solution.stop


def test_unknown_task_names_the_known_ones():
    with pytest.raises(InputError, match="'lab', 'gsm8k', 'math500'"):
        tasks.named("aime")


@pytest.mark.parametrize("name", ["gsm8k", "math500"])
def test_worded_problems_are_asked_as_a_message_or_else_with_worked_examples(name, mirror):
    task = tasks.named(name)
    item = task.items("evaluated", 3, 0)[1]
    (message,) = task.to_solve(CHAT, item)
    assert item.question in message["content"]
    assert tasks.SHOTS[0][0] not in message["content"]
    plain = task.to_verify(PLAIN, item, "It is 4.")
    assert plain.endswith(f"Problem: {item.question}\nSolution: It is 4.\nCheck:")
    assert plain.count("Is the answer correct (Yes/No)?") == 3  # the instruction and two examples


def test_gsm8k_tunes_and_develops_on_other_problems_than_it_evaluates(mirror):
    parts = {part: tasks.named("gsm8k").items(part, 10_000, 0) for part in ("evaluated", "dev", "taught")}
    ids = [item.id for items in parts.values() for item in items]
    assert len(ids) == len(set(ids)) == 7473 + 1319


def test_math500_has_nothing_to_tune_on():
    with pytest.raises(InputError, match="nothing to fine-tune on"):
        tasks.named("math500").items("taught", 5, 0)


def test_worked_examples_are_solved_right_but_for_the_one_to_be_rejected():
    answers = [tasks.named("gsm8k").answer(text) for text in (*tasks.SOLVED, tasks.SHOTS[1][1])]
    assert answers == ["19", "22", "21"]
    assert [shot[3] for shot in tasks.SHOTS] == ["Yes", "No"]
