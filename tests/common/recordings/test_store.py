import numpy as np
import pytest

from common.completions import Completion
from common.recordings import store as module
from common.recordings.recording import Recording
from common.recordings.store import RecordedStore
from common.store import Request, Store


@pytest.fixture
def recorded(opened):
    return opened("keep").recorded


def request(recorded, kind="sample"):
    return Request.of(kind, recorded.recording.meta["identity"], {"seed": 0})


DRAWN = [Completion("a", (1,), (-0.5,), "stop", 3)]


def test_what_was_asked_is_recorded_when_it_is_written_and_what_was_only_stored_is_not(recorded):
    asked = request(recorded)
    recorded.add_completions(asked, {"one": DRAWN, "two": DRAWN}, {"torch": "1"})
    assert recorded.completions(asked, ["one"], 1) == {"one": DRAWN}
    assert recorded.recording.completions(asked, ["one"], 1) == {}
    recorded.write()
    assert Recording(recorded.recording.folder).completions(asked, ["one", "two"], 1) == {"one": DRAWN}


def test_what_is_asked_twice_before_a_part_is_written_is_in_it_once(recorded):
    asked, scored = request(recorded), request(recorded, "options")
    recorded.add_completions(asked, {"one": DRAWN}, {})
    recorded.add_scores(scored, {("one", ("a",)): np.ones(1, np.float32)}, {})
    for _ in range(2):
        recorded.completions(asked, ["one"], 1)
        recorded.scores(scored, [("one", ("a",))])
    recorded.write()
    assert recorded.recording.meta["parts"]["part-000.parquet"]["rows"] == 2


def test_parts_are_written_while_a_run_goes_on(recorded, monkeypatch):
    monkeypatch.setattr(module, "EVERY", -1)
    asked = request(recorded, "options")
    for number, prompt in enumerate(["one", "two"], start=1):
        recorded.add_scores(asked, {(prompt, ("a",)): np.ones(1, np.float32)}, {})
        assert recorded.scores(asked, [(prompt, ("a",))])
        assert len(recorded.recording.meta["parts"]) == number


def test_a_recording_that_is_only_read_stays_as_it_is(recorded, tmp_path):
    reader = RecordedStore(recorded.recording, Store(tmp_path / "own.sqlite"), keep=False)
    asked = request(recorded)
    reader.add_completions(asked, {"one": DRAWN}, {})
    assert reader.completions(asked, ["one"], 1) == {"one": DRAWN}
    reader.write()
    assert recorded.recording.meta["parts"] == {}


def test_what_is_recorded_is_not_looked_for_in_the_store(recorded, tmp_path):
    asked = request(recorded)
    recorded.add_completions(asked, {"one": DRAWN}, {})
    recorded.completions(asked, ["one"], 1)
    recorded.write()
    empty = RecordedStore(recorded.recording, Store(tmp_path / "empty.sqlite"), keep=True)
    assert empty.completions(asked, ["one"], 1) == {"one": DRAWN}
    empty.write()
    assert len(recorded.recording.meta["parts"]) == 1
