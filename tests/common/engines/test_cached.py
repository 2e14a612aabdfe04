import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import warnings
from collections import Counter
from contextlib import closing
from hashlib import sha256
from multiprocessing import get_context

import numpy as np
import pytest

from common.completions import Completion, LogitSums
from common.engines import cached
from common.engines.base import Engine, OptionScores, Sampling
from common.engines.cached import CachedEngine
from common.errors import InputError
from common.paths import ROOT
from common.store import Store, rows

SAMPLING = Sampling(n=3, max_tokens=6, seed=5)
WIDTH = 3
"""Prompts in a chunk."""
PROMPTS = [f"prompt {'x' * (i % 4)} {i}" for i in range(20)]


def number(*parts) -> int:
    return int.from_bytes(sha256(json.dumps(parts).encode()).digest()[:4])


class FakeEngine(Engine):
    """Text from a hash. Log-probabilities depend on the whole chunk in the last bits, as those of real batches do.

    Everything computed goes to a log file, which survives a kill. After `die_after` chunks it kills itself.
    """

    context_length = 1000

    def __init__(self, log, die_after=None, model="owner/fake"):
        self.identity = {"backend": "fake", "model": model, "dtype": "float32", "semantics": 1}
        self.versions = {"fake": "1.0"}
        self.log = log
        self.die_after = die_after
        self.chunks = 0

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def note(self, *lines):
        with self.log.open("a") as log:
            log.writelines(f"{line}\n" for line in lines)

    def render(self, prompt):
        return prompt if isinstance(prompt, str) else "".join(f"<{m['role']}>{m['content']}" for m in prompt)

    def plan(self, texts, sampling):
        if any(len(text) > self.context_length for text in texts):
            raise InputError("too long")
        self.note(f"plan {len(texts)}")
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        return [order[start : start + WIDTH] for start in range(0, len(order), WIDTH)]

    def sample_chunk(self, texts, sampling, chunk):
        if self.chunks == self.die_after:
            os.kill(os.getpid(), signal.SIGKILL)
        self.chunks += 1
        beside = [texts[index] for index in chunk]
        self.note(*(f"{text}#{sample}" for text in beside for sample in range(sampling.n)))
        return [[self.completion(text, sample, beside, sampling) for sample in range(sampling.n)] for text in beside]

    def completion(self, text, sample, beside, sampling) -> Completion:
        key = number(sampling.seed, sampling.temperature, text, sample)
        ids = tuple(number(key, position) % 50_000 for position in range(sampling.max_tokens))
        logprobs = tuple(float(np.float32(-1 - number(key, token, beside) / 2**40)) for token in ids)
        sums = LogitSums(*np.float32([key / 2**32] * 6).tolist()) if sampling.logit_sums else None
        return Completion(f"answer {key}", ids, logprobs, "length", len(text), sums)

    def lengths(self, texts, continuations=None):
        return list(map(len, texts))

    def score(self, texts, continuations):
        self.note(*(f"{text} logprobs" for text in texts))
        return [
            np.array([-number(text, c, texts) / 2**32 for c in listed], dtype=np.float32)
            for text, listed in zip(texts, continuations, strict=True)
        ]

    def score_options(self, texts, options):
        if isinstance(options, str):
            raise InputError("lists of strings")
        if "two words" in options:
            raise InputError("not a single token")
        self.note(*(f"{text} options" for text in texts))
        raw = np.array([[number(text, o, texts) for o in options] for text in texts], dtype=np.float32)
        raw = raw.reshape(len(texts), len(options))
        return OptionScores(raw / raw.sum(axis=1, keepdims=True), raw.sum(axis=1) / np.float32(2**40))

    def score_layers(self, texts, options):
        scores = self.score_options(texts, options)
        shares = np.stack([scores.probabilities, scores.probabilities[:, ::-1]], axis=1)
        return OptionScores(shares, np.stack([scores.mass, scores.mass / 2], axis=1))

    def hidden_states(self, prompts):
        return np.array([[number(self.render(prompt))] for prompt in prompts], dtype=np.float32)


@pytest.fixture
def bare(tmp_path) -> FakeEngine:
    return FakeEngine(tmp_path / "bare.log")


@pytest.fixture
def engine(tmp_path) -> CachedEngine:
    engine = CachedEngine(FakeEngine(tmp_path / "log"), Store(tmp_path / "store.sqlite"))
    yield engine
    engine.store.close()


