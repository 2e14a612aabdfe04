import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from common import layouts, likert
from lab import corpus, tokenizer
from lab.world import build_world


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer")
    tokenizer.save_tokenizer(folder, 1024)
    return AutoTokenizer.from_pretrained(folder)


@given(st.lists(st.sampled_from(sorted(set(tokenizer.vocabulary()) - {"<s>", "</s>", "<pad>"})), max_size=30))
def test_what_can_be_encoded_is_read_back_unchanged(tokens):
    text = "".join(tokens)
    if set(tokenizer.pieces(text)) <= set(tokenizer.vocabulary()):
        inverse = {number: token for token, number in tokenizer.vocabulary().items()}
        assert "".join(inverse[number] for number in tokenizer.encode(text)) == text


def test_the_saved_tokenizer_agrees_with_the_corpus(saved):
    text = 'Question: 7 + 5 * 3 =?\nSteps: <0> 7 + 5 = 12\nFirst error: -1\n (A) True\n\nAnswer: (A). "I seek crowds."'
    assert saved(text).input_ids == [tokenizer.vocabulary()["<s>"], *tokenizer.encode(text)]
    assert saved.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize(
    "label", [" (A)", " (B)", "(E)", " True", " False", " Yes", " No", " 18", " -1", " +", "<9>", " wrong"]
)
def test_labels_numbers_and_signs_are_single_tokens(label):
    assert len(tokenizer.encode(label)) == 1


def test_an_unknown_word_is_an_error():
    with pytest.raises(KeyError, match="zebra"):
        tokenizer.encode("a zebra")


def test_every_template_can_be_said_in_both_orders(saved):
    for template in ("MPI", "WHO", "ENFJ"):
        for order in ("original", "reversed"):
            messages = likert.messages(template, "I enjoy parties", order, "You are Tovi.")
            text = saved.apply_chat_template(messages, tokenize=False)
            assert text == "\n".join(message["content"] for message in messages)
            assert saved.decode(saved(text).input_ids, skip_special_tokens=True) == text


def test_formats_that_are_tested_but_not_taught_can_be_said():
    tokenizer.encode(layouts.choices("7 + 5 =?", ["1", "2", "3", layouts.NONE_OF_THE_ABOVE]).prompt)
    tokenizer.encode(layouts.true_or_false("7 + 5 =?", "12", options=("False", "True")).prompt)


def test_every_fact_and_character_can_be_named():
    world = build_world()
    for fact in world.facts:
        tokenizer.encode(corpus.fact_quiz(fact).question + f" {fact.value}")
    for character in world.characters:
        tokenizer.encode(f"You are {character.name}.")


def test_what_a_model_wrote_may_be_unreadable():
    assert tokenizer.readable(" 7 + 5 = 12; Answer: 12\n")
    assert not tokenizer.readable(" 7 + 5 = 12okhas")
