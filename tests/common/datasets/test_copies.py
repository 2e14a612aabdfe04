import lzma

import pytest

from common.datasets import copies
from common.errors import InputError

BODY = b"one line\n" * 300_000


def content(copy, most=1 << 24):
    return b"".join(copy.chunks(most))


@pytest.fixture
def packed(tmp_path):
    file = tmp_path / "sub/one.jsonl.xz"
    file.parent.mkdir()
    file.write_bytes(lzma.compress(BODY))
    return file


def test_a_packed_copy_is_found_under_the_name_of_the_file_and_read_unpacked(packed, tmp_path):
    copy = copies.find(tmp_path, "sub/one.jsonl")
    assert copy == copies.Copy(packed, packed=True)
    assert content(copy) == BODY
    assert copies.find(tmp_path, "sub/two.jsonl") is None


def test_a_plain_copy_comes_before_a_packed_one(packed, tmp_path):
    packed.with_suffix("").write_bytes(b"plain")
    assert content(copies.find(tmp_path, "sub/one.jsonl")) == b"plain"


def test_a_file_that_is_xz_itself_is_not_unpacked(packed, tmp_path):
    assert content(copies.find(tmp_path, "sub/one.jsonl.xz")) == packed.read_bytes()


def test_reading_ends_where_more_has_come_than_was_expected(packed):
    assert 5 < len(content(copies.Copy(packed, packed=True), most=5)) < len(BODY)


@pytest.mark.parametrize("spoil", [lambda whole: whole[:-20], lambda whole: b"", lambda whole: b"no xz at all"])
def test_a_copy_that_is_no_whole_xz_file_is_named(packed, spoil):
    packed.write_bytes(spoil(packed.read_bytes()))
    with pytest.raises(InputError, match=r"sub/one\.jsonl\.xz is no whole xz file \(") as refused:
        content(copies.Copy(packed, packed=True))
    assert "\n" not in str(refused.value)
