import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from common.engines.prompts import Codec, check_lengths, cut, draw_key
from common.errors import InputError
from tests.small_models import bpe, closed, cut_as

BOS = Codec(bpe("<s>", "</s>"))
PLAIN = Codec(bpe(None, "</s>", None))
TEXTS = st.text("ab 4(\n.é🙂", max_size=12)


@pytest.mark.parametrize("codec", [BOS, PLAIN])
@given(text=TEXTS.filter(bool), continuation=TEXTS.filter(bool))
def test_continuation_is_what_follows_the_prompts_tokens(codec, text, continuation):
    (ids,), (joined,) = codec.encode([text]), codec.encode([text + continuation])
    if joined[: len(ids)] != ids:
        with pytest.raises(InputError, match="merges with the prompt's end"):
            codec.continuation(text, ids, continuation)
        return
    found = codec.continuation(text, ids, continuation)
    assert found == joined[len(ids) :]


@pytest.fixture(scope="module", params=["gpt2", "llama3", "qwen2", "gemma"])
def merging(request):
    """A vocabulary in which "(A", "::" and " A" are single tokens, cut as a real family's is."""
    return Codec(cut_as(request.param))


@given(
    prompt=st.sampled_from(["Answer:\n(", "Answer:", "so:", "Answer: ", "Answer:\n", "(A) yes\n(", "The answer is ("]),
    option=st.sampled_from(["A", "B", " A", "(A", " (A)", ":", "A)", "\nA"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_option_is_what_the_model_would_write_or_is_refused(merging, prompt, option):
    (ids,), (joined,) = merging.encode([prompt]), merging.encode([prompt + option])
    if joined[: len(ids)] == ids:
        assert merging.continuation(prompt, ids, option) == joined[len(ids) :]
    else:
        with pytest.raises(InputError, match="merges with the prompt's end"):
            merging.continuation(prompt, ids, option)


@pytest.mark.parametrize("family", ["llama3", "qwen2", "gemma"])
def test_a_letter_after_a_bracket_is_refused_with_both_tokenizations(family):
    merging = Codec(cut_as(family))
    (ids,) = merging.encode(["Answer:\n("])
    with pytest.raises(InputError) as refused:
        merging.option_ids("Answer:\n(", ids, ["A", "B"])
    assert "(A" in str(refused.value).partition(" alone and ")[2]
    assert "(A" not in str(refused.value).partition(" alone and ")[0]


@pytest.mark.parametrize("family", ["gpt2", "llama3", "qwen2"])
def test_a_letter_after_a_space_is_a_token_of_its_own(family):
    merging = Codec(cut_as(family))
    (ids,) = merging.encode(["Answer:"])
    assert len(set(merging.option_ids("Answer:", ids, [" A", " B"]))) == 2


def test_words_of_a_closed_vocabulary_follow_each_other_whatever_the_space_between():
    codec = Codec(closed())
    (ids,) = codec.encode(["Q: yes\n"])
    assert codec.continuation("Q: yes\n", ids, "A:") == codec.tokenizer("A:", add_special_tokens=False)["input_ids"]


@given(text=TEXTS.filter(bool), generated=TEXTS)
def test_decoding_gives_the_text_after_the_prompt(text, generated):
    ids = BOS.tokenizer(generated, add_special_tokens=False)["input_ids"]
    assert BOS.decode(BOS.encode([text])[0], [*ids, BOS.tokenizer.eos_token_id]) == generated


def test_decoding_keeps_a_leading_space_that_the_decoder_drops_at_the_start():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel({"▁one": 0, "▁two": 1}))
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    codec = Codec(PreTrainedTokenizerFast(tokenizer_object=tokenizer))
    assert codec.tokenizer.decode([1]) == "two"
    assert codec.decode(codec.encode(["one"])[0], [1]) == " two"


def test_bos_is_not_doubled():
    bos = BOS.tokenizer.bos_token_id
    plain, begun = BOS.encode(["hello", "<s>hello"])
    assert plain == begun
    assert plain.count(bos) == 1


def test_template_text_encodes_as_the_template_says():
    chat = [{"role": "user", "content": "What is 12 plus 30?"}]
    expected = BOS.tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_dict=False)
    assert BOS.encode([BOS.render(chat)]) == [expected]


THINKING = (
    "{% for message in messages %}{{ message['content'] }}{% endfor %}"
    "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}{{ tone | default('') }}"
)


class TestSwitches:
    CHAT = ({"role": "user", "content": "So?"},)

    def test_they_change_the_text_and_are_named(self):
        plain, off = Codec(bpe(None, "</s>", THINKING)), Codec(bpe(None, "</s>", THINKING), {"enable_thinking": False})
        assert (plain.render(self.CHAT), off.render(self.CHAT)) == ("So?", "So?<think></think>")
        assert (plain.switches(), off.switches()) == ({}, {"template": '{"enable_thinking": false}'})

    def test_unknown_ones_are_refused_with_those_there_are(self):
        with pytest.raises(InputError, match=r"no switch enable_thought \(it knows enable_thinking, tone\)"):
            Codec(bpe(None, "</s>", THINKING), {"enable_thought": True})
        with pytest.raises(InputError, match=r"no switch messages \(it knows none\)"):
            Codec(bpe("<s>", "</s>"), {"messages": []})

    def test_without_a_template(self):
        with pytest.raises(InputError, match="this model has no chat template, so leave the switches out"):
            Codec(bpe(None, "</s>", None), {"enable_thinking": False})


@pytest.mark.parametrize(
    "prompt", [[], [{"role": "user"}], [{"role": "user", "content": None}], ["text"], 3, [["role", "content"]]]
)
def test_what_is_no_prompt(prompt):
    with pytest.raises(InputError, match="a prompt is a string, or messages that each have role and content"):
        BOS.render(prompt)


def test_template_that_refuses():
    tokenizer = bpe("<s>", "</s>", "{{ raise_exception('no system prompts, please') }}")
    with pytest.raises(InputError, match="refuses these messages: no system prompts, please"):
        Codec(tokenizer).render([{"role": "system", "content": ""}])


def test_options():
    (ids,) = BOS.encode(["Question: Answer:"])
    pieces = BOS.tokenizer.convert_ids_to_tokens(BOS.option_ids("Question: Answer:", ids, [" answer", " the"]))
    assert pieces == ["Ġanswer", "Ġthe"]
    for options, message in [([], "one or more"), ("A", "one or more"), ([" the", " the"], "are the same token")]:
        with pytest.raises(InputError, match=message):
            BOS.option_ids("Question: Answer:", ids, options)


def test_missing_words_of_a_closed_vocabulary():
    with pytest.raises(InputError, match=r"lacks 'Z:', ' -1': reword it"):
        Codec(closed()).encode(["Q: 1", "Z: 1 plus -1"])


def test_tokens_that_may_end_a_stop_string_are_all_that_can(llama_folder):
    codec = Codec(AutoTokenizer.from_pretrained(llama_folder))
    size = len(codec.tokenizer) + 5
    suspects = codec.may_end(("er", "\n\n"), size)
    texts = [codec.decode([40], [token]) for token in range(size)]
    for token, text in enumerate(texts):
        assert suspects[token] == bool({"r", "\n", "\ufffd"} & set(text))
    assert not codec.may_end((), size).any()


def test_lengths():
    check_lengths(["a b", "c"], [[1, 2], [1]], 4, 2)
    check_lengths(["a b", "c"], [[1, 2], [1]], 4, [2, 3])
    said = "prompt 'c' has 1 tokens, with 4 more 5: too many for the model's context of 4, shorten it"
    with pytest.raises(InputError, match=said):
        check_lengths(["a b", "c"], [[1, 2], [1]], 4, [2, 4])


def test_half_a_character_is_refused():
    with pytest.raises(InputError, match=r"a text holds '\\ud800', half a character"):
        BOS.encode(["a", "b\ud800"])


def test_cut_is_before_the_first_stop_string():
    assert cut("one two three", ("three", "two")) == "one "
    assert cut("one two three", ("four",)) is None
    assert cut("one", ()) is None


def test_draw_keys_are_distinct_and_fixed():
    keys = {draw_key(seed, text, sample) for seed in range(12) for text in ("", "1:", "a") for sample in range(12)}
    assert len(keys) == 12 * 3 * 12
    assert draw_key(0, "a", 0) == 167242376840315738440309102373651318796
