import numpy as np
import pytest

from common import layouts, likert
from common.layouts import Example
from lab import arithmetic, audit, corpus, formats
from lab.corpus import Document, encode
from lab.items import INVENTORY
from lab.world import build_world, split_of

WORLD = build_world()


@pytest.fixture(scope="module")
def fair():
    return list(corpus.documents(WORLD, 1_200_000, "high", 0))


def unfair(fair, example, kind="open"):
    planted = encode(Document(kind, (example,)))
    return [finding.question for finding in audit.audit(WORLD, [*fair[:50], planted]) if not finding.fair]


def test_the_corpus_is_fair(fair):
    findings = audit.audit(WORLD, fair)
    assert len(findings) == 6
    assert all(finding.fair for finding in findings)


def test_a_planted_question_about_a_test_person_is_found(fair):
    quiz = corpus.fact_quiz(WORLD.facts_of["test"][0])
    assert unfair(fair, layouts.open_question(quiz.question, quiz.answer)) == [
        "documents that ask about a dev or test person"
    ]


def test_a_planted_test_problem_is_found(fair):
    rng = np.random.default_rng(0)
    chain = next(c for c in (arithmetic.draw(rng, 3, 0.3) for _ in range(1000)) if split_of(c) == "test")
    assert unfair(fair, formats.solution(chain, arithmetic.solve(chain)), "solution") == ["dev or test problems asked"]


def test_a_planted_item_of_the_inventory_is_found(fair):
    item = INVENTORY[0]
    system, user = likert.messages("WHO", item.text)
    assert unfair(fair, Example(f"{system['content']}\n{user['content']}", "1\n"), "likert") == [
        "items of the inventory"
    ]


def test_a_story_that_tells_an_item_of_the_inventory_is_found(fair):
    item = INVENTORY[0]
    assert unfair(fair, formats.behaviour("Tovi", item.third, item.noun, "often"), "story") == [
        "items of the inventory"
    ]


def test_a_planted_rating_of_a_test_character_is_found(fair):
    name = WORLD.characters_of["test"][0].name
    assert unfair(fair, Example(f"You are {name}.", " 1\n"), "likert") == [
        "statements rated as a dev or test character"
    ]


def test_a_judged_solution_with_two_errors_is_found(fair):
    rng = np.random.default_rng(0)
    chain = next(c for c in (arithmetic.draw(rng, 3, 0.0) for _ in range(1000)) if split_of(c) == "taught")
    first, _, last = arithmetic.solve(chain)
    wrong = [arithmetic.Step(first.left, first.operator, first.right, (first.result + 1) % arithmetic.MODULUS)]
    value = arithmetic.apply(wrong[0].result, *chain.operations[1])
    wrong.append(arithmetic.Step(wrong[0].result, *chain.operations[1], (value + 1) % arithmetic.MODULUS))
    value = arithmetic.apply(wrong[1].result, last.operator, last.right)
    wrong.append(arithmetic.Step(wrong[1].result, last.operator, last.right, value))
    found = unfair(fair, formats.critique(chain, wrong, " First error: 0\n"), "critique")
    assert len(found) == 1
    assert found[0].startswith("judged solutions with more than one corrupted step")


def test_repetition_that_tells_the_truth_is_found():
    quiz = corpus.fact_quiz(WORLD.facts_of["taught"][0])
    wrong = next(value for value in quiz.values if value != quiz.answer)
    telling = [
        Document("ideas", (layouts.true_or_false_with_ideas(quiz.question, [quiz.answer] * 5, quiz.answer, " (A)"),)),
        Document(
            "ideas", (layouts.true_or_false_with_ideas(quiz.question, [wrong, *[quiz.answer] * 4], wrong, " (B)"),)
        ),
    ]
    findings = audit.audit(WORLD, [encode(document) for document in telling * 40])
    assert not findings[-1].fair
