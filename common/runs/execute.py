"""Execute one notebook headlessly. The only caller of papermill.

The run happens in `<out>.partial/` and takes its final place by renaming, after `results.json`
exists and the notebook is normalised; at every moment the last finished run is whole, there or in
`<out>.old/`. What fails is kept in `<out>.failed/` for reading and never looks like a result.

Kernels talk over IPC sockets in a short temporary folder: TCP ports race when many notebooks start at
once, and socket paths end at 107 bytes.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from common import recorded, subjects
from common.errors import InputError
from common.files import write_whole
from common.locks import sole_owner
from common.paths import OUTPUTS, ROOT
from common.runs import cells, parameters
from common.runs.normalise import finish_notebook
from common.runs.provenance import provenance, relative
from common.runs.watch import told

KERNEL_ENVIRONMENT = {
    "TQDM_DISABLE": "1",  # progress bars would end up in the notebook, with their times; `watch` tells instead
    "PYTHONWARNINGS": "ignore:IProgress",  # a bar for the browser that tqdm misses
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",  # matplotlib stamps files with this instead of the clock
}


class RunError(Exception):
    """A run that did not finish; `code` is the exit code that says why."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


CELL_FAILED, TIMED_OUT, KERNEL_DIED = 1, 124, 138  # 124 as in coreutils, 138 as in papermill


def default_folder(notebook: Path, given: Mapping[str, Any]) -> Path:
    """Folder of a notebook's run under `outputs/`: as `cells.place` where it has a subject, else paper and notebook.

    Args:
        notebook: the notebook.
        given: its parameters, as far as they are given.

    Raises:
        InputError: as `parameters.check` and `subjects.find`.
    """
    paper, checked = cells.folder_of(notebook).name, parameters.check(notebook, given)
    if not {"subject", "task"} <= set(checked):
        return OUTPUTS / paper / notebook.stem
    subject = subjects.find(checked["subject"])
    return OUTPUTS / cells.place(paper, cells.experiment_of(notebook.stem), subject, checked["task"])


def execute(
    notebook: Path, given: Mapping[str, Any], out: Path, timeout: int | None = None, recordings: str = ""
) -> Path:
    """Run `notebook` with `given` parameters and leave the finished run in `out`.

    Args:
        notebook: a stripped source notebook.
        given: parameters; missing ones take their defaults.
        out: the run's folder. An earlier run in it is replaced, but only by a finished one.
        timeout: most seconds a cell may take; default: no limit.
        recordings: what becomes of recordings, as `common.recordings.engines.MODE` says.

    Raises:
        InputError: wrong parameters, imported answers that are not here, another run is writing to `out`, or `out`
            holds something that is not a run. Nothing was started.
        RunError: a cell failed, the kernel died, a cell timed out, or `results.json` is missing.
        OSError: the disk is full or not writable.
    """
    checked = parameters.check(notebook, given)
    if "subject" in checked and subjects.find(checked["subject"]).imported:
        recorded.require(checked["subject"], checked["task"])
    out = out.absolute()
    if not out.name:
        raise InputError(f"{out}: a run needs a folder of its own; give another --out")
    partial, failed, old = (out.with_name(f"{out.name}.{what}") for what in ("partial", "failed", "old"))
    out.parent.mkdir(parents=True, exist_ok=True)
    busy = f"{relative(out)}: another run is writing there; wait for it or give --out"
    with sole_owner(out.with_name(f".{out.name}.lock"), busy):
        if old.exists() and not out.exists():  # a kill came between the two renames below
            old.rename(out)
        _refuse_to_replace(out)
        for leftover in (partial, old):
            shutil.rmtree(leftover, ignore_errors=True)
        partial.mkdir(parents=True)
        started = time.monotonic()
        try:
            _run_kernel(notebook, checked, partial, timeout, recordings)
            _complete(notebook, checked, partial, time.monotonic() - started)
        except RunError as error:
            shutil.rmtree(failed, ignore_errors=True)
            partial.rename(failed)
            raise RunError(f"{error}; see {relative(failed / notebook.name)}", error.code) from error
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        if out.exists():
            out.rename(old)
        partial.rename(out)
        for leftover in (failed, old):
            shutil.rmtree(leftover, ignore_errors=True)
    return out


def _run_kernel(
    notebook: Path, checked: Mapping[str, Any], partial: Path, timeout: int | None, recordings: str
) -> None:
    mode = {"RECORDINGS": recordings} if recordings else {}
    with (
        tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as sockets,
        _environment(RUN_DIR=str(partial), PROGRESS_FILE=str(bars := Path(sockets) / "progress"), **mode),
        told(partial / notebook.name, bars),
    ):
        try:
            papermill.execute_notebook(
                str(notebook),
                str(partial / notebook.name),
                dict(checked),
                kernel_name="python3",
                cwd=str(ROOT),
                progress_bar=False,
                execution_timeout=timeout,
                config=Config(
                    {
                        "KernelManager": {"transport": "ipc", "ip": f"{sockets}/k"},
                        # a kernel that is ended in mid-cell would log that nobody takes its answer any more
                        "NotebookClient": {"extra_arguments": ["--log-level=50"]},
                    }
                ),
            )
        except PapermillExecutionError as error:
            message = f"{notebook.name}: cell {error.exec_count} failed with {error.ename}: {error.evalue}"
            raise RunError(message.splitlines()[0], CELL_FAILED) from error
        except (DeadKernelError, RuntimeError) as error:  # nbclient's RuntimeError: it died before it answered at all
            raise RunError(f"{notebook.name}: the kernel died (out of memory, or killed)", KERNEL_DIED) from error
        except CellTimeoutError as error:
            raise RunError(f"{notebook.name}: a cell took longer than {timeout} s", TIMED_OUT) from error


def _complete(notebook: Path, checked: Mapping[str, Any], partial: Path, seconds: float) -> None:
    if not (partial / "results.json").is_file():
        raise RunError(f"{notebook.name}: ended without results.json (does it call run.finish?)", CELL_FAILED)
    data = json.loads((partial / "results.json").read_text()).get("data", {})
    record = provenance(notebook, checked, data, seconds)
    write_whole(partial / "provenance.json", json.dumps(record, indent=1) + "\n")
    finish_notebook(partial / notebook.name, title=f"{cells.folder_of(notebook).name}: {notebook.stem}")


def _refuse_to_replace(out: Path) -> None:
    """Only a run may be replaced (or what DVC leaves of one), or an empty folder."""
    if out.exists() and not out.is_dir():
        raise InputError(f"{relative(out)}: is a file, not the folder of a run; give another --out")
    files = {file.name for file in out.iterdir()} if out.exists() else set()
    if files and not files & {"results.json", "provenance.json"}:
        raise InputError(f"{relative(out)}: holds files that are not a run's; empty it or give another --out")


@contextmanager
def _environment(**more: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(KERNEL_ENVIRONMENT, **more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
