"""What a model is shown."""

from collections.abc import Sequence
from itertools import chain

from common import asking
from common.engines import Engine, Prompt
from common.tasks import Question


def open_question(engine: Engine, question: Question, shown: Sequence[Question]) -> Prompt:
    """The question after answered ones, as turns where the model has a chat template; alone it is plain text."""
    if not shown:
        return question.prompt  # as lab models were taught
    turns = [[*asking.user(one.text), {"role": "assistant", "content": one.shown}] for one in shown]
    plain = "".join(f"{one.prompt} {one.shown}\n\n" for one in shown) + question.prompt
    return asking.prompt(engine, [*chain(*turns), *asking.user(question.text)], plain)
