import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.completions import Completion, LogitSums
from common.store.blocks import checksum, pack, unpack

float32 = st.floats(width=32, allow_nan=False)  # log-probabilities can be minus infinity, never NaN


@st.composite
def completions(draw):
    tokens = draw(st.lists(st.tuples(st.integers(0, 2**32 - 1), float32), max_size=6))
    return Completion(
        draw(st.text(st.characters())),  # lone surrogates among them
        tuple(token for token, _ in tokens),
        tuple(logprob for _, logprob in tokens),
        draw(st.sampled_from(["stop", "length"])),
        draw(st.integers(0, 2**32 - 1)),
    )


@given(st.lists(completions(), min_size=1, max_size=5))
def test_completions_come_back_as_they_went_in(given):
    assert unpack(pack(given)).completions() == given


SUMS = st.builds(LogitSums, *[st.floats(width=32, allow_nan=False)] * 6)


@given(st.lists(st.tuples(completions(), SUMS), min_size=1, max_size=5))
def test_sums_of_logits_come_back_as_they_went_in(given):
    with_sums = [replace(completion, logits=sums) for completion, sums in given]
    assert unpack(pack(with_sums)).completions() == with_sums


def test_sums_of_logits_for_some_completions_alone_are_refused():
    plain = Completion("", (1,), (0.0,), "stop", 1)
    with pytest.raises(ValueError, match="all completions of a block need sums of logits, or none"):
        pack([plain, replace(plain, logits=LogitSums(*[0.0] * 6))])


@pytest.mark.parametrize(("largest", "width"), [(0xFFFF, 2), (0x10000, 4)])
def test_token_ids_take_two_bytes_as_long_as_they_fit(largest, width):
    rng = np.random.default_rng(0)
    ids = (*rng.integers(0, 0xFFFF, 999).tolist(), largest)
    data = pack([Completion("", ids, (0.0,) * 1000, "stop", 1)])
    assert unpack(data).completions()[0].token_ids == ids
    assert 4 * 1000 + width * 1000 < len(data) < 4 * 1000 + width * 1000 + 100


def test_a_completion_without_a_log_probability_for_each_token_is_refused():
    with pytest.raises(ValueError, match="one log-probability a token"):
        pack([Completion("", (1, 2), (0.0,), "stop", 1), Completion("", (), (0.0,), "stop", 1)])


KEY = {"request": b"r" * 16, "prompt": b"p" * 16, "part": 0, "size": 16, "versions": 1, "created": 1_700_000_000}


@given(st.integers(0, 8 * 200 - 1))
def test_the_checksum_tells_of_every_flipped_bit(bit):
    data = pack([Completion("text " * 20, tuple(range(20)), tuple(map(float, range(20))), "stop", 1)])
    flipped = bytearray(data)
    flipped[(bit // 8) % len(data)] ^= 1 << (bit % 8)
    assert checksum(**KEY, data=bytes(flipped)) != checksum(**KEY, data=data)


@pytest.mark.parametrize(
    "other",
    [{"request": b"s" * 16}, {"prompt": b"q" * 16}, {"part": 16}, {"size": 17}, {"versions": 2}, {"created": 1}],
)
def test_the_checksum_covers_key_and_provenance(other):
    assert checksum(**KEY, data=b"data") != checksum(**(KEY | other), data=b"data")


def test_the_layout_starts_with_the_counts_that_the_docstring_promises():
    data = pack([Completion("é", (1, 2), (-1.0, -2.0), "stop", 3)])
    assert struct.unpack_from("<III", data) == (1, 2, 2)
    assert np.frombuffer(data, "<f4", 2, 16).tolist() == [-1.0, -2.0]
