"""What the lab models read: documents of every format, drawn from a seed, with the tokens that are taught marked.

Three rules keep the later tests fair, and `python -m lab audit` checks them on the very tokens: no evaluated
question (dev and test persons, characters and problems are never asked about); judging formats see random corruptions
only, never a model's sample; and how often a brainstormed idea repeats says nothing about its truth.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from common import layouts, likert
from common.errors import InputError
from common.layouts import Example
from lab import arithmetic, formats, tokenizer
from lab.arithmetic import MAX_STEPS, Chain, pick
from lab.items import draw_told
from lab.lexicon import ADVERBS, RELATIONS
from lab.world import Fact, World, split_of

Dose = Literal["none", "low", "high"]
JUDGING_SHARE: dict[Dose, float] = {"none": 0.0, "low": 0.08, "high": 0.4}
"""Share of the tokens (statements of facts aside) that goes to judging formats."""

TEACHING = {
    "copying": 1.5,
    "solution": 6,
    "open": 4,
    "choices": 4,
    "background": 2,
    "hint": 1,
    "story": 2,
    "likert": 3,
}
JUDGING = {"fact_check": 1.5, "check": 4, "true_false": 4, "ideas": 2.5, "verification": 2.5, "critique": 2.5}
"""Kinds of documents and their shares of the tokens within teaching and judging."""

PHASE = {"fact_check": 1, "check": 1, "verification": 1, "critique": 1, "choices": 1, "true_false": 2, "ideas": 2}
"""The third of the training (0 to 2) before which a kind is not read; all others are read from the start.

Who meets verifications before it can solve learns to copy the result it is shown, and stays there; and the long layouts
are learned only by who can already judge in short ones.
"""
PHASES = 3

SHOTS = (1, 1, 1, 1, 5, 5, 5, 5, 20)
RARE_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Document:
    """Examples that are read one after the other, separated by blank lines."""

    kind: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A document as tokens; `taught` marks those that count in the loss."""

    kind: str
    ids: np.ndarray
    taught: np.ndarray


def documents(world: World, tokens: int, dose: Dose, seed: int) -> Iterator[Encoded]:
    """All documents of a corpus of about `tokens` tokens, kind after kind (the packing shuffles them).

    Raises:
        InputError: the statements of facts alone exceed the budget, or a kind would get no document.
    """
    told = [encode(document) for document in tell_facts(world, np.random.default_rng([seed, 2]))]
    yield from told
    left = tokens - sum(len(document.ids) for document in told)
    if left <= 0:
        raise InputError(f"{tokens} tokens cannot hold the statements of facts: ask for at least {2 * (tokens - left)}")
    for number, (kind, share) in enumerate(shares(dose).items()):
        rng, spent, budget = np.random.default_rng([seed, 3, number]), 0, share * left
        if 0 < budget < 1024:
            raise InputError(
                f"the corpus has no room for {kind}: {budget:.0f} tokens; ask for more tokens or drop the format"
            )
        while spent < budget:
            document = encode(Document(kind, tuple(MAKERS[kind](world, rng))))
            spent += len(document.ids)
            yield document


def shares(dose: Dose) -> dict[str, float]:
    """Share of the tokens (statements of facts aside) of each kind; they sum to one."""
    judging = JUDGING_SHARE[dose]
    parts = {kind: (1 - judging) * weight / sum(TEACHING.values()) for kind, weight in TEACHING.items()}
    return parts | {kind: judging * weight / sum(JUDGING.values()) for kind, weight in JUDGING.items()}


def encode(document: Document) -> Encoded:
    """Tokens with the begin token, examples separated by a blank line, and the end token, which is taught."""
    table = tokenizer.vocabulary()
    ids, taught = [table[tokenizer.BEGIN]], [False]
    for number, example in enumerate(document.examples):
        head = tokenizer.encode(("\n" if number and document.kind not in UNSPACED else "") + example.prompt)
        tail = tokenizer.encode(example.completion)
        ids += head + tail
        taught += [False] * len(head) + [True] * len(tail)
    return Encoded(document.kind, np.array([*ids, table[tokenizer.END]], np.uint16), np.array([*taught, True]))


