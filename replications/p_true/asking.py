"""How a model is addressed: the one place that knows lab models from others.

Lab models read plain text, and a label such as " (A)" is one token of theirs. Other models get a user message if they
have a chat template, else the same plain text; most tokenizers cut a label, so the prompt goes on to the bracket and
the letter alone is scored. Either way the raw mass of all labels tells whether the model would have said one.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import logsumexp, softmax

from common.engines import Engine, OptionScores
from common.errors import InputError
from common.lab.formats import LETTERS


def address(engine: Engine, text: str, lab: bool) -> str:
    """The text that a model reads when it is asked `text`.

    Raises:
        InputError: the model cannot be asked (see `Engine.render`).
    """
    if lab:
        return text
    try:
        return engine.render([{"role": "user", "content": text}])
    except InputError:  # no chat template, or one that refuses a lone user message
        return engine.render(text)


def label_scores(engine: Engine, texts: Sequence[str], labels: int, lab: bool) -> OptionScores:
    """Probabilities of the first `labels` labels, (A), (B) and so on, after each prompt; and their raw mass.

    Raises:
        InputError: a prompt too long for the model or with words that it cannot read.
    """
    letters = LETTERS[:labels]
    if lab:
        return engine.option_scores(list(texts), [f" ({letter})" for letter in letters])
    addressed = [address(engine, text, lab) for text in texts]
    begun = [found + _space(found, text) + "(" for found, text in zip(addressed, texts, strict=True)]
    return engine.option_scores(begun, letters)


def text_scores(engine: Engine, texts: Sequence[str], options: Sequence[Sequence[str]], lab: bool) -> OptionScores:
    """Probabilities of whole option texts as answers, renormalised over those of a prompt; mass: all of them together.

    Raises:
        InputError: as `label_scores`.
    """
    addressed = [address(engine, text, lab) for text in texts]
    answers = [
        [_space(found, text) + option for option in several]
        for found, text, several in zip(addressed, texts, options, strict=True)
    ]
    given = np.stack(engine.logprobs(addressed, answers))
    mass = np.exp(logsumexp(given, axis=1))
    return OptionScores(softmax(given, axis=1).astype(np.float32), mass.astype(np.float32))


def _space(addressed: str, text: str) -> str:
    """What comes before an answer: a space after plain text, nothing where a template begins the model's turn."""
    return " " if addressed == text else ""
