"""What is asked: tasks with dev questions as examples, and a model's samples to them.

Two tasks of the lab (facts about invented persons, one- and two-step problems on a ring of 29 numbers) and the public
ones of `common.tasks`. Examples are dev questions, drawn by the seed; asked for dev questions, a sheet leaves those
out. Which questions are asked does not depend on the seed.

Answers are sampled at temperature 1 as in Kadavath et al. 2022 (section 4 and appendix A.7): the lab's without
examples, the others after ten. The open formats are the paper's, plain text for chat models too: put into a message,
ten examples are answered with the last of them, or with a sentence. A sample that states no answer is its own answer;
one that cannot be put into a further prompt (blank, or a word that the lab's closed vocabulary lacks) has none.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common import subjects
from common.datasets.splits import Split
from common.engines import Completion, Engine, Sampling
from common.errors import InputError
from common.tasks import PUBLIC, Question, Task, find
from common.tasks.answers import form
from lab import tasks as lab
from lab.corpus import Quiz
from replications.p_true.params import LAB_TASKS

RESERVED = 40
"""Dev questions kept as examples: more than a prompt shows, since a sample to one may be unreadable."""
POOL = 400
"""Dev questions that examples are drawn from."""
SAMPLES = 30
"""Answers drawn to a question (Kadavath et al. 2022, section 5)."""
TASKS = {task.name: task for task in (lab.FACTS, lab.ARITHMETIC)} | PUBLIC
"""The place of a task decides what the seed draws for it."""
OPEN_SHOTS = 10
MOST = {"arithmetic": 600}
"""Questions of a task where fewer are asked than of the others."""


@dataclass(frozen=True, kw_only=True)
class Sheet(Task):
    """A task with the questions that are asked and the examples that are shown."""

    questions: tuple[Question, ...]
    examples: tuple[Question, ...]
    """Dev questions in the order drawn, none of them among `questions`."""

    @property
    def lab(self) -> bool:
        """Whether it is about the lab's world."""
        return self.name in LAB_TASKS

    def answer(self, text: str) -> str | None:
        """A sampled text's answer in a form in which equal answers are equal; None if it is unreadable."""
        return self.read(text) if self.lab else form(self.read(text) or text)

    def grade(self, question: Question, text: str) -> bool:
        """Whether a sampled text answers the question."""
        return self.right(question, self.read(text) or text)

    def open_prompt(self, question: Question) -> str:
        """The open question after its examples, as plain text."""
        examples = () if self.lab else self.examples[:OPEN_SHOTS]
        return "".join(f"{example.prompt} {example.shown}\n\n" for example in examples) + question.prompt


@dataclass(frozen=True, slots=True)
class Sample:
    """One sampled answer."""

    text: str
    answer: str | None
    """As `Sheet.answer` gives it; None if the text is unreadable."""
    right: bool
    logprob: float
    """Mean natural-log probability of its tokens, the ending one among them."""
    cut_off: bool = False
    """Whether it ended at `max_tokens`."""


def draw(
    engine: Engine, task: Sheet, questions: Sequence[Question], seed: int, samples: int = SAMPLES
) -> list[list[Sample]]:
    """Sample answers at temperature 1: one list of `samples` a question, unreadable ones among them."""
    sampling = Sampling(n=samples, temperature=1.0, max_tokens=task.max_tokens, stop=task.stop, seed=seed)
    prompts = [task.open_prompt(question) for question in questions]
    found = []
    for question, drawn in zip(questions, engine.sample(prompts, sampling), strict=True):
        found.append([_graded(task, question, completion) for completion in drawn])
    return found


def _graded(task: Sheet, question: Question, drawn: Completion) -> Sample:
    text, mean = drawn.text.strip(), float(np.mean(drawn.logprobs))
    return Sample(text, task.answer(text), task.grade(question, text), mean, drawn.finish_reason == "length")


def load_task(name: str, split: Split, count: int, seed: int = 0, model: str = "") -> Sheet:
    """The task with up to `count` questions of a split; the seed draws the examples, the model may need more tokens.

    Raises:
        InputError: an unknown task, or what the loaders of its data raise.
    """
    task = find(name, TASKS)
    dev = task.load("dev", POOL)
    place = list(TASKS).index(name) if name in TASKS else zlib.crc32(name.encode())
    rng = np.random.default_rng([seed, place])
    examples = [dev[i] for i in rng.permutation(len(dev))[:RESERVED]]
    taken = {example.id for example in examples}
    questions = [question for question in task.load(split, count + RESERVED) if question.id not in taken]
    limit = subjects.tokens_of(model, name, task.max_tokens)
    return Sheet(**vars(task) | {"max_tokens": limit}, questions=tuple(questions[:count]), examples=tuple(examples))


def load_tasks(names: Sequence[str], split: Split, questions: int, seed: int, model: str = "") -> dict[str, Sheet]:
    """The tasks of a run, with at most so many questions each. Raises as `load_task`."""
    return {name: load_task(name, split, min(questions, MOST.get(name, questions)), seed, model) for name in names}


def quiz(question: Question) -> Quiz:
    """The same for `lab.corpus`, which draws options and proposals.

    Raises:
        InputError: an open question, without values to choose from, or with fewer than four.
    """
    if len(question.values) < 4:
        few = f"{len(question.values)} options, not four," if question.values else "no options"
        raise InputError(f"question {question.id} has {few} to choose from: take a task that has, such as arc")
    return Quiz(question.text, question.answer, question.values)