def run(function) -> int:
    """Run a function in a child process; its exit code, negative for a signal."""
    child = get_context("fork").Process(target=function)
    with warnings.catch_warnings(action="ignore"):  # newer Pythons warn of forks beside threads; children use none
        child.start()
    child.join()
    return child.exitcode


def kept(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT texts.text, part, data FROM rows JOIN texts ON prompt = texts.id ORDER BY 1, 2"
        ).fetchall()


def test_the_first_run_gives_what_the_engine_gives(engine, bare):
    assert engine.sample(PROMPTS, SAMPLING) == bare.sample(PROMPTS, SAMPLING)


def test_the_second_run_computes_nothing_and_gives_the_same(engine):
    first = engine.sample(PROMPTS, SAMPLING)
    calls = engine.engine.calls()
    assert engine.sample(PROMPTS, SAMPLING) == first
    assert engine.sample(PROMPTS[::-1][:5], SAMPLING) == first[::-1][:5]
    assert engine.engine.calls() == calls


@pytest.mark.parametrize(
    "change", [{"seed": 6}, {"temperature": 0.5}, {"top_p": 0.5}, {"max_tokens": 7}, {"stop": (".",)}]
)
def test_other_settings_are_computed_anew(engine, bare, change):
    engine.sample(PROMPTS, SAMPLING)
    other = SAMPLING.model_copy(update=change)
    assert engine.sample(PROMPTS, other) == bare.sample(PROMPTS, other)


def test_another_model_is_computed_anew(engine, tmp_path):
    engine.sample(PROMPTS[:3], SAMPLING)
    other = FakeEngine(tmp_path / "other.log", model="owner/other")
    CachedEngine(other, engine.store).sample(PROMPTS[:3], SAMPLING)
    assert len(other.calls()) == 1 + 9


def test_more_samples_keep_those_there_are(engine):
    first = engine.sample(PROMPTS, SAMPLING)
    more = engine.sample(PROMPTS, SAMPLING.model_copy(update={"n": 5}))
    assert [completions[:3] for completions in more] == first
    assert {len(completions) for completions in more} == {5}
    assert [completions[:2] for completions in first] == engine.sample(PROMPTS, SAMPLING.model_copy(update={"n": 2}))


def test_only_chunks_that_lack_something_are_computed(engine, bare):
    chunks = bare.plan(PROMPTS, SAMPLING)
    whole, part = [PROMPTS[index] for index in chunks[2]], PROMPTS[chunks[4][0]]
    engine.sample([*whole, part], SAMPLING)
    before = Counter(engine.engine.calls())
    engine.sample(PROMPTS, SAMPLING)
    computed = Counter(engine.engine.calls()) - before
    lacking = {*PROMPTS} - {*whole}
    assert computed == Counter(["plan 20", *(f"{text}#{sample}" for text in lacking for sample in range(3))])


def test_messages_and_their_rendered_text_share_their_completions(engine):
    (first,) = engine.sample([[{"role": "user", "content": "Hi"}]], SAMPLING)
    assert engine.sample(["<user>Hi"], SAMPLING) == [first]
    assert engine.engine.calls().count("<user>Hi#0") == 1


def test_the_same_prompt_twice_is_computed_once_and_gets_the_same_completions(engine):
    a, b, c = engine.sample(["a", "b", "a"], SAMPLING)
    assert a == c != b
    assert a is not c
    assert Counter(engine.engine.calls())["a#0"] == 1


def test_nothing_asked_is_nothing_computed(engine):
    assert engine.sample([], SAMPLING) == []
    assert engine.logprobs([], []) == []
    assert engine.option_scores([], [" A", " B"]).probabilities.shape == (0, 2)


@pytest.mark.parametrize("die_after", [0, 1, 3, 6])
def test_killed_and_started_again_it_ends_with_the_same_bytes_and_computes_nothing_twice(tmp_path, die_after):
    log, path, whole = tmp_path / "log", tmp_path / "store.sqlite", tmp_path / "whole.sqlite"
    killed = run(lambda: CachedEngine(FakeEngine(log, die_after), Store(path)).sample(PROMPTS, SAMPLING))
    assert killed == -signal.SIGKILL
    engine, undisturbed = FakeEngine(log), CachedEngine(FakeEngine(tmp_path / "whole.log"), Store(whole))
    resumed = CachedEngine(engine, Store(path)).sample(PROMPTS, SAMPLING)
    assert engine.chunks == 7 - die_after
    assert resumed == undisturbed.sample(PROMPTS, SAMPLING)
    assert kept(path) == kept(whole)
    sampled = Counter(line for line in engine.calls() if "#" in line)
    assert sampled == Counter(f"{text}#{sample}" for text in PROMPTS for sample in range(3))


