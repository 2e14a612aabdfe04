"""A toy notebook that a runner can run, and the runner as a real process."""

import os
import signal
import subprocess
import sys
from functools import partial

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from common.paths import ROOT

PARAMETERS = 'n: int = 3  # how many\nscale: float = 1.0\nname: str = "toy"\ncrash: str = ""  # how to fail'
CRASH = """\
import os, signal
if os.environ.get("TOY_LOG"):
    with open(os.environ["TOY_LOG"], "a") as log:
        log.write(f"{n}\\n")
if crash == "raise":
    raise ValueError("told to")
if crash == "die":
    os.kill(os.getpid(), signal.SIGKILL)
while crash == "hang":
    pass
"""
BODY = """\
import json
from pathlib import Path

if crash != "silent":  # what run.finish writes, without its imports
    results = {"claims": [], "metrics": {"sum": n * (n - 1) / 2 * scale}}
    Path(os.environ["RUN_DIR"], "results.json").write_text(json.dumps(results))
"""


@pytest.fixture
def toy(tmp_path):
    """A small notebook in a folder of its own."""
    path = tmp_path / "toys" / "toy.ipynb"
    path.parent.mkdir()
    parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    cells = [parameters, new_code_cell(CRASH), new_code_cell(BODY), new_code_cell("print(n)")]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)
    return path


@pytest.fixture
def runner(tmp_path):
    """Call `python -m common.runs ...` with outputs in a temporary folder; `start` leaves it running."""

    class Runner:
        def __init__(self):
            self.outputs = tmp_path / "outputs"
            self.environment = {**os.environ, "OUTPUTS_DIR": str(self.outputs), "OMP_NUM_THREADS": "1"}

        def start(self, *arguments, **options):
            command = [sys.executable, "-m", "common.runs", *map(str, arguments)]
            # A shell's background jobs ignore Ctrl-C, and hand that on; a runner under test must not.
            listen = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
            pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "preexec_fn": listen}
            options = pipes | options
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, **options)

        def __call__(self, *arguments):
            child = self.start(*arguments)
            out, err = child.communicate(timeout=120)
            return subprocess.CompletedProcess(arguments, child.returncode, out, err)

    return Runner()
