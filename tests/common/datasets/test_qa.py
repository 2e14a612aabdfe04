from collections import Counter

import pytest

from common.datasets import qa
from common.errors import InputError


@pytest.mark.usefixtures("mirror")
def test_triviaqa_has_3000_questions_whose_answer_is_among_the_aliases():
    questions = qa.triviaqa()
    assert len(questions) == len({question.question for question in questions}) == 3000
    assert all(question.answer in question.aliases for question in questions)
    assert questions[0].question == "Brunswick, Lancastrian and Pearl Pickler are types of which vegetable?"
    assert questions[0].answer == "Onion"
    assert not any("Answer:" in question.question for question in questions)


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize(("level", "gold"), [("easy", (565, 592, 634, 585)), ("challenge", (261, 306, 311, 294))])
def test_arc_has_four_choices_and_known_gold_counts(level, gold):
    questions = qa.arc(level)
    assert len(questions) == len({question.id for question in questions}) == sum(gold)
    assert {len(question.choices) for question in questions} == {4}
    assert Counter(question.gold for question in questions) == dict(enumerate(gold))
    assert {question.passage for question in questions} == {None}
    assert not any(question.question.startswith("Question") for question in questions)


@pytest.mark.usefixtures("mirror")
def test_boolq_splits_passage_from_question():
    questions = qa.boolq()
    assert len(questions) == 3270
    assert {question.choices for question in questions} == {("no", "yes")}
    assert Counter(question.gold for question in questions) == {1: 2033, 0: 1237}
    assert questions[0].question == "does ethanol take more energy make that produces?"
    assert questions[0].passage.startswith("All biomass goes through at least some of these steps")
    assert questions[2417].question == "is the sea snake the most venomous snake?"
    assert not any(question.passage.endswith("\n") for question in questions)


@pytest.mark.usefixtures("mirror")
def test_lambada_ends_in_one_word_but_for_six_passages():
    passages = qa.lambada()
    assert len(passages) == 5153
    assert Counter(len(passage.word.split()) for passage in passages) == {1: 5147, 2: 6}
    assert all(passage.word == passage.word.strip() for passage in passages)
    assert passages[0].word == "signs"
    assert passages[4462].word == "recorder"


@pytest.mark.parametrize("gold", [-1, 2])
def test_gold_that_is_no_choice_is_refused(shelf, gold):
    good = {"query": "Question: q?", "choices": ["a", "b"], "gold": 1}
    shelf.put_jsonl("qa/arc_easy.jsonl", [good, good | {"gold": gold}])
    with pytest.raises(InputError, match=rf"^arc_easy/1: gold {gold} is not the index of one of 2 choices$"):
        qa.arc("easy")


def test_unknown_arc_level_is_refused():
    with pytest.raises(InputError, match=r"^unknown ARC level 'hard': one of 'easy', 'challenge'$"):
        qa.arc("hard")