def test_killed_while_storing_only_that_chunk_is_computed_again(tmp_path, monkeypatch):
    def insert(*arguments):
        count.append(rows_insert(*arguments))
        if len(count) == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    count, rows_insert = [], rows.insert
    log, path = tmp_path / "log", tmp_path / "store.sqlite"
    with monkeypatch.context() as patched:
        patched.setattr(rows, "insert", insert)
        assert run(lambda: CachedEngine(FakeEngine(log), Store(path)).sample(PROMPTS, SAMPLING)) == -signal.SIGKILL
    engine = FakeEngine(log)
    whole = CachedEngine(FakeEngine(tmp_path / "whole.log"), Store(tmp_path / "whole.sqlite"))
    assert CachedEngine(engine, Store(path)).sample(PROMPTS, SAMPLING) == whole.sample(PROMPTS, SAMPLING)
    assert engine.chunks == 7 - 2
    assert kept(path) == kept(tmp_path / "whole.sqlite")


def test_an_interrupt_keeps_the_chunks_that_are_finished(engine, monkeypatch):
    def interrupt(texts, sampling, chunk):
        if engine.engine.chunks == 4:
            raise KeyboardInterrupt
        return sample_chunk(texts, sampling, chunk)

    sample_chunk = engine.engine.sample_chunk
    monkeypatch.setattr(engine.engine, "sample_chunk", interrupt)
    with pytest.raises(KeyboardInterrupt):
        engine.sample(PROMPTS, SAMPLING)
    assert len(kept(engine.store.path)) == 4 * 3
    monkeypatch.setattr(engine.engine, "sample_chunk", sample_chunk)
    engine.sample(PROMPTS, SAMPLING)
    assert engine.engine.chunks == 7


def test_two_processes_with_one_store_lose_and_double_nothing(tmp_path):
    path = tmp_path / "store.sqlite"

    def sample(name, prompts):
        engine = CachedEngine(FakeEngine(tmp_path / name), Store(path))
        assert engine.sample(prompts, SAMPLING) == engine.sample(prompts, SAMPLING)

    def both():
        children = [
            get_context("fork").Process(target=sample, args=arguments)
            for arguments in [("a.log", PROMPTS), ("b.log", PROMPTS[::-1]), ("c.log", PROMPTS[5:])]
        ]
        for child in children:
            child.start()
        for child in children:
            child.join()
        os._exit(sum(child.exitcode != 0 for child in children))

    assert run(both) == 0
    assert [(text.decode(), part) for text, part, _ in kept(path)] == [(text, 0) for text in sorted(PROMPTS)]
    with closing(Store(path)) as store:
        assert len(store.frame()) == len(PROMPTS) * 3


def test_a_damaged_row_is_computed_again_with_its_chunk_and_the_others_stay(engine, caplog):
    first = engine.sample(PROMPTS, SAMPLING)
    before = kept(engine.store.path)
    with closing(sqlite3.connect(engine.store.path)) as connection, connection:
        connection.execute("UPDATE rows SET data = zeroblob(1) || substr(data, 2) WHERE id IN (4, 5, 9)")
    calls = len(engine.engine.calls())
    assert engine.sample(PROMPTS, SAMPLING) == first
    assert kept(engine.store.path) == before
    assert len(engine.engine.calls()) - calls == 1 + 2 * 3 * 3  # two chunks of three prompts
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_store_that_forgets_at_once_is_an_input_error(engine, monkeypatch):
    monkeypatch.setattr(engine.store, "add_completions", lambda *arguments: None)
    with pytest.raises(InputError, match="does not give back what was written"):
        engine.sample(PROMPTS, SAMPLING)


def test_the_engines_input_errors_come_through_and_nothing_is_stored(engine):
    with pytest.raises(InputError, match="too long"):
        engine.sample(["x" * 2000], SAMPLING)
    with pytest.raises(InputError, match="not a single token"):
        engine.option_scores(["a"], ["two words"])
    with pytest.raises(InputError, match="one list of strings for each prompt"):
        engine.logprobs(["a"], [])
    with pytest.raises(InputError, match="prompts must be a list"):
        engine.sample("a", SAMPLING)
    with pytest.raises(InputError, match="one list of strings for each prompt"):
        engine.logprobs(["a"], [" b"])
    with pytest.raises(InputError, match="lists of strings"):
        engine.option_scores(["a"], " b")
    with pytest.raises(InputError, match="sampling must be a Sampling"):
        engine.sample(["a"], None)
    assert kept(engine.store.path) == []