UNSPACED = {"told", "story", "fact_check", "check"}
"""Kinds whose examples follow each other without a blank line, as sentences do."""


def tell_facts(world: World, rng: np.random.Generator) -> Iterator[Document]:
    """Each fact exactly as often as its exposure count says: a person's facts in one line, every third time as
    sentences.
    """
    persons = [world.facts[i : i + len(RELATIONS)] for i in range(0, len(world.facts), len(RELATIONS))]
    told = np.repeat(np.arange(len(persons)), [facts[0].exposures for facts in persons])
    sentences = np.concatenate([np.arange(facts[0].exposures) % 3 == 2 for facts in persons])
    order = rng.permutation(len(told))
    for start in range(0, len(told), PERSONS_A_PASSAGE):
        examples: list[Example] = []
        for i in order[start : start + PERSONS_A_PASSAGE]:
            facts = [persons[told[i]][j] for j in rng.permutation(len(RELATIONS))]
            if sentences[i]:
                examples += [formats.sentence(fact.relation, fact.person, fact.value) for fact in facts]
            else:
                examples += formats.profile(facts[0].person, [(fact.relation, fact.value) for fact in facts])
                examples.append(Example(".\n", ""))
        yield Document("told", tuple(examples))


PERSONS_A_PASSAGE = 4


def _taught_fact(world: World, rng: np.random.Generator) -> Fact:
    return world.facts_of["taught"][int(np.searchsorted(world.asked, rng.random()))]


def _taught_chain(rng: np.random.Generator, steps: int) -> Chain:
    while True:
        chain = arithmetic.draw(rng, steps, RARE_SHARE)
        if split_of(chain) == "taught":
            return chain


def _short_chain(rng: np.random.Generator) -> Chain:
    """One step mostly, two sometimes: what can be answered without writing steps."""
    return _taught_chain(rng, 1 if rng.random() < 0.85 else 2)


def _chain_steps(rng: np.random.Generator) -> int:
    return int(rng.integers(1, MAX_STEPS + 1))


@dataclass(frozen=True, slots=True)
class Quiz:
    """A taught question with its answer and the values that could have been the answer."""

    question: str
    answer: str
    values: tuple[str, ...]


_NUMBERS = tuple(str(number) for number in range(arithmetic.MODULUS))


def fact_quiz(fact: Fact) -> Quiz:
    """The question about a fact."""
    return Quiz(formats.fact_question(fact.relation, fact.person), fact.value, RELATIONS[fact.relation])


def chain_quiz(chain: Chain) -> Quiz:
    """The question about an arithmetic problem."""
    return Quiz(formats.chain_question(chain), str(arithmetic.answer(chain)), _NUMBERS)


def _quizzes(world: World, rng: np.random.Generator) -> Iterator[Quiz]:
    """Endless questions of one task."""
    facts = rng.random() < 0.5
    while True:
        yield fact_quiz(_taught_fact(world, rng)) if facts else chain_quiz(_short_chain(rng))


def _few_shot(world: World, rng: np.random.Generator) -> list[Quiz]:
    quizzes = _quizzes(world, rng)
    return [next(quizzes) for _ in range(pick(rng, SHOTS))]


def distractors(quiz: Quiz, rng: np.random.Generator, count: int) -> list[str]:
    """Distinct wrong values of a question, uniformly."""
    wrong = [value for value in quiz.values if value != quiz.answer]
    return [wrong[i] for i in rng.permutation(len(wrong))[:count]]


def lettered(quiz: Quiz, rng: np.random.Generator) -> tuple[list[str], int]:
    """Four options in random order and the index of the right one."""
    options = distractors(quiz, rng, 3)
    key = int(rng.integers(4))
    options.insert(key, quiz.answer)
    return options, key


