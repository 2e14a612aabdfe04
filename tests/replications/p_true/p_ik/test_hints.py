import numpy as np
import pytest

from common import layouts
from common.completions import Completion
from common.errors import InputError
from common.tasks import Question
from lab import arithmetic, exam, formats
from lab.tokenizer import readable
from replications.p_true.p_ik import hints
from replications.p_true.p_ik.hints import BAD, FOREIGN, GOOD, THIRDS, Worked
from replications.p_true.p_ik.prompts import PLAIN
from replications.p_true.tasks import load_task

TASK = load_task("arithmetic", "dev", 10)
CHAINS = exam.chains("dev", 3, 40)


class Scripted:
    """An engine that gives each prompt the same texts."""

    def __init__(self, *texts):
        self.texts = texts

    def render(self, prompt):
        return prompt

    def sample(self, prompts, sampling):
        self.sampling = sampling
        return [[Completion(text, (0,), (-1.0,), "stop", 1) for text in self.texts] for _ in prompts]


def worked(steps, answer="7", task="lab"):
    question = Question("q", "1 + 6 =?", "Question: 1 + 6 =?\nAnswer:", answer, answer)
    return Worked(question, steps, "Solve")


def test_lab_problems_have_three_steps_of_the_split_asked_for():
    found = hints.problems(TASK, "dev", 40)
    assert [one.question.id for one in found] == [str(chain) for chain in CHAINS]
    for one, chain in zip(found, CHAINS, strict=True):
        assert len(one.steps) == 3
        assert one.steps[-1].endswith(f"= {arithmetic.answer(chain)}")
        assert one.solve == formats.solution(chain).prompt


def test_good_hints_grow_by_a_step_a_third_and_read_as_they_were_taught():
    variants = hints.set_out(Scripted("nothing"), TASK, hints.problems(TASK, "dev", 5), 0)
    for i, chain in enumerate(CHAINS[:5]):
        steps = arithmetic.solve(chain)
        for number, share in enumerate(THIRDS, start=1):
            shown = ", ".join(map(str, steps[:number]))
            assert variants.versions[GOOD, share][i].prompt == layouts.with_hint(f"{chain} =?", shown).prompt
        assert variants.versions[PLAIN][i].prompt == layouts.open_question(f"{chain} =?").prompt


def test_a_bad_hint_is_the_first_sampled_solution_with_a_wrong_answer():
    texts = (" 1 + 6 = 7; Answer: 7", " no steps at all", " 1 + 6 = 9; Answer: 9", " 1 + 6 = 8; Answer: 8")
    found = hints.bad_steps(Scripted(*texts), TASK, [worked(("1 + 6 = 7",))], 3, 4)
    assert found == [("1 + 6 = 9",)]


@pytest.mark.parametrize(
    "text",
    [
        " 1 + 6 = 7; Answer: 9",  # right steps: as a hint they give the answer away
        " 2 * 5 = 7; Answer: 9",  # wrong steps that end in the answer
        " 1 + 6 = 9;",  # no answer
        " Answer: 9",  # no steps
        " 1 + 6 = 999; Answer: 999",  # not in the model's vocabulary
    ],
)
def test_what_cannot_serve_as_a_bad_hint_is_passed_over(text):
    engine, one = Scripted(text), worked(("1 + 6 = 7",))
    assert hints.bad_steps(engine, TASK, [one], 0, 1) == [None]
    variants = hints.set_out(engine, TASK, [one, worked(("2 + 6 = 8",), "8")], 0)
    assert variants.versions[BAD, 1.0][0] is None
    assert engine.sampling.n == 30
    assert engine.sampling.temperature == 1


def test_a_foreign_hint_is_another_problems_and_never_ends_in_this_ones_answer():
    found = hints.problems(TASK, "dev", 40)
    for one, steps in zip(found, hints.foreign_steps(found), strict=True):
        assert steps in [other.steps for other in found]
        assert steps != one.steps
        assert not steps[-1].endswith(f" {one.question.answer}")


@pytest.mark.parametrize(
    ("last", "given"),
    [
        ("1 + 6 = 7", True),
        ("That makes 1 + 6 = <<1+6=7>>7 apples.", True),
        ("She has $7 left", True),
        ("So it is 7.0", True),
        ("1 + 6 = 17", False),
        ("7 + 6 = 13", False),
        ("no number at all", False),
    ],
)
def test_a_step_gives_the_answer_away_if_its_last_number_is_the_answer(last, given):
    assert hints.gives_away(("2 + 2 = 4", last), "7") is given
    assert not hints.gives_away((), "7")


def test_a_hint_equal_to_the_answer_is_left_out_where_all_others_are():
    same = [worked(("1 + 6 = 7",)), worked(("3 + 4 = 7",))]
    assert hints.foreign_steps(same) == [None, None]


def test_hints_from_samples_are_readable(monkeypatch):
    steps = (" 1 + 6 = 9;" * 3) + " Answer: 9"
    variants = hints.set_out(Scripted(steps), TASK, hints.problems(TASK, "dev", 5), 0)
    assert all(readable(q.prompt) for questions in variants.versions.values() for q in questions if q)
    assert all(q is not None for q in variants.versions[FOREIGN, 1.0])


def test_slopes_are_those_of_a_least_squares_line():
    values = np.random.default_rng(0).random((5, 4))
    expected = [np.polyfit([0, *THIRDS], row, 1)[0] for row in values]
    np.testing.assert_allclose(hints.slopes(values), expected)


def test_gsm8k_hints_are_lines_of_the_solution_without_the_answer(mirror):
    task = load_task("gsm8k", "dev", 4)
    found = hints.problems(task, "dev", 4)
    text = "First line.\nSecond line.\n#### 1234567"
    variants = hints.set_out(Scripted("junk", text), task, found, 0)
    for i, one in enumerate(found):
        assert not any("####" in step for step in one.steps)
        assert "\n".join(one.steps) in variants.versions[GOOD, 1.0][i].prompt
        assert "First line.\nSecond line.\nAnswer:" in variants.versions[BAD, 1.0][i].prompt


def test_tasks_without_worked_solutions_and_a_single_problem_are_refused():
    with pytest.raises(InputError, match="arithmetic or gsm8k, not facts"):
        hints.problems(load_task("facts", "dev", 10), "dev", 10)
    with pytest.raises(InputError, match="two problems"):
        hints.problems(TASK, "dev", 1)


def test_the_budget_counts_every_sample_and_an_answer_to_every_version():
    worked = hints.problems(TASK, "dev", 5)
    versions = len(hints.set_out(Scripted("nothing"), TASK, worked, 0).versions)
    assert versions == 10
    assert hints.most_tokens(TASK, worked) == 5 * (30 * exam.TRACE.max_tokens + versions * TASK.max_tokens)