def test_logprobs_are_computed_once_in_chunks_of_the_full_request(engine, bare, monkeypatch):
    monkeypatch.setattr(cached, "PROMPTS", 8)
    continuations = [[" a", f" {i}"] for i in range(20)]
    with monkeypatch.context() as patched:
        patched.setattr(engine.engine, "score", stop_after(engine.engine.score, 2))
        with pytest.raises(InputError, match="interrupted"):
            engine.logprobs(PROMPTS, continuations)
    found = engine.logprobs(PROMPTS, continuations)
    by_length = sorted(range(20), key=lambda index: len(PROMPTS[index]))
    for chunk in (by_length[:8], by_length[8:16], by_length[16:]):
        expected = bare.logprobs([PROMPTS[i] for i in chunk], [continuations[i] for i in chunk])
        assert all(found[i].dtype == np.float32 and (found[i] == e).all() for i, e in zip(chunk, expected, strict=True))
    assert Counter(engine.engine.calls()) == Counter(f"{text} logprobs" for text in PROMPTS)
    assert engine.logprobs(PROMPTS[:1], continuations[:1])[0].tolist() == found[0].tolist()


def stop_after(function, calls):
    def limited(*arguments):
        if not left:
            raise InputError("interrupted")
        left.pop()
        return function(*arguments)

    left = [None] * calls
    return limited


def test_the_same_prompt_with_other_continuations_is_another_question(engine, bare):
    prompts, continuations = ["a", "a", "a"], [[" x"], [" x", " y"], [" x"]]
    one, two, three = engine.logprobs(prompts, continuations)
    assert (one == three).all()
    one += 1
    assert (one != three).all()
    assert len(two) == 2
    assert engine.logprobs(["a"], [[" y"]])[0].tolist() == bare.logprobs(["a"], [[" y"]])[0].tolist()


def test_option_scores_are_computed_once(engine, bare):
    by_length = sorted(PROMPTS, key=len)
    prompts = [by_length[0], *by_length]
    scores = engine.option_scores(prompts, [" A", " B", " C"])
    expected = bare.option_scores(by_length, [" A", " B", " C"])
    assert scores.probabilities.dtype == scores.mass.dtype == np.float32
    assert (scores.probabilities[1:] == expected.probabilities).all()
    assert (scores.mass[1:] == expected.mass).all()
    assert scores.mass[0] == scores.mass[1]
    again = engine.option_scores(prompts, [" A", " B", " C"])
    assert (again.probabilities == scores.probabilities).all()
    assert Counter(engine.engine.calls()) == Counter(f"{text} options" for text in PROMPTS)
    engine.option_scores(PROMPTS[:1], [" B", " A", " C"])
    assert len(engine.engine.calls()) == 21


def test_option_scores_by_layer_are_computed_once(engine, bare):
    prompts = sorted(PROMPTS[:5], key=len)
    scores = engine.option_scores_by_layer(prompts, [" A", " B", " C"])
    expected = bare.option_scores_by_layer(prompts, [" A", " B", " C"])
    assert scores.probabilities.shape == (5, 2, 3)
    for again in (scores, engine.option_scores_by_layer(prompts, [" A", " B", " C"])):
        assert (again.probabilities == expected.probabilities).all()
        assert (again.mass == expected.mass).all()
    assert (engine.option_scores_by_layer(prompts[:1], [" A", " B", " C"]).mass == scores.mass[:1]).all()
    assert len(engine.engine.calls()) == 5
    engine.option_scores(prompts, [" A", " B", " C"])
    assert len(engine.engine.calls()) == 10  # another kind of question


def test_sums_of_logits_are_kept_under_a_key_of_their_own(engine, bare):
    plain = engine.sample(PROMPTS, SAMPLING)
    summed = engine.sample(PROMPTS, SAMPLING.model_copy(update={"logit_sums": True}))
    assert summed == bare.sample(PROMPTS, SAMPLING.model_copy(update={"logit_sums": True}))
    assert {completion.logits is None for several in plain for completion in several} == {True}
    assert engine.sample(PROMPTS, SAMPLING) == plain


def test_the_key_of_a_draw_is_what_it_was_before_there_were_sums_of_logits(engine):
    engine.sample(PROMPTS[:1], SAMPLING)
    (settings,) = engine.store.connection.execute("SELECT settings FROM requests").fetchone()
    assert json.loads(settings) == {"max_tokens": 6, "seed": 5, "stop": [], "temperature": 1.0, "top_p": 1.0}


