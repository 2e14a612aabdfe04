import json

from common.runs import watch

BAR = {"what": "sample", "done": 30, "before": 0, "total": 90, "unit": "completion", "note": "", "seconds": 20}


def saved(folder, *statuses):
    """A notebook as papermill saves it while it runs."""
    path = folder / "toy.ipynb"
    text = {"cell_type": "markdown", "metadata": {}}
    code = [{"cell_type": "code", "metadata": {"papermill": {"status": status}}} for status in statuses]
    path.write_text(json.dumps({"cells": [text, *code]}))
    return path


def test_the_cell_at_work_is_counted_among_code_cells(tmp_path):
    path = saved(tmp_path, "completed", "running", "pending")
    assert watch.now(path, tmp_path / "bars", 65) == "toy.ipynb: cell 2 of 3; 65 s since the start"


def test_what_its_code_does_stands_behind_the_cell(tmp_path):
    (tmp_path / "bars").write_text(json.dumps([BAR]))
    said = watch.now(saved(tmp_path, "running"), tmp_path / "bars", 120)
    assert said == (
        "toy.ipynb: cell 1 of 1, sample: 30 of 90 completions (20 s, about 40 s left); 2 min since the start"
    )


def test_files_that_are_just_being_written_stop_nothing(tmp_path):
    (tmp_path / "bars").write_text("[]")
    assert watch.now(saved(tmp_path, "running"), tmp_path / "bars", 1) == "toy.ipynb: cell 1 of 1; 1 s since the start"
    (tmp_path / "toy.ipynb").write_text('{"cells": [')
    (tmp_path / "bars").write_text("[{")
    assert watch.now(tmp_path / "toy.ipynb", tmp_path / "bars", 1) == "toy.ipynb: a cell; 1 s since the start"
    assert watch.now(tmp_path / "none.ipynb", tmp_path / "none", 1) == "none.ipynb: a cell; 1 s since the start"
