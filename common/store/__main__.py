"""`python -m common.store show | verify | export FILE | prune`.

Exit codes: 0 done, 1 `verify` found damage, 2 something is wrong (said in one line), 130 interrupted.
"""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from common.errors import InputError
from common.paths import OUTPUTS
from common.store import export, export_scores, upkeep
from common.store.database import in_plain_words
from common.store.store import Store


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (`sys.argv` where `arguments` is None) and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        if not options.store.is_file():
            raise InputError(f"store {options.store}: no such file; name another with --store")
        store = Store(options.store)
        with in_plain_words(store.path):
            command: Callable[[Store, argparse.Namespace], int] = options.command
            return command(store, options)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; nothing is half-done", file=sys.stderr)
        return 130


def _show(store: Store, options: argparse.Namespace) -> int:
    print(f"{store.path}: {_size(store.path) / 2**20:,.1f} MiB")
    lines = [("model", "backend", "dtype", "kind", "requests", "rows", "values")]
    for held in upkeep.holdings(store.connection):
        who = json.loads(held.identity)
        model, backend, dtype = (str(who.get(name, "")) for name in ("model", "backend", "dtype"))
        lines.append((model, backend, dtype, held.kind, f"{held.requests:,}", f"{held.rows:,}", f"{held.values:,}"))
    width = max(len(model) for model, *_ in lines)
    for line in lines:
        print("{:<{}}  {:<8}  {:<9}  {:<8}  {:>8}  {:>10}  {:>12}".format(line[0], width, *line[1:]))
    return 0


def _verify(store: Store, options: argparse.Namespace) -> int:
    problems = [f"row {id_}: {what}" for id_, what in upkeep.damaged(store.connection)]
    problems += upkeep.structure(store.connection)
    (rows,) = store.connection.execute("SELECT count(*) FROM rows").fetchone()
    print(*problems, f"{rows:,} rows checked, {len(problems)} problem(s)", sep="\n")
    return 1 if problems else 0


def _export(store: Store, options: argparse.Namespace) -> int:
    if options.file.resolve() == store.path.resolve():
        raise InputError(f"{options.file}: is the store itself, name another file to export to")
    table = export_scores if options.scores else export
    written = export.to_parquet(options.file, table.SCHEMA, table.batches(store.connection, options.model))
    print(f"{written:,} {'scores' if options.scores else 'completions'} in {options.file}")
    return 0


def _prune(store: Store, options: argparse.Namespace) -> int:
    if options.model is None and options.older_than is None and not options.bad:
        raise InputError("prune: say which rows, by --model, --older-than or --bad")
    before = datetime.now() - timedelta(days=options.older_than) if options.older_than is not None else None
    size = _size(store.path)
    removed = upkeep.prune(store.connection, options.model, before, options.bad)
    print(f"{removed:,} rows removed, {(size - _size(store.path)) / 2**20:,.1f} MiB freed")
    return 0


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")) if file.exists())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m common.store", description="Completions and scores on disk.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--store", type=Path, default=OUTPUTS / "store.sqlite", help="the file (default: %(default)s)")
    which = argparse.ArgumentParser(add_help=False)
    which.add_argument("--model", metavar="START", help="only models whose name in `show` starts so")

    show = commands.add_parser("show", parents=[where], help="count what is stored, by model")
    show.set_defaults(command=_show)
    verify = commands.add_parser("verify", parents=[where], help="check every row; exit code 1 if any is damaged")
    verify.set_defaults(command=_verify)
    table = commands.add_parser("export", parents=[where, which], help="write the completions to a Parquet file")
    table.set_defaults(command=_export)
    table.add_argument("file", type=Path)
    table.add_argument("--scores", action="store_true", help="the scores of continuations and options instead")
    prune = commands.add_parser("prune", parents=[where, which], help="remove the rows that meet all conditions given")
    prune.set_defaults(command=_prune)
    prune.add_argument("--older-than", type=_days, metavar="DAYS", help="only rows written so many days ago or earlier")
    prune.add_argument("--bad", action="store_true", help="only damaged rows")
    return parser


def _days(text: str) -> int:
    if not text.isdecimal() or len(text) > 5:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of days")
    return int(text)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `show | head` ends without a traceback, as other tools do
    sys.exit(main())
