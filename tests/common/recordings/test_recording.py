import json
import shutil

import numpy as np
import pytest

from common.completions import Completion
from common.engines import load_engine
from common.errors import InputError
from common.locks import sole_owner
from common.recordings import META, parts
from common.recordings.recording import Recording
from common.store import Request
from tests import small_models


@pytest.fixture(scope="module")
def engine(chat_model):
    return load_engine(chat_model, engine="hf", store=None)


@pytest.fixture
def recording(folder, subject, engine):
    return Recording.begin(folder, subject, engine)


def add(recording, prompt, answers):
    request = Request.of("sample", recording.meta["identity"], {"seed": 0})
    drawn = [Completion(text, (1,), (-0.5,), "stop", 3) for text in answers]
    rows = [parts.completion_row(request, prompt, sample, one) for sample, one in enumerate(drawn)]
    recording.append({request.digest.hex(): request}, rows, {"torch": "1"})
    return request


def test_meta_says_what_model_was_asked_and_how(recording, engine):
    meta = json.loads((recording.folder / META).read_text())
    assert meta["identity"] == engine.identity
    assert meta["chat_template"] == small_models.CHAT
    assert meta["special_tokens"]["eos_token"] == engine.codec.tokenizer.eos_token
    assert (meta["subject"], meta["context_length"], meta["parts"]) == ("chat", engine.context_length, {})


def test_parts_are_only_added_and_what_is_there_is_not_written_twice(recording):
    request = add(recording, "one", ["a", "b"])
    first = (recording.folder / "part-000.parquet").read_bytes()
    add(recording, "one", ["a", "b"])
    assert list(recording.meta["parts"]) == ["part-000.parquet"]
    add(recording, "two", ["c"])
    assert (recording.folder / "part-000.parquet").read_bytes() == first
    again = Recording(recording.folder)
    assert list(again.meta["parts"]) == ["part-000.parquet", "part-001.parquet"]
    assert again.meta["requests"] == {request.digest.hex(): {"kind": "sample", "settings": {"seed": 0}}}
    texts = {text: [one.text for one in found] for text, found in again.completions(request, ["one", "two"], 1).items()}
    assert texts == {"one": ["a"], "two": ["c"]}
    assert again.completions(request, ["one", "two", "three"], 2).keys() == {"one"}


def test_what_another_process_added_in_the_meantime_is_kept(recording):
    other = Recording(recording.folder)
    add(recording, "one", ["a"])
    request = add(other, "two", ["b"])
    assert Recording(recording.folder).completions(request, ["one", "two"], 1).keys() == {"one", "two"}


def test_while_another_process_writes_a_part_nothing_is_written(recording):
    refusal = "another process is recording: wait"
    with sole_owner(recording.folder / ".lock", ""), pytest.raises(InputError, match=refusal):
        add(recording, "one", ["a"])
    assert not list(recording.folder.glob("*.parquet"))


def test_what_a_killed_process_left_is_overwritten(recording):
    (recording.folder / "part-000.parquet").write_bytes(b"half")
    request = add(Recording(recording.folder), "one", ["a"])
    assert Recording(recording.folder).completions(request, ["one"], 1)


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_part_that_is_missing_or_damaged_is_named(recording, damage):
    add(recording, "one", ["a"])
    part = recording.folder / "part-000.parquet"
    part.unlink() if damage == "missing" else part.write_bytes(part.read_bytes()[:-1] + b"x")
    said = "part-000.parquet is missing" if damage == "missing" else "part-000.parquet is not as it was recorded"
    with pytest.raises(InputError, match=rf"{said}.*git checkout"):
        Recording(recording.folder)


@pytest.mark.parametrize(
    ("meta", "message"),
    [("{}", "no recording can be read"), ('{"schema": 7}', "recorded in schema 7, this code reads 1")],
)
def test_another_schema_or_no_meta_is_refused(folder, meta, message):
    folder.mkdir(parents=True)
    (folder / META).write_text(meta)
    with pytest.raises(InputError, match=message):
        Recording(folder)


def test_another_model_and_another_template_are_refused_by_name(recording, engine, chat_model, tmp_path):
    recording.check(engine)
    other = shutil.copytree(chat_model, tmp_path / "other")
    with pytest.raises(InputError, match=r"recorded with model 'chat.*@sha256:.*, here it is 'other@sha256:"):
        recording.check(load_engine(other, engine="hf", store=None))
    template = engine.codec.tokenizer.chat_template
    try:
        engine.codec.tokenizer.chat_template = template + " "
        with pytest.raises(InputError, match="recorded with chat template"):
            recording.check(engine)
    finally:
        engine.codec.tokenizer.chat_template = template


def test_scores_are_found_by_prompt_and_options(recording):
    request = Request.of("options", recording.meta["identity"], {})
    rows = [
        parts.score_row(request, "one", listed, np.array(values)) for listed, values in (("ab", [0.5]), ("ba", [0.1]))
    ]
    recording.append({request.digest.hex(): request}, rows, {})
    found = recording.scores(request, [("one", ("a", "b")), ("one", ("a",)), ("two", ("a", "b"))])
    assert {key: values.tolist() for key, values in found.items()} == {("one", ("a", "b")): [0.5]}
