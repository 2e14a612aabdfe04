import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from common.store import Request, export_scores
from tests.common.store.conftest import VERSIONS, drawn, edit

WHO = {"backend": "hf", "model": "owner/model@abc", "dtype": "float32", "semantics": 1}
LOGPROBS, OPTIONS, LAYERS = (Request.of(kind, WHO, {}) for kind in ("logprobs", "options", "layers"))


@pytest.fixture
def full(store):
    store.add_completions(Request.of("sample", WHO, {}), drawn(1, 2), VERSIONS)
    store.add_scores(LOGPROBS, {("a?", (" x", " y")): np.float32([-1.5, -2.5])}, VERSIONS)
    store.add_scores(OPTIONS, {("b?", (" A", " B")): np.float32([0.25, 0.75, 0.5])}, VERSIONS)
    store.add_scores(LAYERS, {("c?", (" A", " B")): np.float32([0.5, 0.5, 0.01, 0.125, 0.875, 0.9])}, VERSIONS)
    return store


def table(store):
    return pa.Table.from_batches(export_scores.batches(store.connection), export_scores.SCHEMA).to_pandas()


def test_one_row_a_score_with_what_it_is_of(full):
    frame = table(full)
    assert set(frame["model"]) == {"owner/model@abc"}
    found = frame[["prompt", "continuation", "layer", "logprob", "probability", "mass"]]
    expected = pd.DataFrame(
        [
            ("a?", " x", None, -1.5, None, None),
            ("a?", " y", None, -2.5, None, None),
            ("b?", " A", None, None, 0.25, 0.5),
            ("b?", " B", None, None, 0.75, 0.5),
            ("c?", " A", 0, None, 0.5, np.float32(0.01)),
            ("c?", " B", 0, None, 0.5, np.float32(0.01)),
            ("c?", " A", 1, None, 0.125, np.float32(0.9)),
            ("c?", " B", 1, None, 0.875, np.float32(0.9)),
        ],
        columns=found.columns,
    )
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_batches_are_of_bounded_size(full, monkeypatch):
    monkeypatch.setattr(export_scores, "ROWS", 3)
    assert [batch.num_rows for batch in export_scores.batches(full.connection)] == [4, 4]


def test_damaged_rows_are_left_out_and_reported(full, path, caplog):
    edit(path, "UPDATE rows SET data = x'00' WHERE id = 2")
    edit(path, "UPDATE texts SET text = x'00' WHERE text = CAST('[\" A\",\" B\"]' AS BLOB)")
    assert len(table(full)) == 0
    assert len(caplog.messages) == 3
