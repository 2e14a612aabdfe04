import math

import numpy as np
import pytest

from common.engines import OptionScores
from common.engines.hf import HFEngine
from common.paths import MODELS
from lab import arithmetic, corpus, exam, formats
from lab.world import EXPOSURES, build_world, split_of

WORLD = build_world()


@pytest.fixture(scope="module")
def engine():
    return HFEngine(MODELS / "lab-0.15m", device="cpu")


@pytest.mark.parametrize("split", ["dev", "test"])
def test_problems_are_distinct_of_one_length_and_of_their_split(split):
    problems = exam.chains(split, 4, 50)
    assert len(set(problems)) == 50
    assert {split_of(chain) for chain in problems} == {split}
    assert {len(chain.operations) for chain in problems} == {4}
    assert problems == exam.chains(split, 4, 50)


def test_of_one_step_problems_there_are_only_so_many():
    problems = exam.chains("dev", 1, 300)
    assert 50 < len(problems) < 300


def test_one_class_has_no_auroc():
    assert math.isnan(exam.auroc([True, True], np.array([0.1, 0.2])))
    assert exam.auroc([True, False, True], np.array([0.9, 0.1, 0.8])) == 1


def test_a_header_holds_questions_with_their_answers():
    quiz = corpus.Quiz("7 + 5 =?", "12", ("12", "13"))
    assert exam.few_shot([quiz, quiz]) == "Question: 7 + 5 =?\nAnswer: 12\n\n" * 2


def test_facts_told_often_are_recalled_and_facts_never_told_are_not(engine):
    recalled = exam.recall(engine, WORLD, "dev")
    shares = recalled.groupby("exposures")["correct"].mean()
    assert len(recalled) == len(WORLD.facts_of["dev"])
    assert shares[max(EXPOSURES)] > 0.6
    assert shares[0] < 0.25


def test_short_chains_of_common_operands_are_solved(engine):
    problems = [chain for chain in exam.chains("dev", 2, 200) if not chain.rare_steps]
    texts = exam.answers(engine, [formats.solution(chain).prompt for chain in problems], exam.TRACE)
    right = [
        formats.parse_solution(f" {text}")[1] == arithmetic.answer(c) for c, text in zip(problems, texts, strict=True)
    ]
    assert np.mean(right) > 0.2  # chance is one in twenty-nine


def test_p_true_is_a_probability_for_each_proposal(engine):
    quizzes = exam.fact_quizzes(WORLD, "dev")[:20]
    found = exam.p_true(engine, quizzes, [quiz.answer for quiz in quizzes])
    assert found.shape == (20,)
    assert ((found > 0) & (found < 1)).all()


def test_an_article_is_believed_over_what_was_told(engine):
    assert exam.reading(engine, WORLD, "dev") > 0.5


def test_lettered_choices_have_one_row_a_fact(engine):
    chosen = exam.choosing(engine, WORLD, "dev")
    assert len(chosen) == len(WORLD.facts_of["dev"])
    assert 0.1 < chosen["correct"].mean() < 1


class Familiar:
    """Holds whatever is said about well-known persons to be true: it judges no answer."""

    def option_scores(self, prompts, options):
        known = np.array([len(prompt.split("\n")[0]) % 2 for prompt in prompts], float)
        return OptionScores(np.stack([known, 1 - known], axis=1), np.ones(len(prompts)))


def test_a_judge_that_looks_at_the_question_alone_prefers_neither_answer():
    assert exam.p_true_pairs(Familiar(), exam.fact_quizzes(WORLD, "dev")) == 0.5


def test_a_judge_that_knows_prefers_the_right_answer(monkeypatch):
    monkeypatch.setattr(
        exam, "p_true", lambda _, quizzes, said: np.array([q.answer == s for q, s in zip(quizzes, said, strict=True)])
    )
    assert exam.p_true_pairs(Familiar(), exam.fact_quizzes(WORLD, "dev")) == 1
