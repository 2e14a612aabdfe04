import pytest

from common import asking
from common.engines import load_engine
from common.errors import InputError

SYSTEM = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Is it so?"}]


class Refusing:
    """A model whose chat template refuses some roles."""

    def __init__(self, *roles):
        self.roles = roles

    def render(self, prompt):
        if not isinstance(prompt, str) and any(message["role"] in self.roles for message in prompt):
            raise InputError("the model's chat template refuses these messages")
        return str(prompt)


@pytest.fixture(scope="module")
def chat(chat_model):
    return load_engine(chat_model, engine="hf", store=None, device="cpu")


def test_a_model_with_a_chat_template_gets_the_messages(chat):
    found = asking.prompt(chat, asking.user("Is it so?"), "Question: Is it so?")
    assert chat.render(found) == "<s><|user|>\nIs it so?</s>\n<|assistant|>\n"
    assert asking.prompt(chat, SYSTEM, "") == SYSTEM


def test_a_template_without_a_system_role_gets_one_message():
    assert asking.prompt(Refusing("system"), SYSTEM, "") == asking.user("Be brief.\nIs it so?")


def test_a_model_without_a_chat_template_gets_the_plain_text():
    assert asking.prompt(Refusing("system", "user"), SYSTEM, "Question: Is it so?") == "Question: Is it so?"
