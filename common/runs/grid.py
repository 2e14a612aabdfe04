"""Many runs of one notebook: every combination of lists of parameter values.

    notebook: replications/self_assessment/self_assessment_recorded.ipynb
    parameters:
      seed: [0, 1, 2]
      alpha: [0.05, 0.01]

Each combination is a process of its own and a folder named by a hash of notebook, code and
parameters, so an interrupted grid continues where it stopped and an edited notebook starts anew.
The grid ends in one tidy table, in the order of the grid and not of the clock.
"""

import hashlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from common import progress
from common.errors import InputError
from common.files import write_whole
from common.paths import OUTPUTS, ROOT
from common.runs import cells, parameters
from common.runs.execute import KERNEL_DIED, RunError
from common.runs.provenance import code_digest, relative

ATTEMPTS = 3  # a run whose process died is started this often; a failed cell would only fail again


@dataclass(frozen=True)
class GridRun:
    """One combination of a grid."""

    notebook: Path
    parameters: dict[str, Any]
    folder: Path
    name: str
    """What it is called while it runs."""

    @property
    def finished(self) -> bool:
        """Whether the run is complete: results.json is written last."""
        return (self.folder / "results.json").is_file()


def load_grid(path: Path) -> list[GridRun]:
    """Expand a grid file; every combination is checked before anything runs.

    Raises:
        InputError: the file is malformed or empty, or names a wrong parameter or value.
    """
    try:
        grid = yaml.safe_load(path.read_text())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a YAML file: {' '.join(str(error).split())}") from error
    if not isinstance(grid, dict) or set(grid) != {"notebook", "parameters"}:
        raise InputError(f"{path}: need `notebook: PATH` and `parameters:` with a list of values each, and no more")
    notebook, lists = ROOT / str(grid["notebook"]), grid["parameters"]
    if not isinstance(lists, dict) or not all(isinstance(values, list) and values for values in lists.values()):
        raise InputError(f"{path}: every parameter needs a non-empty list of values, as in `seed: [0, 1]`")
    if not lists:
        raise InputError(f"{path}: the grid is empty: list at least one parameter")
    code = code_digest(notebook) if notebook.is_file() else ""
    runs = []
    for values in itertools.product(*lists.values()):
        checked = parameters.check(notebook, dict(zip(lists, values, strict=True)))
        identity = json.dumps([relative(notebook), code, checked], sort_keys=True)
        name = hashlib.sha256(identity.encode()).hexdigest()[:12]
        runs.append(GridRun(notebook, checked, _folder(notebook) / name, name))
    if len({run.folder for run in runs}) < len(runs):
        raise InputError(f"{path}: a combination appears twice: list each value once")
    return runs


def run_grid(path: Path, jobs: int = 1) -> Path:
    """Run what is not finished yet, `jobs` at a time, and write the table; returns its path.

    Raises:
        InputError: as `load_grid`.
        RunError: some runs failed; the others are finished and stay so.
    """
    runs = load_grid(path)
    run_all(path.name, runs, [run for run in runs if not run.finished], jobs)
    for run in runs:
        for warning in json.loads((run.folder / "results.json").read_text()).get("warnings", ()):
            print(f"warning: {run.name}: {warning}", file=sys.stderr)
    table = _folder(runs[0].notebook) / f"{path.stem}.csv"
    write_whole(table, tidy(runs).to_csv(index=False))
    return table


def _folder(notebook: Path) -> Path:
    return OUTPUTS / cells.folder_of(notebook).name / "runs"


