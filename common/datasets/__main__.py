"""`python -m common.datasets fetch [PREFIX ...]`, `on-demand [PREFIX ...]` and `status`.

Exit codes: 0 done, 2 something is wrong (said in one line each), 130 interrupted.
"""

import argparse
import sys
from collections.abc import Sequence

from common import paths
from common.datasets import copies, mcq_bias, on_demand, registry
from common.datasets.fetch import extra_files, fetch
from common.datasets.registry import Entry
from common.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (`sys.argv` where `arguments` is None) and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "status":
            return _status()
        return (_on_demand if options.command == "on-demand" else _fetch)(options.prefix)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: run it again, it goes on where it stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m common.datasets", description="The pinned public data.")
    commands = parser.add_subparsers(dest="command", required=True)
    fetching = commands.add_parser("fetch", help="bring the files into data/, checked against the registry")
    fetching.add_argument("prefix", nargs="*", help="only the files whose path starts so, such as gsm8k/")
    asking = commands.add_parser("on-demand", help="bring files into data_on_demand/ and pin them by their first use")
    asking.add_argument("prefix", nargs="*", help="only the files whose path starts so, such as mcq_bias/results_arc")
    commands.add_parser("status", help="which files are here and verified")
    return parser


def _fetch(prefixes: Sequence[str]) -> int:
    pins = _chosen(prefixes)
    if _refused(fetch(pins, paths.DATA, registry.mirror()), len(pins)):
        return 2
    extras = [] if prefixes else extra_files(pins, paths.DATA)
    if extras:
        raise InputError(
            f"{paths.DATA} holds files that the registry does not list, which changes its lock: "
            f"{', '.join(extras)}: move them out"
        )
    print(f"{len(pins)} files verified in {paths.DATA}")
    return 0


def _on_demand(prefixes: Sequence[str]) -> int:
    known = [source for dataset in mcq_bias.SUBJECTS for source in mcq_bias.sources(dataset)]
    chosen = [source for source in known if not prefixes or source.path.startswith(tuple(prefixes))]
    if not chosen:
        raise InputError("no file fetched on demand starts so: try mcq_bias/results_arc or mcq_bias/results_mmlu")
    if _refused(on_demand.fetch_sources(chosen, registry.mirror()), len(chosen)):
        return 2
    print(f"{len(chosen)} files verified in {registry.on_demand_folder()}")
    return 0


def _refused(problems: Sequence[str], files: int) -> bool:
    if problems:
        print(f"{len(problems)} of {files} files could not be fetched:", *problems, sep="\n  ", file=sys.stderr)
    return bool(problems)


def _chosen(prefixes: Sequence[str]) -> list[Entry]:
    pins = list(registry.load_registry().values())
    for prefix in prefixes:
        if not any(pin.path.startswith(prefix) for pin in pins):
            raise InputError(f"no registered file starts with '{prefix}': `status` lists them")
    return [pin for pin in pins if not prefixes or pin.path.startswith(tuple(prefixes))]


def _status() -> int:
    pins = list(registry.load_registry().values())
    width = max(len(pin.path) for pin in pins)
    print(f"{'file':<{width}}  {'bytes':>12}  {'rows':>7}  state")
    for pin in pins:
        print(f"{pin.path:<{width}}  {pin.bytes:>12,}  {pin.rows:>7,}  {_state(pin)}")
    return 0


def _state(pin: Entry) -> str:
    wrong = registry.fault(paths.DATA / pin.path, pin)
    if wrong is None:
        return "verified"
    if (paths.DATA / pin.path).exists():
        return f"altered: {wrong}"
    folder = registry.mirror()
    if folder and copies.find(folder, pin.path):
        return "in DATA_MIRROR"
    return "missing"


if __name__ == "__main__":
    sys.exit(main())
