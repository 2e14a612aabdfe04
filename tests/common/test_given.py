import json

import pytest

from common import given
from common.errors import InputError


def rows(folder, text, name="own.jsonl"):
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return given.rows(folder / name)


def test_numbers_of_json_are_the_texts_that_were_written(tmp_path):
    (row,) = rows(tmp_path, '{"a": 1.50, "b": " x ", "c": [2, "y"]}\n')
    assert (row.text("a"), row.text("b"), row.texts("c")) == ("1.50", "x", ["2", "y"])
    assert row.where == f"{tmp_path / 'own.jsonl'}, line 1"


def test_csv_and_json_give_the_same_rows_whatever_the_line_ends(tmp_path):
    lines = rows(tmp_path, b'\xef\xbb\xbf{"a": "1", "b": "x, y"}\r\n{"a": "2", "b": "z"}')
    cells = rows(tmp_path, 'a,b\r\n1,"x, y"\r\n2,z\r\n', "own.csv")
    assert [row.values for row in lines] == [row.values for row in cells]


def test_a_line_of_csv_is_where_its_cell_ends(tmp_path):
    last = rows(tmp_path, 'a\n"x\ny"\nz\n', "own.csv")[-1]
    assert (last.values, last.where[-6:]) == ({"a": "z"}, "line 4")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("own.jsonl", '{"a": "1"}\n{"a": \n', "own.jsonl, line 2 is no JSON: Expecting value at column 7"),
        ("own.jsonl", '{"a": "1"}\n\n{"a": "2"}\n', "own.jsonl, line 2 is empty: delete it"),
        ("own.jsonl", "[1]\n", "own.jsonl, line 1 is no JSON object: write"),
        ("own.jsonl", "[" * 100_000, "own.jsonl, line 1 is no JSON that can be read: it is nested too deeply"),
        ("own.jsonl", "", "own.jsonl has no rows"),
        ("own.jsonl", b'{"a": "\xff"}', "own.jsonl is not UTF-8: invalid start byte at byte 7"),
        ("own.csv", "a,b\n1,2\n3\n", "own.csv, line 3 has 1 cells, the header 2"),
        ("own.csv", "a,b\n1,2\n\n", "own.csv, line 3 is empty: delete it"),
        ("own.csv", "a,b\n1,2\n , \n", "own.csv, line 3 is empty: delete it"),
        ("own.csv", "a,b\n", "own.csv has no rows"),
        ("own.csv", 'a\n"x\n', "own.csv, line 2 is no CSV: unexpected end of data"),
    ],
)
def test_what_is_no_table_is_named_with_its_line(tmp_path, name, text, message):
    with pytest.raises(InputError) as refused:
        rows(tmp_path, text, name)
    assert str(refused.value).startswith(f"{tmp_path}/{message}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("b", "no column 'b': it has a, empty, list, none"),
        ("empty", "column 'empty' is empty"),
        ("list", "column 'list' is \\[\\], a text or a number expected"),
        ("none", "column 'none' is null"),
    ],
)
def test_a_column_without_a_text_is_named(tmp_path, column, message):
    (row,) = rows(tmp_path, '{"a": "x", "empty": " ", "list": [], "none": null}')
    with pytest.raises(InputError, match=f"own.jsonl, line 1: {message}"):
        row.text(column)


@pytest.mark.parametrize("value", ["1", 1, None, ["1", " "], ["1", None], [["1"]]])
def test_what_is_no_list_of_texts_is_named(tmp_path, value):
    (row,) = rows(tmp_path, json.dumps({"a": value}))
    for column in ("a", "b"):
        with pytest.raises(InputError, match=f"line 1: column '{column}' is no list of texts or numbers"):
            row.texts(column)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"^/.*/own\.jsonl: No such file or directory$"):
        given.rows(tmp_path / "own.jsonl")