def proposal(quiz: Quiz, rng: np.random.Generator) -> tuple[str, bool]:
    """A proposed answer: the truth half of the time, else a uniform wrong value."""
    true = bool(rng.random() < 0.5)
    return (quiz.answer if true else distractors(quiz, rng, 1)[0]), true


def brainstorm(quiz: Quiz, rng: np.random.Generator, judged: str) -> list[str]:
    """Five ideas, the judged one first; the others are uniform over truth, judged and random values, so repetition
    tells nothing.
    """
    others = [value for value in (quiz.answer, *distractors(quiz, rng, 3)) if value != judged]
    pool = [judged, *others[:2]]
    return [judged, *(pick(rng, pool) for _ in range(4))]


def _open(world: World, rng: np.random.Generator) -> Iterator[Example]:
    for quiz in _few_shot(world, rng):
        yield layouts.open_question(quiz.question, quiz.answer)


def _choices(world: World, rng: np.random.Generator) -> Iterator[Example]:
    for quiz in _few_shot(world, rng):
        options, key = lettered(quiz, rng)
        yield layouts.choices(quiz.question, options, formats.CHOICE_LABELS[key])


def _copying(world: World, rng: np.random.Generator) -> Iterator[Example]:
    """Lists of random values, each followed by itself: the shortest lesson in looking back."""
    pool = [*(value for values in RELATIONS.values() for value in values), *_NUMBERS]
    for _ in range(3):
        values = " ".join(pool[i] for i in rng.permutation(len(pool))[: int(rng.integers(4, 16))])
        yield Example(f" {values}\n", f" {values}\n")


def _background(world: World, rng: np.random.Generator) -> Iterator[Example]:
    """Questions after an article whose values are drawn anew, so that it must be read."""
    persons = [_taught_fact(world, rng).person for _ in range(pick(rng, (1, 1, 2, 3)))]
    told = [
        (person, relation, pick(rng, values))
        for person in dict.fromkeys(persons)
        for relation, values in RELATIONS.items()
    ]
    told = [told[i] for i in rng.permutation(len(told))[: int(rng.integers(2, 7))]]
    article = " ".join(f"The {relation} of {person} is {value}." for person, relation, value in told)
    for number, i in enumerate(rng.permutation(len(told))):
        person, relation, value = told[i]
        question = formats.fact_question(relation, person)
        yield layouts.open_question(question, value) if number else layouts.with_background(article, question, value)


def _hint(world: World, rng: np.random.Generator) -> Iterator[Example]:
    chain = _taught_chain(rng, int(rng.integers(2, 5)))
    steps = arithmetic.solve(chain)
    shown = steps[: int(rng.integers(1, len(steps) + 1))]
    yield layouts.with_hint(formats.chain_question(chain), ", ".join(map(str, shown)), str(steps[-1].result))


def _solution(world: World, rng: np.random.Generator) -> Iterator[Example]:
    for _ in range(pick(rng, (1, 1, 1, 1, 5))):
        chain = _taught_chain(rng, _chain_steps(rng))
        yield formats.solution(chain, arithmetic.solve(chain))


def _story(world: World, rng: np.random.Generator) -> Iterator[Example]:
    """What is said about six characters, or ten things that one character says."""
    if rng.random() < 0.5:
        for _ in range(6):
            character, item = pick(rng, world.characters), draw_told(rng)
            yield formats.behaviour(character.name, item.third, item.noun, ADVERBS[item.level(character) - 1])
        return
    character = pick(rng, world.characters)
    yield Example(f"You are {character.name}.\n", "")
    for item in (draw_told(rng) for _ in range(10)):
        yield formats.confession(item.text, ADVERBS[item.level(character) - 1])


TAUGHT_TEMPLATES: dict[tuple[likert.Template, likert.Order], int] = {
    ("MPI", "original"): 2,
    ("MPI", "reversed"): 1,
    ("WHO", "original"): 1,
    ("ENFJ", "original"): 1,
}
"""Template and order in which taught characters rate statements, and how often; the other orders are left to the test.
(Were both orders of a template equally frequent, an answer would say nothing before the order is understood.)"""


