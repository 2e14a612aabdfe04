"""Command line of the lab: train a model, sit the exam, hold the gate, audit the corpus. Exit codes: 0 done, 1 gate
or audit missed, 2 bad input.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from common.errors import InputError
from common.paths import MODELS, OUTPUTS
from lab.ladder import LADDER


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the command line and do it."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; the last checkpoint is kept, start again to continue", file=sys.stderr)
        return 130


def _train(arguments: argparse.Namespace) -> int:
    from lab import train

    recipe = train.Recipe(arguments.size, arguments.seed, arguments.dose)
    folder = arguments.out or OUTPUTS / "lab" / recipe.name
    train.run(recipe, folder, device=arguments.device, steps=arguments.steps, publish=arguments.publish)
    return 0


def _examine(arguments: argparse.Namespace) -> int:
    from lab import cards

    cards.examine(arguments.models or sorted(MODELS.glob("lab-*")))
    return 0


def _gate(arguments: argparse.Namespace) -> int:
    from lab import cards, gate

    found = cards.hold_gate()
    print(gate.table(found))
    counts = Counter(check.verdict for check in found)
    print(f"{counts['pass']} of {len(found)} checks passed on dev questions, {counts['MISS']} missed", end="")
    print(f", {counts['known']} missed as known: see docs/lab-log.md, try 27" if counts["known"] else "")
    return 1 if counts["MISS"] else 0


def _audit(arguments: argparse.Namespace) -> int:
    from lab import audit, corpus, train, world

    recipe = train.Recipe(arguments.size, arguments.seed, arguments.dose)
    here = world.build_world()
    found = audit.audit(here, corpus.documents(here, recipe.tokens, recipe.dose, recipe.seed))
    for finding in found:
        print(f"{'fair  ' if finding.fair else 'UNFAIR'}  {finding.question}: {finding.found}")
    return 0 if all(finding.fair for finding in found) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    commands = parser.add_subparsers(required=True)

    train = commands.add_parser("train", help="train one model, or go on where an interrupted training stopped")
    _recipe(train)
    train.add_argument(
        "--steps", type=int, help="stop after so many steps (the learning rate still follows the whole plan)"
    )
    train.add_argument("--out", type=Path, help="folder of checkpoint and curve (default: outputs/lab/<name>)")
    train.add_argument("--device", default="auto", help="cpu, cuda or auto (default)")
    train.add_argument("--publish", action="store_true", help="copy the finished model to models/")
    train.set_defaults(command=_train)

    exam = commands.add_parser("exam", help="sit the dev exam and write the model cards")
    exam.add_argument("models", nargs="*", type=Path, help="model folders (default: all in models/)")
    exam.set_defaults(command=_examine)

    gate = commands.add_parser(
        "gate", help="examine the largest, the smallest and the untaught model; exit 1 if a bound is missed"
    )
    gate.set_defaults(command=_gate)

    audit = commands.add_parser(
        "audit", help="read a corpus token by token for what would make a test unfair; exit 1 if so"
    )
    _recipe(audit)
    audit.set_defaults(command=_audit)
    return parser


def _recipe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("size", nargs="?", default=next(iter(LADDER)), help=f"one of {', '.join(LADDER)}")
    parser.add_argument("--seed", type=int, default=0, help="seed of corpus and weights (default 0)")
    parser.add_argument(
        "--dose", choices=("none", "low", "high"), default="high", help="share of judging tokens (default high)"
    )


if __name__ == "__main__":
    sys.exit(main())
