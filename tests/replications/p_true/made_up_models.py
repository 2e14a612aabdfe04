"""Models of the lab's world whose knowledge and honesty are known, as engines: they read the prompt's text alone.

They answer a question rightly with a chance that depends on its level, and give every option the chance that they are
right. Judges differ: `by_level` states that chance, `insider` knows the truth, `seldom_wrong` but for a tenth of it,
`letter` likes (A) where `seldom_wrong` says so.
"""

import hashlib
import re

import numpy as np

from common.engines import Completion, OptionScores
from common.errors import InputError
from common.labels import TAUGHT
from lab.tasks import STEPS, TOLD
from replications.p_true.p_true import prompts
from replications.p_true.tasks import load_task

CHANCE = dict(zip((*TOLD, *STEPS), (0.1, 0.2, 0.4, 0.6, 0.9, 0.97, 0.9, 0.4, 0.3, 0.1), strict=True))
QUESTIONS = {
    question.text: question
    for name in ("facts", "arithmetic")
    for task in [load_task(name, "dev", 600)]
    for question in (*task.questions, *task.examples)
}


def head_of(shown, condition):
    """The text of judged examples before a question."""
    examples = [prompts.prompt(one, condition) for one in shown]
    return TAUGHT.prompts([(one.prompt, one.completion) for one in examples], [""])[0]


def by_level(question, proposed, true_is_first):
    return CHANCE[question.level]


def insider(question, proposed, true_is_first):
    return 0.9 if proposed == question.answer else 0.1


def seldom_wrong(question, proposed, true_is_first):
    truth = insider(question, proposed, true_is_first)
    return 1 - truth if chance_of(question.text, "wrong") < 0.1 else truth


def letter(question, proposed, true_is_first):
    truth = seldom_wrong(question, proposed, true_is_first)
    return truth if true_is_first else 1 - truth


def chance_of(*parts):
    """A number in [0, 1) that depends on the parts alone."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()) / 2**64


class MadeUp:
    """An engine; `unreadable` is the share of samples with a word that the vocabulary lacks."""

    def __init__(self, name="made-up", judge=by_level, unreadable=0.0, chance=None):
        self.name, self.judge, self.unreadable, self.chance = name, judge, unreadable, chance or CHANCE
        self.asked = []

    def render(self, prompt):
        if not isinstance(prompt, str):
            raise InputError("no chat template")
        return prompt

    def sample(self, prompts, sampling):
        self.asked += prompts
        return [[self._draw(prompt, n, sampling.seed) for n in range(sampling.n)] for prompt in prompts]

    def _draw(self, prompt, n, seed):
        question = QUESTIONS[re.search(r"Question: (.+)\nAnswer:$", prompt)[1]]
        chance, wrong = self.chance[question.level], [v for v in question.values if v != question.answer]
        if chance_of(self.name, prompt, n, seed, "blank") < self.unreadable:
            return Completion(" Qwertz", (0, 1), (-5.0, -1.0), "stop", 9)
        if chance_of(self.name, prompt, n, seed) < chance:
            return Completion(f" {question.answer}", (0, 1), (np.log(chance), 0.0), "stop", 9)
        said = wrong[int(len(wrong) * chance_of(self.name, prompt, n, seed, "which"))]
        return Completion(f" {said}", (0, 1), (np.log((1 - chance) / len(wrong) + 1e-9), 0.0), "stop", 9)

    def option_scores(self, prompts, options):
        self.asked += prompts
        rows = [self._judged(prompt) if len(options) == 2 else self._chosen(prompt, options) for prompt in prompts]
        return OptionScores(np.array(rows, np.float32), np.full(len(rows), 0.75, np.float32))

    def _judged(self, prompt):
        block = prompt.rsplit("Question: ", 1)[1]
        proposed = re.search(r"(?:Proposed|Possible) Answer: (.+)", block)[1]
        true_is_first = "(A) True" in block
        p = self.judge(QUESTIONS[block.split("\n")[0]], proposed, true_is_first)
        return [p, 1 - p] if true_is_first else [1 - p, p]

    def _chosen(self, prompt, options):
        block = prompt.rsplit("Question: ", 1)[1]
        question = QUESTIONS[block.split("\n")[0]]
        shown = re.findall(r"^ \([A-D]\) (.+)$", block, re.MULTILINE)
        return self._belief(question, shown)

    def _belief(self, question, shown):
        """The likeliest option is right as often as it is said to be."""
        top = 0.25 + 0.75 * self.chance[question.level]
        key = shown.index(question.answer) if question.answer in shown else len(shown) - 1
        others = [at for at in range(len(shown)) if at != key]
        right = chance_of(self.name, question.text) < top
        first = key if right else others[int(3 * chance_of(self.name, question.text, "which"))]
        return [top if at == first else (1 - top) / 3 for at in range(len(shown))]

    def logprobs(self, prompts, continuations):
        self.asked += prompts
        found = []
        for prompt, options in zip(prompts, continuations, strict=True):
            question = QUESTIONS[re.search(r"Question: (.+)\nAnswer:$", prompt)[1]]
            found.append(np.log(0.5 * np.array(self._belief(question, [option.strip() for option in options]))))
        return found
