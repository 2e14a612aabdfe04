"""Killed between solutions and verifications, or within the latter, and started again: nothing is sampled twice."""

import signal
import subprocess
import sys

import pandas as pd
import pytest

from common.engines.cached import CachedEngine
from common.engines.hf import HFEngine
from common.paths import ROOT
from common.store import Store
from replications.genrm_vs_sc import experiment, tasks

MODEL = ROOT / "models" / "lab-0.15m"
LAB = tasks.named("lab")


class Counting(HFEngine):
    """Counts the chunks that are really sampled; `dies_after` so many of them it is killed."""

    def __init__(self, dies_after=None):
        super().__init__(MODEL, device="cpu", batch_size=8)
        self.chunks, self.dies_after = 0, dies_after

    def sample_chunk(self, texts, sampling, chunk):
        if self.chunks == self.dies_after:
            import os

            os.kill(os.getpid(), signal.SIGKILL)
        self.chunks += 1
        return super().sample_chunk(texts, sampling, chunk)


def run(engine, path):
    cached = CachedEngine(engine, Store(path))
    items = LAB.draw("dev", 5, 0)
    rows = experiment.solve(cached, LAB, items, 4, seed=0)
    solving = engine.chunks
    return rows, experiment.verify(cached, LAB, items, rows, 2, seed=0), solving


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    engine = Counting()
    rows, verified, solving = run(engine, tmp_path_factory.mktemp("whole") / "store.sqlite")
    return rows, verified, solving, engine.chunks


@pytest.mark.parametrize("verifications_done", [0, 2])
def test_a_killed_run_goes_on_where_it_was_and_ends_the_same(undisturbed, verifications_done, tmp_path):
    rows, verified, solving, total = undisturbed
    assert 0 < solving <= solving + verifications_done < total
    path = tmp_path / "store.sqlite"
    died_after = solving + verifications_done
    script = f"from tests.replications.genrm_vs_sc.test_resume import *; run(Counting({died_after}), r'{path}')"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    engine = Counting()
    again, checked, solved_again = run(engine, path)
    assert solved_again == 0
    assert engine.chunks == total - died_after
    pd.testing.assert_frame_equal(again, rows)
    assert checked.texts == verified.texts
    pd.testing.assert_frame_equal(pd.DataFrame(checked.probability), pd.DataFrame(verified.probability))
