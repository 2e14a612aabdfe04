"""P(True): a model is shown an answer and asked whether it is true (Kadavath et al. 2022, section 4 and appendix A.5).

A condition says what the prompt holds. *One example* shows the judged answer alone, *comparison* all five brainstormed
ideas, the judged one among them, repetitions kept. *Six fixed* puts the same six judged answers of our own making
before every question, *20 shots* twenty questions of the task with the model's own samples and their true labels.
*Labels swapped* has False at (A) and True at (B), in the examples too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common import layouts
from common.errors import InputError
from common.labels import BRACKETS, Lettering
from common.layouts import Example
from common.tasks import Question
from lab import corpus
from replications.p_true.tasks import Sample, load_task, quiz

IDEAS = 5
SHOTS = 20


@dataclass(frozen=True, slots=True)
class Condition:
    """What a prompt holds beside the question and the judged answer."""

    ideas: bool
    shots: bool
    """Twenty examples of the task; else the six fixed ones."""
    swapped: bool = False

    @property
    def name(self) -> str:
        """In words, as tables and figures have it."""
        layout, examples = "comparison" if self.ideas else "one example", "20 shots" if self.shots else "six fixed"
        return f"{layout}, {examples}{', labels swapped' * self.swapped}"


ONE_SIX, COMPARISON_SIX = Condition(False, False), Condition(True, False)
ONE_20, COMPARISON_20, SWAPPED = Condition(False, True), Condition(True, True), Condition(True, True, True)
CONDITIONS = (ONE_SIX, COMPARISON_SIX, ONE_20, COMPARISON_20, SWAPPED)


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer to judge: the first of five ideas."""

    question: str
    ideas: tuple[str, ...]
    right: bool


def judged(question: Question, samples: Sequence[Sample]) -> Judged | None:
    """The first readable sample, to be judged, with the four readable ones after it; None if there are fewer."""
    readable = [sample for sample in samples if sample.answer is not None][:IDEAS]
    if len(readable) < IDEAS:
        return None
    return Judged(question.text, tuple(sample.text for sample in readable), readable[0].right)


def first_twenty(examples: Sequence[Question], samples: Sequence[Sequence[Sample]]) -> list[Judged]:
    """The first twenty examples to which a model wrote five readable samples.

    Raises:
        InputError: there are not so many.
    """
    found = [one for question, drawn in zip(examples, samples, strict=True) if (one := judged(question, drawn))]
    if len(found) < SHOTS:
        raise InputError(f"20 shots need 20 dev questions with five readable samples each, the model has {len(found)}")
    return found[:SHOTS]


def six_of_the_lab(seed: int) -> list[Judged]:
    """Six dev questions, three of either task of the lab, with made-up ideas; three are judged true."""
    rng = np.random.default_rng([seed, 6])
    facts, problems = (load_task(name, "dev", 0, seed).examples[-3:] for name in ("facts", "arithmetic"))
    found = []
    for number, question in enumerate(question for pair in zip(facts, problems, strict=True) for question in pair):
        true = number in (1, 2, 5)  # neither task has them all, and no two labels take turns
        proposed = question.answer if true else corpus.distractors(quiz(question), rng, 1)[0]
        found.append(Judged(question.text, tuple(corpus.brainstorm(quiz(question), rng, proposed)), true))
    return found


SIX_IN_WORDS = (
    Judged("Which planet is known for its bright rings?", ("Jupiter", "Saturn", "Saturn", "Jupiter", "Uranus"), False),
    Judged("What is 46 plus 8?", ("54", "54", "52", "54", "64"), True),
    Judged(
        "Please complete the following passage by filling in the blank: He turned the key twice, but the car would not "
        "____.",
        ("start", "start", "move", "start", "open"),
        True,
    ),
    Judged(
        "Who painted the ceiling of the Sistine Chapel?",
        ("Raphael", "Michelangelo", "Leonardo", "Raphael", "Raphael"),
        False,
    ),
    Judged("What is 27 times 314?", ("8,378", "8,478", "9,478", "8,468", "7,478"), False),
    Judged("Name a river that flows through Egypt.", ("The Nile", "Nile", "The Nile", "The Nile", "Congo"), True),
)
"""Six judged answers for models that read more than the lab's vocabulary, of the kinds that the paper's prompt has."""


def prompt(one: Judged, condition: Condition, lettering: Lettering = BRACKETS) -> Example:
    """The question up to the label, and the right label."""
    options = ("False", "True") if condition.swapped else ("True", "False")
    label = lettering.label("A" if one.right != condition.swapped else "B")
    if condition.ideas:
        return layouts.true_or_false_with_ideas(
            one.question, one.ideas, one.ideas[0], label, options=options, lettering=lettering
        )
    return layouts.true_or_false(one.question, one.ideas[0], label, options=options, lettering=lettering)
