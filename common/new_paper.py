"""Start a replication: ``python -m common.new_paper NAME`` (`make new-paper NAME=...`) copies template/ under a name.

What comes out runs at once, on two lab models: notebook, claims, tests, sizes and cells. docs/adding_a_paper.md says
what to change then.
"""

import argparse
import keyword
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from common.errors import InputError
from common.files import write_whole
from common.paths import ROOT

NAME = "newpaper"
"""What the template is called wherever it names itself."""
SIZES = """{name}:
  {name}:
    quick: {{questions: 100, resamples: 300}}
    full: {{questions: 800, resamples: 10000}}
"""
CELLS = """  {name}-lab-0.15m: {{paper: {name}, experiment: {name}, subject: lab-0.15m, task: facts}}
  {name}-lab-1.3m: {{paper: {name}, experiment: {name}, subject: lab-1.3m, task: facts}}
"""


def create(name: str) -> Path:
    """The folder of a new replication, which was copied from the template.

    Raises:
        InputError: a name that is no identifier in lower case, or is taken. Nothing was written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise InputError(f"{name!r} cannot be a paper's name: lower-case letters, digits and _ alone, such as self_rag")
    folder, tests, params = ROOT / "replications" / name, ROOT / "tests" / "replications" / name, ROOT / "params.yaml"
    for taken in (folder, tests):
        if taken.exists():
            raise InputError(f"{taken.relative_to(ROOT)} exists: choose another name, or remove it")
    sizes, begin, cells = params.read_text().partition("\n# Cells, a line each")
    if not begin or "\nunpublished:\n" not in cells:
        raise InputError("params.yaml has no section `unpublished` under its comment on cells: add it")
    _copy(ROOT / "template", folder, name, ignore="tests")
    _copy(ROOT / "template" / "tests", tests, name)
    cells = cells.replace("\nunpublished:\n", f"\nunpublished:\n{CELLS.format(name=name)}")
    write_whole(params, f"{sizes}{SIZES.format(name=name)}{begin}{cells}")
    return folder


def _copy(source: Path, target: Path, name: str, ignore: str = "") -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ignore))
    for file in [file for file in target.rglob("*") if file.is_file()]:
        file.write_text(file.read_text().replace(NAME, name))
        file.rename(file.with_name(file.name.replace(NAME, name)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line; bad input is one line and exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m common.new_paper", description=__doc__)
    parser.add_argument("name", help="folder under replications/, such as self_rag")
    try:
        folder = create(parser.parse_args(arguments).name)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{folder.relative_to(ROOT)}: write claims.yaml first; `make {folder.name}` runs it (docs/adding_a_paper.md)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
