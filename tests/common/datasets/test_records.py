from dataclasses import dataclass

import pytest

from common.datasets import records
from common.errors import InputError


@dataclass(frozen=True)
class Row:
    name: str
    size: int


GOOD = [{"name": "a", "size": 1}, {"name": "b", "size": 2}]
ROWS = [Row("a", 1), Row("b", 2)]


def test_jsonl_gives_one_row_a_line(shelf):
    shelf.put_jsonl("rows.jsonl", GOOD)
    assert records.read_jsonl("rows.jsonl", Row) == ROWS


def test_gzipped_jsonl_is_unpacked(shelf):
    shelf.put_jsonl("rows.jsonl.gz", GOOD)
    assert records.read_jsonl("rows.jsonl.gz", Row) == ROWS


def test_json_gives_the_whole_document(shelf):
    shelf.put_json("rows.json", GOOD)
    assert records.read_json("rows.json", list[Row]) == ROWS


def test_columns_that_the_schema_does_not_name_are_skipped(shelf):
    shelf.put_jsonl("rows.jsonl", [{"name": "a", "size": 1, "other": None}])
    assert records.read_jsonl("rows.jsonl", Row) == ROWS[:1]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"name": "b", "si', r"not JSON \(EOF while parsing a string at column 17\)$"),
        (b"", r"not JSON \(EOF while parsing"),
        (b'{"name": "b"}', r"column 'size' is missing"),
        (b'{"name": "b", "size": "2"}', r"column 'size': Input should be a valid integer"),
        (b'{"name": "b", "size": 2.5}', r"column 'size': Input should be a valid integer"),
        (b'{"name": "b", "size": true}', r"column 'size': Input should be a valid integer"),
        (b'{"name": null, "size": 2}', r"column 'name': Input should be a valid string"),
        (b'{"name": "\xff", "size": 2}', r"not JSON \(invalid unicode code point"),
        (b"[1, 2]", r"Input should be an object"),
    ],
)
def test_bad_line_is_named_with_file_number_and_problem(shelf, line, problem):
    shelf.put("rows.jsonl", b'{"name": "a", "size": 1}\n' + line + b"\n", rows=2)
    with pytest.raises(InputError, match=rf"rows\.jsonl, line 2: {problem}") as caught:
        records.read_jsonl("rows.jsonl", Row)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rows", [1, 3])
def test_another_number_of_lines_than_pinned_is_refused(shelf, rows):
    shelf.put_jsonl("rows.jsonl", GOOD, rows=rows)
    with pytest.raises(InputError, match=rf"^data/rows\.jsonl has 2 rows, {rows} pinned"):
        records.read_jsonl("rows.jsonl", Row)


def test_bad_record_of_a_document_is_named_by_its_row(shelf):
    shelf.put_json("rows.json", [GOOD[0], {"name": "b"}])
    with pytest.raises(InputError, match=r"rows\.json: row 2, column 'size' is missing$"):
        records.read_json("rows.json", list[Row])


def test_document_that_is_not_json_is_named(shelf):
    shelf.put("rows.json", b'[{"name": "a"')
    with pytest.raises(InputError, match=r"rows\.json: not JSON \(EOF while parsing"):
        records.read_json("rows.json", list[Row])


def test_duplicate_is_named_with_its_value():
    with pytest.raises(InputError, match=r"^data/rows\.json: id 'b' comes 2 times, once expected$"):
        records.require_unique("rows.json", "id", ["a", "b", "c", "b"])


@pytest.mark.parametrize("values", [[], ["a"], ["a", "b"]])
def test_distinct_values_pass(values):
    records.require_unique("rows.json", "id", values)


def test_unknown_choice_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match=r"^unknown split 'dev': one of 'train', 'test'$"):
        records.one_of("split", "dev", ("train", "test"))