def run_all(title: str, runs: Sequence[GridRun], todo: Sequence[GridRun], jobs: int) -> None:
    """Run those of several runs that are still to do, `jobs` at a time, and tell how far they are.

    Raises:
        RunError: some failed; the others are finished and stay so.
    """
    print(f"{title}: {len(runs)} runs, {len(runs) - len(todo)} finished before, {jobs} at a time", flush=True)
    failures: list[str] = []
    children = _Children(max(1, (os.cpu_count() or 1) // jobs))
    began = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(children.run, run): run for run in todo}
        try:
            while waiting:
                ended, _ = wait(waiting, timeout=progress.EVERY, return_when=FIRST_COMPLETED)
                for one in ended:
                    run = waiting.pop(one)
                    if message := one.result():
                        failures.append(f"{run.name}: {message}")
                print(_state(len(todo), len(waiting), failures, children.at_work, began), file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            children.stop()
            raise
    if failures:
        raise RunError(f"{len(failures)} of {len(runs)} runs failed: {'; '.join(sorted(failures))}", 1)


def _state(todo: int, left: int, failures: Sequence[str], at_work: Mapping[str, str], began: float) -> str:
    """How far a grid is, in one line: of the runs that it has to do, those done, failed and running."""
    seconds, ended = time.monotonic() - began, todo - left
    running = "; ".join(f"{name} {said}".rstrip() for name, said in sorted(at_work.items()))
    remaining = f", about {progress.duration(seconds / ended * left)} left" if ended and left else ""
    return (
        f"{ended - len(failures)} of {todo} runs done, {len(failures)} failed, {min(left, len(at_work))} running"
        f"{running and ': '}{running} ({progress.duration(seconds)}{remaining})"
    )


def tidy(runs: list[GridRun]) -> pd.DataFrame:
    """One row a run and number: the run's parameters, the `quantity` (dotted path) and its `value`."""
    rows = []
    for run in runs:
        results = json.loads((run.folder / "results.json").read_text())
        numbers = dict(_flat(results["metrics"]))
        for claim in results["claims"]:
            ends = {key: claim[key] for key in ("estimate", "low", "high") if claim[key] is not None}
            numbers.update(_flat(ends, f"claims.{claim['id']}"))
        parameters_text = {k: json.dumps(v) if isinstance(v, list) else v for k, v in run.parameters.items()}
        rows += [{"run": run.name, **parameters_text, "quantity": k, "value": v} for k, v in numbers.items()]
    return pd.DataFrame(rows)


class _Children:
    """Runs in processes of their own, that end when this one does.

    A child holds the reading end of a pipe as its standard input: when this process dies, however
    it dies, the pipe closes and the child ends too, so a restarted grid finds no stranger at work.
    """

    def __init__(self, threads: int) -> None:
        self.environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        self.running: set[subprocess.Popen[str]] = set()
        self.at_work: dict[str, str] = {}
        """By name of a run that runs now: the last line it said."""
        self.stopped = False

    def run(self, run: GridRun) -> str | None:
        """Execute one run, again if its process died; returns what went wrong, or None."""
        said, code = "", 0
        for _ in range(ATTEMPTS):
            if self.stopped:
                return "stopped"
            self.at_work[run.name] = ""
            try:
                said, code = self._once(run)
            finally:
                self.at_work.pop(run.name)
            if code == 0:
                return None
            if code > 0 and code != KERNEL_DIED:
                break
        if code < 0:
            return f"ended by signal {-code}"
        return said if said.startswith("error: ") else f"exit code {code}"

    def stop(self) -> None:
        """End every child now and start no more."""
        self.stopped = True
        for child in list(self.running):
            child.terminate()

    def _once(self, run: GridRun) -> tuple[str, int]:
        command = [sys.executable, "-m", "common.runs", "run", str(run.notebook), "--out", str(run.folder)]
        command += ["--json", json.dumps(run.parameters), "--until-stdin-closes"]
        # A session of its own: Ctrl-C reaches this process alone, which then stops its children itself.
        child = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert child.stdin is not None
        assert child.stderr is not None
        self.running.add(child)
        last = ""
        with child.stdin, child.stderr:
            for said in child.stderr:
                self.at_work[run.name] = last = said.strip() or last
        code = child.wait()
        self.running.discard(child)
        return last, code


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for key, value in tree.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        elif isinstance(value, int | float):
            yield name, value
