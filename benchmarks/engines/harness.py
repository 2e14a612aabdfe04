"""lm-evaluation-harness in an environment and a process of its own: it brings what this project does not need.

The environment is made on first use and kept under .cache; delete the folder to make it anew.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from benchmarks.engines.clock import Spent
from common.paths import ROOT

VERSION = "0.4.13"
ENVIRONMENT = ROOT / ".cache" / "lm-eval"
WORKER = Path(__file__).with_name("harness_worker.py")


def interpreter() -> Path:
    """The environment's Python; makes the environment if there is none, with torch and transformers as here."""
    python = ENVIRONMENT / "bin" / "python"
    ready = ENVIRONMENT / ".ready"
    here = {name: version(name).split("+")[0] for name in ("torch", "transformers", "tokenizers")}
    pinned = [f"{name}=={number}" for name, number in here.items()]
    if not ready.is_file() or ready.read_text() != repr(pinned):
        print(f"making {ENVIRONMENT}; this takes a few minutes", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        install = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*install, pinned[0]], check=True)  # by itself first: a build for this machine if pip has one
        subprocess.run([*install, f"lm-eval[hf]=={VERSION}", *pinned], check=True)
        ready.write_text(repr(pinned))
    return python


class Harness:
    """A running lm-evaluation-harness with one model on the CPU, to be used as a context manager."""

    def __init__(self, folder: Path, threads: int) -> None:
        command = [str(interpreter()), str(WORKER), str(folder), str(threads)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate()

    def score(self, prompts: Sequence[str], options: Sequence[str], batch_size: int) -> Spent:
        """Seconds of `loglikelihood` alone, with the [N, K] log-probabilities as its result."""
        asked = {"prompts": list(prompts), "options": list(options), "batch_size": batch_size}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"lm-evaluation-harness ended with status {self._process.wait()}")
        said = json.loads(answer)
        return Spent(said["wall"], said["cpu"], np.array(said["logprobs"]).reshape(len(prompts), len(options)))
