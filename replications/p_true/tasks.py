"""What is asked: questions with known answers, dev questions as examples, and a model's samples to them.

Two tasks of the lab (facts about invented persons, one- and two-step problems on a ring of 29 numbers) and four
public ones (TriviaQA, ARC-Challenge, LAMBADA, GSM8K). Splits are disjoint: the lab's own; a fixed cut of TriviaQA, ARC
and LAMBADA; GSM8K's train (taught and dev) and test. Examples are dev questions, drawn by the seed; asked for dev
questions, a task leaves those out. Which questions are asked does not depend on the seed.

Answers are sampled at temperature 1 as in Kadavath et al. 2022 (section 4 and appendix A.7): the lab's without
examples, the others after ten. The open formats are the paper's. A sample that cannot be put into a further prompt
(blank, or a word that the lab's closed vocabulary lacks) has no answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from common import subjects
from common.datasets import gsm8k, qa
from common.datasets.splits import Split, cut
from common.engines import Completion, Engine, Sampling
from common.errors import InputError
from common.grading import extract_answer, normal_form
from common.lab import corpus, exam, formats
from common.lab.arithmetic import Chain
from common.lab.corpus import Quiz
from common.lab.tokenizer import readable
from common.lab.world import EXPOSURES, Fact, build_world
from replications.p_true import asking

RESERVED = 40
"""Dev questions kept as examples: more than a prompt shows, since a sample to one may be unreadable."""
POOL = 400
"""Dev questions that examples are drawn from."""
SAMPLES = 30
"""Answers drawn to a question (Kadavath et al. 2022, section 5)."""
LAB_TASKS = ("facts", "arithmetic")
OPEN_SHOTS = 10
MOST = {"arithmetic": 600}
"""Questions of a task where fewer are asked than of the others."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answer."""

    id: str
    text: str
    """The question itself, as lettered and judging layouts show it after "Question:"."""
    prompt: str
    """The open question up to where the answer begins."""
    answer: str
    accepted: frozenset[str]
    """Every answer that counts as right, as `Task.read` gives it."""
    shown: str
    """What an example shows after the prompt: the answer, with its solution where there is one."""
    values: tuple[str, ...] = ()
    """What the answer could have been, the answer among them; empty where anything could."""
    level: str = "all"
    """How difficult it is: one of `Task.levels`."""

    @property
    def quiz(self) -> Quiz:
        """The same for `common.lab.corpus`, which draws options and proposals.

        Raises:
            InputError: an open question, without values to choose from.
        """
        if not self.values:
            raise InputError(f"question {self.id} has no options to choose from: take a task that has, such as arc")
        return Quiz(self.text, self.answer, self.values)


@dataclass(frozen=True, slots=True)
class Task:
    """Questions of one kind, and how they are asked and graded."""

    name: str
    questions: tuple[Question, ...]
    examples: tuple[Question, ...]
    """Dev questions in the order drawn, none of them among `questions`."""
    read: Callable[[str], str | None]
    """A sampled text -> its answer in a form in which equal answers are equal; None if it is unreadable."""
    levels: tuple[str, ...]
    """Levels of difficulty, in order."""
    shots: int
    """Examples before an open question."""
    max_tokens: int
    stop: tuple[str, ...]

    @property
    def lab(self) -> bool:
        """Whether it is about the lab's world."""
        return self.name in LAB_TASKS

    def grade(self, question: Question, text: str) -> bool:
        """Whether a sampled text answers the question."""
        return self.read(text) in question.accepted

    def open_prompt(self, question: Question) -> str:
        """The open question after its examples, as plain text."""
        shown = [f"{example.prompt} {example.shown}\n\n" for example in self.examples[: self.shots]]
        return "".join(shown) + question.prompt


@dataclass(frozen=True, slots=True)
class Sample:
    """One sampled answer."""

    text: str
    answer: str | None
    """As `Task.read` gives it; None if the text is unreadable."""
    right: bool
    logprob: float
    """Mean natural-log probability of its tokens, the ending one among them."""
    cut_off: bool = False
    """Whether it ended at `max_tokens`."""


def draw(
    engine: Engine, task: Task, questions: Sequence[Question], seed: int, samples: int = SAMPLES
) -> list[list[Sample]]:
    """Sample answers at temperature 1: one list of `samples` a question, unreadable ones among them."""
    sampling = Sampling(n=samples, temperature=1.0, max_tokens=task.max_tokens, stop=task.stop, seed=seed)
    prompts = [asking.address(engine, task.open_prompt(question), task.lab) for question in questions]
    found = []
    for question, drawn in zip(questions, engine.sample(prompts, sampling), strict=True):
        found.append([_graded(task, question, completion) for completion in drawn])
    return found


def _graded(task: Task, question: Question, drawn: Completion) -> Sample:
    text, mean = drawn.text.strip(), float(np.mean(drawn.logprobs))
    return Sample(text, task.read(text), task.grade(question, text), mean, drawn.finish_reason == "length")


def load_task(name: str, split: Split, count: int, seed: int = 0, model: str = "") -> Task:
    """The task with up to `count` questions of a split; the seed draws the examples, the model may need more tokens.

    Raises:
        InputError: an unknown task, or what the loaders of its data raise.
    """
    if name not in LOADERS:
        raise InputError(f"no task {name!r}: choose from {', '.join(LOADERS)}")
    dev = LOADERS[name]("dev", POOL)
    rng = np.random.default_rng([seed, list(LOADERS).index(name)])
    examples = [dev[i] for i in rng.permutation(len(dev))[:RESERVED]]
    taken = {example.id for example in examples}
    asked = [question for question in LOADERS[name](split, count + RESERVED) if question.id not in taken]
    read, levels, shots, max_tokens, stop = HOW[name]
    limit = subjects.tokens_of(model, name, max_tokens)
    return Task(name, tuple(asked[:count]), tuple(examples), read, levels, shots, limit, stop)


