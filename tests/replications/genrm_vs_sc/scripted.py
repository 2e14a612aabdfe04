"""An engine that says what a test wants, in place of a model."""

import re
from collections.abc import Callable

import numpy as np

from common.completions import Completion
from common.errors import InputError


class Scripted:
    """`say(prompt, sample)` gives the text; p(Yes) is `sure` wherever it is asked for. One word is one token."""

    def __init__(self, say: Callable[[str, int], str], sure: float = 0.75, chat: bool = False) -> None:
        self.say, self.sure, self.chat, self.drawn = say, sure, chat, 0

    def render(self, prompt):
        if isinstance(prompt, str):
            return prompt
        if not self.chat:
            raise InputError("this model has no chat template: give the prompt as one string")
        return "".join(f"<{message['role']}>{message['content']}" for message in prompt)

    def sample(self, prompts, sampling):
        self.drawn += len(prompts) * sampling.n
        return [[self._completion(self.render(p), sample) for sample in range(sampling.n)] for p in prompts]

    def logprobs(self, prompts, continuations):
        assert all(options == [" Yes", " No"] for options in continuations)
        return [np.log([self.sure * 0.8, (1 - self.sure) * 0.8]).astype(np.float32) for _ in prompts]

    def _completion(self, prompt, sample):
        text = self.say(prompt, sample)
        words = tuple(range(len(re.findall(r"\S+", text)) or 1))
        return Completion(text, words, (0.0,) * len(words), "stop", len(prompt.split()))