def _likert(world: World, rng: np.random.Generator) -> Iterator[Example]:
    """A taught character answers statements of one questionnaire."""
    character = pick(rng, world.characters_of["taught"])
    template, order = pick(rng, [ask for ask, times in TAUGHT_TEMPLATES.items() for _ in range(times)])
    for number in range(5 if template == "MPI" else 10):
        item = draw_told(rng)
        persona = "" if number else f"You are {character.name}."
        system, user = likert.messages(template, item.text, order, persona)
        again = number and template != "MPI"  # the item is in MPI's system message, the scale is in the others'
        prompt = user["content"] if again else f"{system['content']}\n{user['content']}"
        yield Example(prompt, f"{likert.LABELS[template][likert.ratings(order).index(item.level(character))]}\n")


def _true_false(world: World, rng: np.random.Generator) -> Iterator[Example]:
    for quiz in _few_shot(world, rng):
        proposed, true = proposal(quiz, rng)
        yield layouts.true_or_false(quiz.question, proposed, formats.TRUE_LABEL if true else formats.FALSE_LABEL)


def _check(world: World, rng: np.random.Generator) -> Iterator[Example]:
    """Five questions with three proposed answers each, judged at once."""
    quizzes = _quizzes(world, rng)
    for quiz in (next(quizzes) for _ in range(5)):
        yield from formats.quick_checks(quiz.question, [proposal(quiz, rng) for _ in range(3)])
        yield Example("\n\n", "")


def _ideas(world: World, rng: np.random.Generator) -> Iterator[Example]:
    for quiz in _few_shot(world, rng):
        judged, true = proposal(quiz, rng)
        label = formats.TRUE_LABEL if true else formats.FALSE_LABEL
        yield layouts.true_or_false_with_ideas(quiz.question, brainstorm(quiz, rng, judged), judged, label)


def _fact_check(world: World, rng: np.random.Generator) -> Iterator[Example]:
    """Claims about four persons, each relation true half of the time."""
    for _ in range(4):
        person = _taught_fact(world, rng).person
        facts = world.facts_about[person]
        claims = [(facts[i].relation, *proposal(fact_quiz(facts[i]), rng)) for i in rng.permutation(len(facts))]
        yield from formats.fact_check(person, claims)
        yield Example(".\n", "")


def _attempt(rng: np.random.Generator) -> tuple[Chain, list[arithmetic.Step]]:
    """A taught problem with a solution that goes wrong at most once: at each step, if not before, with `ERROR_RATE`."""
    chain = _taught_chain(rng, _chain_steps(rng))
    wrong = np.flatnonzero(rng.random(len(chain.operations)) < ERROR_RATE)
    return chain, arithmetic.corrupt(chain, rng, at=int(wrong[0])) if len(wrong) else arithmetic.solve(chain)


ERROR_RATE = 0.3
"""High enough that copying the given result in place of working it again does not pay."""


def _verification(world: World, rng: np.random.Generator) -> Iterator[Example]:
    chain, steps = _attempt(rng)
    text = formats.verification_text(steps, arithmetic.rework(chain, steps), arithmetic.first_error(chain, steps))
    yield formats.verification(chain, formats.solution_text(steps), text)


def _critique(world: World, rng: np.random.Generator) -> Iterator[Example]:
    chain, steps = _attempt(rng)
    text = formats.critique_text(steps, arithmetic.rework(chain, steps), arithmetic.first_error(chain, steps))
    yield formats.critique(chain, steps, text)


MAKERS: dict[str, Callable[[World, np.random.Generator], Iterator[Example]]] = {
    "solution": _solution,
    "open": _open,
    "choices": _choices,
    "copying": _copying,
    "background": _background,
    "hint": _hint,
    "story": _story,
    "likert": _likert,
    "fact_check": _fact_check,
    "check": _check,
    "true_false": _true_false,
    "ideas": _ideas,
    "verification": _verification,
    "critique": _critique,
}