def test_what_is_too_long_is_skipped_and_the_rest_stored(engine):
    drawn = engine.sample(["x" * 2000, "short"], SAMPLING, too_long="skip")
    assert drawn.skipped == 1
    assert drawn[1:] == engine.sample(["short"], SAMPLING)
    assert Counter(engine.engine.calls())["short#0"] == 1


def test_everything_else_passes_through(engine, bare):
    assert (engine.identity, engine.versions, engine.context_length) == (bare.identity, bare.versions, 1000)
    assert (engine.hidden_states(PROMPTS) == bare.hidden_states(PROMPTS)).all()
    assert engine.plan(PROMPTS, SAMPLING) == bare.plan(PROMPTS, SAMPLING)
    assert engine.sample_chunk(PROMPTS, SAMPLING, [1]) == bare.sample_chunk(PROMPTS, SAMPLING, [1])


RESUME = """
import sys
from pathlib import Path
from common import progress
from common.engines.cached import CachedEngine
from common.store import Store
from tests.common.engines.test_cached import PROMPTS, SAMPLING, FakeEngine

progress.EVERY = 0
folder = Path(sys.argv[1])
engine = CachedEngine(FakeEngine(folder / "log"), Store(folder / "store.sqlite"))
engine.sample([PROMPTS[index] for index in engine.plan(PROMPTS, SAMPLING)[0]], SAMPLING)
print("resume", file=sys.stderr)
engine.sample(PROMPTS, SAMPLING)
"""


@pytest.mark.parametrize(("disable", "told"), [("", ["sample: 6 of 20 prompts"]), ("1", [])])
def test_progress_begins_with_what_is_stored_and_can_be_silenced(tmp_path, disable, told):
    command = [sys.executable, "-c", RESUME, str(tmp_path)]
    environment = os.environ | {"TQDM_DISABLE": disable}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    lines = done.stderr.partition("resume\n")[2].splitlines()
    assert [line.partition(" (")[0] for line in lines][:1] == told
    assert done.stdout == ""


KILLED = """
import os, signal, sys
from pathlib import Path
from common.engines.cached import CachedEngine
from common.engines.hf import HFEngine
from common.store import Store
from tests.common.engines.test_cached import HF_PROMPTS, HF_SAMPLING

class Dying(HFEngine):
    def sample_chunk(self, texts, sampling, chunk):
        if chunk == self.plan(texts, sampling)[2]:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().sample_chunk(texts, sampling, chunk)

CachedEngine(Dying(sys.argv[1], batch_size=8), Store(Path(sys.argv[2]))).sample(HF_PROMPTS, HF_SAMPLING)
"""
HF_PROMPTS = [f"Question: What is {i} plus {i * 17}? Answer:" for i in range(16)]
HF_SAMPLING = Sampling(n=2, max_tokens=8, seed=3)


def test_a_real_model_killed_and_started_again_ends_with_the_same_bytes(llama_folder, tmp_path):
    from common.engines.hf import HFEngine

    path, whole = tmp_path / "store.sqlite", tmp_path / "whole.sqlite"
    command = [sys.executable, "-c", KILLED, str(llama_folder), str(path)]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(kept(path)) == 2 * 4
    engine = HFEngine(llama_folder, batch_size=8)
    resumed = CachedEngine(engine, Store(path)).sample(HF_PROMPTS, HF_SAMPLING)
    assert resumed == engine.sample(HF_PROMPTS, HF_SAMPLING)
    CachedEngine(engine, Store(whole)).sample(HF_PROMPTS, HF_SAMPLING)
    assert kept(path) == kept(whole)


def test_scores_of_a_real_model_are_read_back_as_they_were_computed(llama_folder, tmp_path):
    from common.engines.hf import HFEngine

    bare = HFEngine(llama_folder)
    engine = CachedEngine(bare, Store(tmp_path / "store.sqlite"))
    continuations = [[" 42", f" {i}"] for i in range(16)]
    for _ in range(2):
        for found, expected in zip(
            engine.logprobs(HF_PROMPTS, continuations), bare.logprobs(HF_PROMPTS, continuations), strict=True
        ):
            np.testing.assert_allclose(found, expected, rtol=1e-5)
        found, expected = (e.option_scores(HF_PROMPTS, ["X", "Y"]) for e in (engine, bare))
        np.testing.assert_allclose(found.probabilities, expected.probabilities, rtol=1e-5)
        np.testing.assert_allclose(found.mass, expected.mass, rtol=1e-5)
