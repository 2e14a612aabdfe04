"""Command line of the runner. Exit codes: 0 done, 1 a cell failed, 2 bad input, 124 timeout, 138 dead kernel."""

import argparse
import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.runs import parameters, rederive, replicate
from common.runs.cells import section
from common.runs.execute import RunError, default_folder, execute
from common.runs.grid import run_grid
from common.runs.provenance import relative


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the command line, do it, and turn every expected failure into one line and an exit code."""
    arguments = _parser().parse_args(argv)
    try:
        arguments.command(arguments)
    except InputError as error:
        return _fail(str(error), 2)
    except RunError as error:
        return _fail(str(error), error.code)
    except OSError as error:
        return _fail(f"cannot write {error.filename or 'the run'}: {error.strerror or error}", 1)
    except KeyboardInterrupt:
        return _fail("interrupted; nothing half-written, start again to continue", 130)
    return 0


def _run(arguments: argparse.Namespace) -> None:
    if arguments.until_stdin_closes:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    notebook: Path = arguments.notebook
    given = section(notebook, arguments.size) if arguments.size else {}
    changed = _json_object(arguments.json) | parameters.assigned(notebook, arguments.parameter)
    given |= changed
    out = arguments.out or default_folder(notebook, given)
    execute(notebook, given, out, arguments.timeout)
    results = json.loads((out / "results.json").read_text())
    for warning in results.get("warnings", ()):
        print(f"warning: {warning}", file=sys.stderr)
    counts = Counter(claim["verdict"] for claim in results["claims"])
    found = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    print(f"done: {relative(out)}" + (f" ({found})" if found else ""))


def _cells(arguments: argparse.Namespace) -> None:
    chosen = replicate.chosen(arguments.names)
    if arguments.size == "full":
        replicate.full(chosen, arguments.timeout)
    else:
        replicate.quick(chosen, arguments.jobs)


def _rederive(arguments: argparse.Namespace) -> None:
    rederive.rederive(rederive.chosen(arguments.names), arguments.live)


def _grid(arguments: argparse.Namespace) -> None:
    print(f"table: {relative(run_grid(arguments.grid, arguments.jobs))}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m common.runs", description="Run notebooks headlessly.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run one notebook into one folder")
    run.set_defaults(command=_run)
    run.add_argument("notebook", type=Path)
    run.add_argument("--size", choices=["quick", "full"], help="take the parameters of this size from params.yaml")
    run.add_argument(
        "-p",
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a parameter (value as in Python or YAML; text as it stands)",
    )
    run.add_argument("--json", default="{}", help="parameters as one JSON object")
    run.add_argument("--out", type=Path, help="folder of the run (default: by paper, experiment, subject and task)")
    run.add_argument("--timeout", type=_positive, metavar="S", help="most seconds a cell may take")
    run.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)

    cells = commands.add_parser("cells", help="run the cells of params.yaml, and write the report")
    cells.set_defaults(command=_cells)
    cells.add_argument("names", nargs="*", metavar="NAME", help="papers or cells (default: all)")
    cells.add_argument("--size", choices=["quick", "full"], default="quick", help="full runs publish (default: quick)")
    cells.add_argument("--jobs", type=_positive, default=2, help="quick runs at a time (default: %(default)s)")
    cells.add_argument("--timeout", type=_positive, metavar="S", help="most seconds a cell of a full run may take")

    again = commands.add_parser("rederive", help="derive published results about real models again, and compare")
    again.set_defaults(command=_rederive)
    again.add_argument("names", nargs="*", metavar="NAME", help="papers or cells (default: all on real models)")
    again.add_argument("--live", action="store_true", help="ask the models themselves, instead of their recordings")

    grid = commands.add_parser("grid", help="run every combination of a grid file, skipping finished runs")
    grid.set_defaults(command=_grid)
    grid.add_argument("grid", type=Path)
    grid.add_argument("--jobs", type=_positive, default=1, help="notebooks at a time (default: 1)")
    return parser


def _json_object(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"--json {text}: not JSON: {error}") from error
    if not isinstance(given, dict):
        raise InputError(f'--json {text}: need an object, as in {{"seed": 1}}')
    return given


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(143)


def _fail(message: str, code: int) -> int:
    print(f"error: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