def load_tasks(names: Sequence[str], split: Split, questions: int, seed: int, model: str = "") -> dict[str, Task]:
    """The tasks of a run, with at most so many questions each. Raises as `load_task`."""
    return {name: load_task(name, split, min(questions, MOST.get(name, questions)), seed, model) for name in names}


def _facts(split: Split, count: int) -> list[Question]:
    facts = build_world().facts_of[split]
    order = np.random.default_rng(0).permutation(len(facts))
    return [_fact(facts[i]) for i in order[:count]]


def _fact(fact: Fact) -> Question:
    return _lab_question(f"{fact.relation}/{fact.person}", corpus.fact_quiz(fact), str(fact.exposures))


def _arithmetic(split: Split, count: int) -> list[Question]:
    """One- and two-step problems in turn, as many of either as there are."""
    halves = [exam.chains(split, steps, (count + 1) // 2) for steps in (1, 2)]
    longest = max(map(len, halves))
    return [_chain(half[i]) for i in range(longest) for half in halves if i < len(half)][:count]


def _chain(chain: Chain) -> Question:
    level = f"{len(chain.operations)} step{'s' * (len(chain.operations) > 1)}{', rare' * (chain.rare_steps > 0)}"
    return _lab_question(str(chain), corpus.chain_quiz(chain), level)


def _lab_question(name: str, quiz: Quiz, level: str) -> Question:
    prompt, accepted = formats.open_question(quiz.question).prompt, frozenset({quiz.answer})
    return Question(name, quiz.question, prompt, quiz.answer, accepted, quiz.answer, quiz.values, level)


def _triviaqa(split: Split, count: int) -> list[Question]:
    asked = cut(qa.triviaqa(), lambda q: q.question, split)
    return [_public(q.id, q.question, q.answer, aliases=q.aliases) for q in asked[:count]]


def _arc(split: Split, count: int) -> list[Question]:
    asked = [q for q in cut(qa.arc("challenge"), lambda q: q.question, split) if len(set(q.choices)) == 4]
    return [_public(q.id, q.question, q.choices[q.gold], values=q.choices) for q in asked[:count]]


def _lambada(split: Split, count: int) -> list[Question]:
    found = []
    for cloze in cut(qa.lambada(), lambda cloze: cloze.context, split)[:count]:
        text = f"Please complete the following passage by filling in the blank: {cloze.context} ____."
        found.append(_public(cloze.id, text, cloze.word, prompt=f"{text} ->"))
    return found


def _gsm8k(split: Split, count: int) -> list[Question]:
    """Dev is every tenth problem of the train file, taught the others."""
    problems = gsm8k.load("test" if split == "test" else "train")
    if split != "test":
        problems = [problem for i, problem in enumerate(problems) if (i % 10 == 0) == (split == "dev")]
    return [
        _public(p.id, p.question, p.answer, shown=f"{p.solution}\n#### {p.answer}", read=_number)
        for p in problems[:count]
    ]


def _public(
    name: str,
    text: str,
    answer: str,
    *,
    prompt: str | None = None,
    aliases: Sequence[str] = (),
    shown: str | None = None,
    values: tuple[str, ...] = (),
    read: Callable[[str], str | None] | None = None,
) -> Question:
    accepted = frozenset(found for alias in (answer, *aliases) if (found := (read or _plain)(alias)))
    return Question(
        id=name,
        text=text,
        prompt=prompt or formats.open_question(text).prompt,
        answer=answer,
        accepted=accepted,
        shown=shown or answer,
        values=values,
    )


def _word(text: str) -> str | None:
    """The lab's answers are compared as they stand; every layout puts a space before them."""
    return text.strip() if text.strip() and readable(f" {text.strip()}") else None


def _plain(text: str) -> str | None:
    """Answers in words are compared in normal form, which has no case, no signs around it and one spelling a number."""
    form = normal_form(text)
    return form.text if form else None


def _number(text: str) -> str | None:
    """A worked solution is compared by the number after ####; where there is none, by its whole text."""
    return _plain(extract_answer(text) or text)


LOADERS: dict[str, Callable[[Split, int], list[Question]]] = {
    "facts": _facts,
    "arithmetic": _arithmetic,
    "triviaqa": _triviaqa,
    "arc": _arc,
    "lambada": _lambada,
    "gsm8k": _gsm8k,
}
"""Task -> (split, most questions) -> questions."""

TOLD = tuple(map(str, EXPOSURES))
STEPS = ("1 step", "1 step, rare", "2 steps", "2 steps, rare")
HOW: dict[str, tuple[Callable[[str], str | None], tuple[str, ...], int, int, tuple[str, ...]]] = {
    "facts": (_word, TOLD, 0, 4, ("\n",)),
    "arithmetic": (_word, STEPS, 0, 4, ("\n",)),
    "triviaqa": (_plain, ("all",), OPEN_SHOTS, 24, ("\n",)),
    "arc": (_plain, ("all",), OPEN_SHOTS, 32, ("\n",)),
    "lambada": (_plain, ("all",), OPEN_SHOTS, 8, ("\n",)),
    "gsm8k": (_number, ("all",), OPEN_SHOTS, 320, ("\nQuestion:",)),
}
"""Task -> how a text is read, levels of difficulty, examples before an open question, most tokens, ends."""
