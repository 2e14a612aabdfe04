from collections import Counter
from functools import cache

import pytest

from common.datasets import genrm_critiques
from common.errors import InputError

load_once = cache(genrm_critiques.load)


@pytest.mark.usefixtures("mirror")
def test_pool_has_its_known_size_and_four_critiques_for_every_solution():
    solutions = load_once()
    assert Counter(solution.correct for solution in solutions) == {True: 22457, False: 8321}
    assert len({solution.question_id for solution in solutions}) == 763
    assert len({solution.question_id for solution in solutions if solution.correct}) == 743
    assert len({(solution.question_id, solution.solution_id) for solution in solutions}) == 30778
    assert {len(solution.critiques) for solution in solutions} == {4}
    assert all(all(solution.critiques) for solution in solutions)


@pytest.mark.usefixtures("mirror")
def test_correct_means_that_answer_and_target_agree():
    assert all((solution.answer == solution.target) == solution.correct for solution in load_once())


@pytest.mark.usefixtures("mirror")
def test_pools_are_capped_at_32_right_and_32_wrong_solutions_a_question():
    pools = Counter((solution.question_id, solution.correct) for solution in load_once())
    assert max(count for (_, correct), count in pools.items() if correct) == 32
    assert max(count for (_, correct), count in pools.items() if not correct) == 32


@pytest.mark.usefixtures("mirror")
def test_first_solution_is_the_known_one():
    first = load_once()[0]
    assert first.question.startswith("There were 349 pieces of candy in a bowl.")
    assert (first.answer, first.target, first.correct) == ("88", "88", True)
    assert first.critiques[0].startswith("**Verification:**\n\n1. Talitha took 108 pieces")
    assert first.critiques[1].startswith("**Verification:**\n\n**Step 1:** Talitha took 108")
    assert len(set(first.critiques)) == 4


@pytest.mark.usefixtures("mirror")
def test_every_prompt_shows_question_solution_and_a_reference_solution():
    for row in load_once():
        shown = len(row.question) + len(row.solution)
        assert {
            total - reference - shown for total, reference in zip(row.prompt_chars, row.reference_chars, strict=True)
        } == {341}
        assert min(row.reference_chars) > len("\nExpected Answer: ")


def line(question: int, solution: int, correct: bool, round_: int) -> dict:
    return {
        "question_id": question,
        "model_output_id": solution,
        "question": f"q{question}",
        "model_output": f"s{solution}",
        "extracted_answer": "1",
        "target": "1" if correct else "2",
        "correctness": int(correct),
        "verifier_prompt": "skipped",
        "verifier_output": f"verdict {question}.{solution} round {round_}",
    }


@pytest.fixture
def recorded(shelf):
    """Lay eight small files out; `rows(correct, round)` gives the lines of one."""

    def put(rows):
        for kind in ("correct", "incorrect"):
            for round_ in genrm_critiques.ROUNDS:
                path = f"genrm_critiques/critique_gen_{kind}_solutions_round_{round_}_shard_0.jsonl.gz"
                shelf.put_jsonl(path, rows(kind == "correct", round_))

    return put


def test_critiques_are_joined_by_id_whatever_the_order_of_the_lines(recorded):
    def rows(correct, round_):
        lines = [line(question, 0 if correct else 64, correct, round_) for question in (0, 1)]
        return lines[::-1] if round_ % 2 else lines

    recorded(rows)
    solutions = genrm_critiques.load()
    assert [(row.question_id, row.solution_id, row.correct) for row in solutions] == [
        (0, 0, True),
        (1, 0, True),
        (0, 64, False),
        (1, 64, False),
    ]
    for row in solutions:
        name = f"verdict {row.question_id}.{row.solution_id}"
        assert row.critiques == tuple(f"{name} round {round_}" for round_ in range(4))


def test_prompt_is_measured_with_and_without_its_reference(recorded):
    def rows(correct, round_):
        prompt = "Solve." + "\nExpected Answer: 12" * (round_ < 2)
        return [line(0, 0 if correct else 64, correct, round_) | {"verifier_prompt": prompt}]

    recorded(rows)
    for row in genrm_critiques.load():
        assert row.prompt_chars == (26, 26, 6, 6)
        assert row.reference_chars == (20, 20, 0, 0)


def test_solution_that_a_round_lacks_is_refused(recorded):
    recorded(lambda correct, round_: [line(0, 5 if round_ == 2 else 0, correct, round_)])
    with pytest.raises(InputError, match=r"solution \(0, 0\) lacks a critique in some round$"):
        genrm_critiques.load()


def test_rounds_of_different_size_are_refused(recorded):
    recorded(lambda correct, round_: [line(0, 0, correct, round_), line(0, 1, correct, round_)][: 1 + round_ // 3])
    with pytest.raises(InputError, match="the rounds hold different numbers of solutions"):
        genrm_critiques.load()


def test_solution_listed_twice_in_a_round_is_refused(recorded):
    recorded(lambda correct, round_: [line(0, 0, correct, round_)] * 2)
    with pytest.raises(InputError, match=r"\(question_id, model_output_id\) \(0, 0\) comes 2 times"):
        genrm_critiques.load()


def test_correctness_outside_0_and_1_is_refused(recorded):
    recorded(lambda correct, round_: [line(0, 0, correct, round_) | {"correctness": 2}])
    with pytest.raises(InputError, match="line 1: column 'correctness': Input should be 0 or 1"):
        genrm_critiques.load()
