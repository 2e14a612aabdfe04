"""What a model is shown."""

from common import asking
from common.engines import Engine, Prompt
from common.tasks import Question


def open_question(engine: Engine, question: Question, plain: bool) -> Prompt:
    """The question alone: in a message where the model has a chat template, unless it is to be plain text."""
    return question.prompt if plain else asking.prompt(engine, asking.user(question.text), question.prompt)
