import numpy as np
import pytest

from common.engines import load_engine
from replications.p_true import asking
from tests.replications.p_true.made_up_models import MadeUp


@pytest.fixture(scope="module")
def chat(chat_model):
    return load_engine(chat_model, engine="hf", store=None, device="cpu")


class Recording(MadeUp):
    """Remembers which options were scored after what."""

    def option_scores(self, prompts, options):
        self.asked += [(prompt, list(options)) for prompt in prompts]
        return "scores"


def test_lab_models_read_plain_text_and_whole_labels():
    engine = Recording()
    asking.label_scores(engine, ["Question: ...\nAnswer:"], 2, lab=True)
    assert engine.asked == [("Question: ...\nAnswer:", [" (A)", " (B)"])]


def test_without_a_chat_template_the_letter_follows_a_bracket_after_a_space():
    engine = Recording()
    asking.label_scores(engine, ["Answer:"], 4, lab=False)
    assert engine.asked == [("Answer: (", ["A", "B", "C", "D"])]


def test_a_chat_model_gets_a_message_and_begins_its_turn_with_the_bracket(chat):
    addressed = asking.address(chat, "Is it so?\nAnswer:", lab=False)
    assert addressed == "<s><|user|>\nIs it so?\nAnswer:</s>\n<|assistant|>\n"
    scores = asking.label_scores(chat, ["Is it so?\nAnswer:"], 2, lab=False)
    by_hand = chat.option_scores([addressed + "("], ["A", "B"])
    np.testing.assert_array_equal(scores.probabilities, by_hand.probabilities)
    assert 0 < scores.mass[0] <= 1


def test_texts_are_renormalised_over_the_options_and_keep_their_mass(chat):
    scores = asking.text_scores(chat, ["Who?\nAnswer:"], [["you", "the helper"]], lab=False)
    given = np.exp(chat.logprobs([asking.address(chat, "Who?\nAnswer:", False)], [["you", "the helper"]])[0])
    np.testing.assert_allclose(scores.probabilities[0], given / given.sum(), rtol=1e-5)
    np.testing.assert_allclose(scores.mass[0], given.sum(), rtol=1e-5)
