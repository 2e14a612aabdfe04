import json

from tests import oracle

RESULTS = {
    "metrics": {"n": 3, "share": 0.1},
    "tables": {"cells": [{"a": 1}]},
    "claims": [{"id": "old", **dict.fromkeys(oracle.JUDGED, 1)}],
}


def write(folder, **changed):
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(json.dumps(RESULTS | changed))


def test_moved_runs_and_claims_are_found_again(tmp_path):
    write(tmp_path / "a" / "paper" / "first")
    write(tmp_path / "b" / "paper" / "second", claims=[RESULTS["claims"][0] | {"id": "new"}])
    moved = {"folders": {"paper/first": "paper/second"}, "paper": {"old": "new"}}
    assert list(oracle.differences(tmp_path / "a", tmp_path / "b", moved)) == []


def test_every_difference_is_named(tmp_path):
    write(tmp_path / "a" / "paper" / "first")
    write(tmp_path / "a" / "paper" / "lost")
    claims = [RESULTS["claims"][0] | {"p": 0.1 + 1e-15}]
    write(tmp_path / "b" / "paper" / "first", metrics={"n": 3}, tables={"cells": [{"a": 2}]}, claims=claims)
    found = "\n".join(oracle.differences(tmp_path / "a", tmp_path / "b", {}))
    for part in ("metrics.share is gone", "tables.cells was", "claims.old was", "paper/lost: no run"):
        assert part in found


def test_an_empty_folder_is_no_agreement(tmp_path):
    assert "no results.json" in next(oracle.differences(tmp_path, tmp_path, {}))
