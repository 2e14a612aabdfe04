import pytest

from benchmarks.engines import samples, setting
from benchmarks.engines.clock import MismatchError
from benchmarks.engines.samples import Plain, check


def test_both_sides_are_found_to_agree(varied_folder):
    assert check(varied_folder, Plain(varied_folder), setting.prompts(3, 0), 24)["equal_greedy_texts"] == 3


def test_another_model_is_found_out(fixed_folder, varied_folder):
    with pytest.raises(MismatchError):
        check(fixed_folder, Plain(varied_folder), setting.prompts(3, 0), 64)


def test_generated_tokens_are_counted_up_to_the_end_of_text(varied_folder):
    plain = Plain(varied_folder)
    texts, count = plain.generate(setting.prompts(4, 0), 4, do_sample=True, max_new_tokens=64)
    assert len(texts) == 16
    lengths = [len(plain.tokenizer(text, add_special_tokens=False)["input_ids"]) for text in texts]
    assert 16 < count < 16 * 64
    assert count == pytest.approx(sum(lengths) + 16, rel=0.5)  # random bytes are tokenized otherwise than drawn


def test_many_sequences_are_generated_batch_by_batch(fixed_folder, monkeypatch):
    monkeypatch.setattr(samples, "SEQUENCES", 4)
    texts, count = Plain(fixed_folder).generate(setting.prompts(3, 0), 2, do_sample=True, max_new_tokens=2)
    assert (len(texts), count) == (6, 12)
