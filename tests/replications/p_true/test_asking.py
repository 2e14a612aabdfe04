import pytest

from common.engines import load_engine
from replications.p_true import asking
from tests.replications.p_true.made_up_models import MadeUp


@pytest.fixture(scope="module")
def chat(chat_model):
    return load_engine(chat_model, engine="hf", store=None, device="cpu")


def test_lab_models_read_plain_text(chat):
    assert asking.address(chat, "Question: ...\nAnswer:", lab=True) == "Question: ...\nAnswer:"


def test_others_get_a_message_if_they_have_a_chat_template(chat):
    assert asking.address(chat, "Is it so?", lab=False) == "<s><|user|>\nIs it so?</s>\n<|assistant|>\n"
    assert asking.address(MadeUp(), "Is it so?", lab=False) == "Is it so?"
