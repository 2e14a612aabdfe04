from collections import Counter

import numpy as np
import pytest

from common import layouts
from common.errors import InputError
from lab import corpus, tokenizer
from lab.world import build_world

WORLD = build_world()
INVERSE = {number: token for token, number in tokenizer.vocabulary().items()}


def read(document):
    return "".join(INVERSE[int(number)] for number in document.ids)


@pytest.fixture(scope="module")
def small():
    return list(corpus.documents(WORLD, 1_200_000, "high", 0))


def test_the_same_seed_gives_the_same_corpus(small):
    again = corpus.documents(WORLD, 1_200_000, "high", 0)
    assert all(np.array_equal(one.ids, other.ids) for one, other in zip(small, again, strict=True))


def test_every_fact_is_told_exactly_as_often_as_its_exposure_says(small):
    told = Counter()
    for document in small:
        if document.kind == "told":
            text = read(document).removeprefix("<s>").removesuffix("</s>")
            for line in text.rstrip("\n").split("\n"):
                told.update(facts_in(line.rstrip(".")))
    assert told == {(f.person, f.relation, f.value): f.exposures for f in WORLD.facts if f.exposures}


def facts_in(line):
    if line.startswith("About"):
        person, told = line.removeprefix("About ").split(": ")
        return [(person, *fact.split()) for fact in told.split(", ")]
    relation, person, value = line.removeprefix("The ").replace(" of ", " ").replace(" is ", " ").split()
    return [(person, relation, value)]


@pytest.mark.parametrize("dose", ["none", "low", "high"])
def test_shares_sum_to_one_and_judging_has_its_dose(dose):
    shares = corpus.shares(dose)
    assert sum(shares.values()) == pytest.approx(1)
    assert sum(shares[kind] for kind in corpus.JUDGING) == pytest.approx(corpus.JUDGING_SHARE[dose])


def test_token_shares_of_the_corpus_are_those_asked_for(small):
    tokens = Counter()
    for document in small:
        tokens[document.kind] += len(document.ids)
    rest = sum(tokens.values()) - tokens["told"]
    for kind, share in corpus.shares("high").items():
        assert tokens[kind] / rest == pytest.approx(share, abs=0.01)


def test_the_none_dose_holds_no_judging_document():
    kinds = {document.kind for document in corpus.documents(WORLD, 1_200_000, "none", 0)}
    assert kinds.isdisjoint(corpus.JUDGING)


def test_a_corpus_too_small_for_the_facts_or_for_a_format_says_so():
    with pytest.raises(InputError, match="cannot hold the statements"):
        list(corpus.documents(WORLD, 10_000, "high", 0))
    told = sum(len(d.ids) for d in corpus.documents(WORLD, 1_200_000, "none", 0) if d.kind == "told")
    with pytest.raises(InputError, match="no room for"):
        list(corpus.documents(WORLD, told + 5_000, "high", 0))


def test_only_completions_are_taught():
    document = corpus.Document(
        "open", (layouts.open_question("7 + 5 =?", "12"), layouts.open_question("1 + 1 =?", "2"))
    )
    encoded = corpus.encode(document)
    assert read(encoded) == "<s>Question: 7 + 5 =?\nAnswer: 12\n\nQuestion: 1 + 1 =?\nAnswer: 2\n</s>"
    assert [INVERSE[int(i)] for i in encoded.ids[encoded.taught]] == [" 12", "\n", " 2", "\n", "</s>"]


def test_brainstormed_ideas_repeat_independently_of_truth():
    rng = np.random.default_rng(0)
    quizzes = [corpus.fact_quiz(WORLD.facts[int(rng.integers(len(WORLD.facts)))]) for _ in range(6000)]
    counts = {True: Counter(), False: Counter()}
    for quiz in quizzes:
        judged, true = corpus.proposal(quiz, rng)
        ideas = corpus.brainstorm(quiz, rng, judged)
        assert len(ideas) == 5
        assert ideas[0] == judged
        counts[true][ideas.count(judged)] += 1
    for repeats in range(1, 6):
        share = {true: counts[true][repeats] / counts[true].total() for true in (True, False)}
        assert share[True] == pytest.approx(share[False], abs=0.04)


def test_documents_fit_the_context(small):
    assert max(len(document.ids) for document in small) <= 1280
