import numpy as np
import pytest

from common.engines import load_engine
from common.errors import InputError
from common.labels import BRACKETS, LAYOUTS, POINTS, TAUGHT, among

SHOWN = [("Question: 1 plus 1?\nAnswer:", " B\n")]
ASKED = ["Question: 7 times 6?\nAnswer:", "Question: Who?\nAnswer:"]


@pytest.fixture(scope="module")
def chat(chat_model):
    return load_engine(chat_model, engine="hf", store=None, device="cpu")


class Recording:
    def __init__(self):
        self.scored = []

    def option_scores(self, prompts, options):
        self.scored.append((list(prompts), list(options)))

    def logprobs(self, prompts, continuations):
        self.scored.append((list(prompts), continuations[0]))
        return [np.log([0.25, 0.5])] * len(prompts)


def test_letters_in_a_list_and_as_an_answer():
    assert (BRACKETS.option("A", "yes"), BRACKETS.label("A")) == (" (A) yes", " (A)")
    assert (POINTS.option("A", "yes"), POINTS.label("A")) == ("A. yes", " A")


@pytest.mark.parametrize(
    ("layout", "options"),
    [(LAYOUTS["plain"], [" A", " B"]), (LAYOUTS["whole"], [" (A)", " (B)"]), (TAUGHT, [" (A)", " (B)"])],
)
def test_text_layouts_put_the_examples_before_and_the_label_after_a_space(layout, options):
    engine = Recording()
    layout.scores(engine, SHOWN, ASKED, 2)
    ((prompts, scored),) = engine.scored
    assert prompts == ["Question: 1 plus 1?\nAnswer: B\n\n" + text for text in ASKED]
    assert scored == options


def test_in_a_chat_examples_are_turns_and_the_letter_begins_the_last_one():
    engine = Recording()
    LAYOUTS["chat"].scores(engine, SHOWN, ASKED, 2)
    (((first, _), scored),) = engine.scored
    assert first == [
        {"role": "user", "content": "Question: 1 plus 1?\nAnswer:"},
        {"role": "assistant", "content": "B"},
        {"role": "user", "content": ASKED[0]},
    ]
    assert scored == ["A", "B"]


def test_whole_labels_are_shares_of_their_sum():
    found = among([np.log([0.1, 0.3]), np.log([0.2, 0.2])])
    np.testing.assert_allclose(found.probabilities, [[0.25, 0.75], [0.5, 0.5]], rtol=1e-6)
    np.testing.assert_allclose(found.mass, [0.4, 0.4], rtol=1e-6)


def test_a_chat_model_says_each_label_where_its_turn_begins(chat):
    found = LAYOUTS["chat"].scores(chat, [], ASKED, 2)
    by_hand = chat.option_scores([[{"role": "user", "content": text}] for text in ASKED], ["A", "B"])
    np.testing.assert_array_equal(found.probabilities, by_hand.probabilities)


def test_a_label_that_the_vocabulary_cuts_is_refused_as_a_token_and_scored_whole(chat):
    with pytest.raises(InputError, match="must be a single token after the prompt"):
        LAYOUTS["plain"].scores(chat, [], ASKED, 5)
    whole = LAYOUTS["whole"].scores(chat, [], ASKED, 5)
    assert whole.probabilities.shape == (2, 5)
    assert (whole.mass < 1).all()
