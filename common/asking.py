"""How a question goes to any model: through its chat template if it has one, else as plain text.

Every paper asks here, so that a model is asked in one way by all of them. Not here: labels, which are asked in a layout
that was settled beforehand (`common.labels`), and the lab's tasks, whose models were taught plain text.
"""

from collections.abc import Sequence

from common.engines import Engine, Message, Prompt
from common.errors import InputError


def user(text: str) -> list[Message]:
    """A conversation of one message by the user."""
    return [{"role": "user", "content": text}]


def joined(messages: Sequence[Message]) -> str:
    """Messages as one text."""
    return "\n".join(message["content"] for message in messages)


def prompt(engine: Engine, messages: Sequence[Message], plain: str) -> Prompt:
    """The messages; or one of the user alone where the chat template takes no system message; or the plain text where
    there is no chat template, or one that refuses both.
    """
    for conversation in (messages, user(joined(messages))):
        if _taken(engine, conversation):
            return conversation
    return plain


def _taken(engine: Engine, conversation: Sequence[Message]) -> bool:
    try:
        engine.render(conversation)
    except InputError:
        return False
    return True
