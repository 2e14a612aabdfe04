import json
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from common.completions import Completion, LogitSums
from common.engines.base import Sampling
from common.errors import InputError
from common.store import Request, export
from tests.common.store.conftest import VERSIONS, drawn, edit

SAMPLING = Sampling(n=2, temperature=0.5, top_p=0.9, max_tokens=7, stop=["\n", "Q:"], seed=3)
REQUEST = Request.of(
    "sample",
    {"backend": "hf", "model": "owner/model@abc", "dtype": "float32", "semantics": 1},
    SAMPLING.model_dump(mode="json", exclude={"n"}),
)
OTHER = Request.of("sample", {"backend": "vllm", "model": "other"}, {})


@pytest.fixture
def full(store):
    store.add_completions(REQUEST, drawn(3, 2), VERSIONS)
    store.add_completions(REQUEST, drawn(1, 5), VERSIONS)
    store.add_completions(OTHER, drawn(1, 1), VERSIONS)
    store.add_scores(Request.of("options", {"model": "other"}, {}), {("a", ("b",)): np.zeros(2, np.float32)}, {})
    return store


def test_the_frame_has_one_row_a_completion_with_prompt_settings_and_provenance(full):
    frame = full.frame()
    assert frame.columns.tolist() == export.SCHEMA.names
    assert len(frame) == 3 * 2 + 3 + 1
    row = frame.loc[(frame["prompt"] == "prompt 0") & (frame["sample"] == 4)].iloc[0]
    expected = drawn(1, 5)["prompt 0"][4]
    assert (row["text"], row["finish_reason"], row["prompt_tokens"]) == (expected.text, "length", 8)
    assert tuple(row["token_ids"]) == expected.token_ids
    assert tuple(row["logprobs"]) == expected.logprobs
    assert (row["model"], row["backend"], row["dtype"]) == ("owner/model@abc", "hf", "float32")
    assert (row["temperature"], row["top_p"], row["max_tokens"], row["seed"]) == (0.5, 0.9, 7, 3)
    assert list(row["stop"]) == ["\n", "Q:"]
    assert json.loads(row["versions"]) == VERSIONS
    assert abs((row["created"] - datetime.now(UTC)).total_seconds()) < 3600


def test_sums_of_logits_have_columns_of_their_own_null_where_there_are_none(full):
    sums = LogitSums(1.5, 2.5, 3.5, 4.5, 5.5, 6.5)
    full.add_completions(REQUEST, {"new": [Completion("a", (1,), (0.0,), "stop", 1, sums)]}, VERSIONS)
    frame = full.frame(columns=["prompt", *LogitSums._fields])
    (new,) = frame[frame["prompt"] == "new"][[*LogitSums._fields]].to_numpy()
    assert tuple(new) == sums
    assert frame[frame["prompt"] != "new"][[*LogitSums._fields]].isna().all(axis=None)


def test_samples_are_numbered_across_rows(full):
    frame = full.frame("owner/")
    assert frame.groupby("prompt")["sample"].apply(sorted).tolist() == [[0, 1, 2, 3, 4], [0, 1], [0, 1]]


def test_the_frame_of_one_model(full):
    assert full.frame("oth")["model"].tolist() == ["other"]
    with pytest.raises(InputError, match="no stored model starts with 'x'"):
        full.frame("x")


def test_the_frame_of_some_columns(full):
    assert full.frame(columns=["text", "prompt"]).equals(full.frame()[["text", "prompt"]])
    with pytest.raises(InputError, match="no column answer, x in the store"):
        full.frame(columns=["answer", "text", "x"])


def test_an_empty_store_gives_an_empty_frame_with_the_same_columns(store):
    assert store.frame().columns.tolist() == export.SCHEMA.names
    assert len(store.frame()) == 0


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE rows SET data = x'00' WHERE id = 2",
        "UPDATE texts SET text = x'00' WHERE text = CAST('prompt 1' AS BLOB)",
        "UPDATE texts SET text = 1 WHERE text = CAST('prompt 1' AS BLOB)",
        "UPDATE rows SET request = 77 WHERE id = 2",
    ],
)
def test_damaged_rows_are_left_out(full, path, damage):
    edit(path, damage)
    assert set(full.frame("owner/")["prompt"]) == {"prompt 0", "prompt 2"}


def test_damaged_rows_are_reported(full, path, caplog):
    edit(path, "UPDATE rows SET data = x'00' WHERE id = 2")
    full.frame()
    assert caplog.messages == ["1 damaged row(s) left out: `python -m common.store verify` lists them"]


def test_parquet_holds_the_frame_in_row_groups(full, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "BATCH", 4)
    path = tmp_path / "out.parquet"
    assert export.to_parquet(path, export.SCHEMA, export.batches(full.connection)) == 10
    with parquet.ParquetFile(path) as file:
        assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [4, 5, 1]
        expected = pa.Table.from_batches(export.batches(full.connection), export.SCHEMA)
        assert file.read().to_pylist() == expected.to_pylist()
    assert [file.name for file in tmp_path.glob("*out*")] == ["out.parquet"]


def test_lone_surrogates_are_replaced_where_tables_cannot_hold_them(store):
    store.add_completions(OTHER, {"\ud800?": [Completion("a\udfff", (), (), "stop", 1)]}, VERSIONS)
    row = store.frame().iloc[0]
    assert (row["text"], row["prompt"][-1]) == ("a?", "?")


def test_a_failed_export_leaves_no_file_and_keeps_the_old_one(full, tmp_path, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    path = tmp_path / "out.parquet"
    path.write_text("old")
    monkeypatch.setattr(export.parquet.ParquetWriter, "write_batch", fail)
    with pytest.raises(InputError, match=r"out\.parquet: cannot be written: No space left on device"):
        export.to_parquet(path, export.SCHEMA, export.batches(full.connection))
    assert path.read_text() == "old"
    assert not list(tmp_path.glob(".out*"))
