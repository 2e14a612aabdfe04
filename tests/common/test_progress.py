import json

import pytest

from common import progress
from common.progress import Progress


def state(**changed):
    return {
        "what": "sample",
        "done": 120,
        "before": 20,
        "total": 620,
        "unit": "completion",
        "note": "",
        "seconds": 50,
    } | changed


def test_a_line_says_what_how_many_of_how_many_since_when_and_how_long_still():
    assert progress.line([state()]) == "sample: 120 of 620 completions (50 s, about 4 min left)"


def test_what_was_done_before_says_nothing_of_the_time_that_is_left():
    assert progress.line([state(done=20)]) == "sample: 20 of 620 completions (50 s)"


def test_an_inner_bar_stands_behind_the_outer_one_with_its_note():
    inner = state(what="train", unit="step", note="loss 0.3", done=1, total=1)
    assert progress.line([state(), inner]).startswith("sample: 120 of 620 completions, train: 1 of 1 step, loss 0.3 (")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (3600, "60 min"), (7800, "2 h 10 min")]
)
def test_durations_in_words(seconds, words):
    assert progress.duration(seconds) == words


def test_a_run_is_told_through_a_file_and_nothing_is_drawn(tmp_path, monkeypatch, capfd):
    file = tmp_path / "progress"
    monkeypatch.setenv("PROGRESS_FILE", str(file))
    clock = iter(range(0, 1000, 2))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with Progress("score", 4, "prompt", 1) as bar:
        bar.update()
        bar.update(note="half")
        (told,) = json.loads(file.read_text())
    assert json.loads(file.read_text()) == []
    assert (told["what"], told["done"], told["before"], told["total"], told["note"]) == ("score", 3, 1, 4, "half")
    assert capfd.readouterr() == ("", "")


def test_a_runner_that_has_gone_stops_no_work(tmp_path, monkeypatch):
    monkeypatch.setenv("PROGRESS_FILE", str(tmp_path / "gone" / "progress"))
    clock = iter(range(0, 1000, 2))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with Progress("score", 2, "prompt") as bar:
        bar.update(2)
    assert bar.done == 2


def test_lines_come_at_most_every_half_minute_without_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(progress, "_drawn", lambda: False)
    for name in ("PROGRESS_FILE", "TQDM_DISABLE"):
        monkeypatch.delenv(name, raising=False)
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    with Progress("score", 10, "prompt") as bar:
        for _ in range(10):
            now[0] += 10
            bar.update()
    assert capsys.readouterr().err.splitlines() == [
        "score: 3 of 10 prompts (30 s, about 70 s left)",
        "score: 6 of 10 prompts (60 s, about 40 s left)",
        "score: 9 of 10 prompts (90 s, about 10 s left)",
    ]
