"""How a model is asked for an answer of its own: lab models in plain text, others in a message where they take one.

Labels are asked in a layout (`common.labels`).
"""

from common.engines import Engine
from common.errors import InputError


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
