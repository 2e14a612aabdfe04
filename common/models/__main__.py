"""`python -m common.models fetch NAME [NAME ...]` and `list`.

Exit codes: 0 done, 2 something is wrong (said in one line), 130 interrupted.
"""

import argparse
import sys
from collections.abc import Sequence

from common.errors import InputError
from common.models import converted, registry
from common.models.fetch import fetch


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (`sys.argv` where `arguments` is None) and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "list":
            return _list()
        return _fetch(options.name, options.accept_terms)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: run it again, it goes on where it stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m common.models", description="Real models by name.")
    commands = parser.add_subparsers(dest="command", required=True)
    fetching = commands.add_parser("fetch", help="bring models here, checked against the registry and converted")
    fetching.add_argument("name", nargs="+", help="as `list` has it")
    fetching.add_argument("--accept-terms", action="store_true", help="accept the terms that a model is under")
    commands.add_parser("list", help="which models there are, and which are here")
    return parser


def _fetch(names: Sequence[str], accepted: bool) -> int:
    entries = [registry.entry(name) for name in names]
    bound = [entry for entry in entries if entry.terms]
    for entry in bound:
        print(f"{entry.name}: {entry.terms}", flush=True)
    if bound and not accepted:
        raise InputError(f"{bound[0].name} is under terms of its own: say --accept-terms if you accept them")
    for entry in entries:
        print(f"{entry.name} is in {fetch(entry)}", flush=True)
    return 0


def _list() -> int:
    known = registry.load_registry()
    width = max(len(name) for name in known)
    print(f"{'model':<{width}}  {'parameters':>13}  {'download':>8}  {'on disk':>8}  {'licence':<18}  state")
    for name, entry in known.items():
        wrong = converted.fault(converted.cache() / name, entry.sha256)
        sizes = f"{entry.bytes / 1e9:>5.2f} GB  {2 * entry.parameters / 1e9:>5.2f} GB"
        print(f"{name:<{width}}  {entry.parameters:>13,}  {sizes}  {entry.licence:<18}  {wrong or 'is here'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
