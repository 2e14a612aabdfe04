"""Multiple choice in four kinds (Kadavath et al. 2022, sections 2 and 3), with and without five examples.

`letters`: lettered options, the label scored. `replaced`: the same with the last option's text replaced by "none of the
above", in the examples too, so that it is right exactly where the key was last. `texts`: the bare question, the text of
each option scored as its answer. `true or false`: one proposed answer a question, the key or a random wrong value by
the toss of a coin. Options, proposals and examples are drawn once for all models.
"""

from dataclasses import dataclass

import numpy as np

from common import layouts
from common.arrays import Bools, Ints
from common.labels import BRACKETS, LETTERS, Lettering
from common.layouts import NONE_OF_THE_ABOVE
from common.tasks import Question
from lab import corpus
from replications.p_true.tasks import Sheet, quiz

SHOTS = 5
"""Examples in the prompts that most claims are about."""
KINDS = ("letters", "replaced", "texts", "true or false")
OPTIONS = 4


@dataclass(frozen=True, slots=True)
class ExamQuestion:
    """One question as it is put."""

    question: Question
    options: tuple[str, ...]
    key: int
    proposed: str
    true: bool


@dataclass(frozen=True, slots=True)
class Exam:
    """The questions of one task as every model is asked them."""

    task: Sheet
    questions: tuple[ExamQuestion, ...]
    examples: tuple[ExamQuestion, ...]

    @property
    def keys(self) -> Ints:
        """Index of the right option, shape [questions]."""
        return np.array([one.key for one in self.questions], dtype=np.int64)

    @property
    def true(self) -> Bools:
        """Whether the proposed answer is the key, shape [questions]."""
        return np.array([one.true for one in self.questions])


def set_exam(task: Sheet, rng: np.random.Generator) -> Exam:
    """Draw options and proposals for the questions of a task and for its first five examples.

    Raises:
        InputError: a question without options.
    """
    examples = tuple(_exam_question(question, rng) for question in task.examples[:SHOTS])
    return Exam(task, tuple(_exam_question(question, rng) for question in task.questions), examples)


def _exam_question(question: Question, rng: np.random.Generator) -> ExamQuestion:
    options, key = corpus.lettered(quiz(question), rng)
    return ExamQuestion(question, tuple(options), key, *corpus.proposal(quiz(question), rng))


def put(one: ExamQuestion, kind: str, lettering: Lettering = BRACKETS) -> tuple[str, str]:
    """A question as one of `KINDS`, up to where the model goes on; and how it would go on, were it an example."""
    question, label = one.question, lettering.label(LETTERS[one.key])
    if kind == "texts":
        return question.prompt, f" {question.answer}\n"
    if kind == "true or false":
        judged = lettering.label("A" if one.true else "B")
        shown = layouts.true_or_false(question.text, one.proposed, judged, lettering=lettering)
    else:
        last = NONE_OF_THE_ABOVE if kind == "replaced" else one.options[-1]
        shown = layouts.choices(question.text, [*one.options[:-1], last], label, lettering=lettering)
    return shown.prompt, shown.completion
