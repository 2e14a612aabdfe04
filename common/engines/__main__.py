"""`python -m common.engines compare MODEL --a hf --b vllm --prompts FILE`.

Exit codes: 0 both backends agree, 1 they differ, 2 something is wrong (said in one line), 130 interrupted.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from common.errors import InputError

TOLERANCE = {None: 1e-3, "float32": 1e-3, "bfloat16": 0.3, "float16": 0.05}
"""Largest difference of a token's log-probability that rounding explains, by dtype."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (`sys.argv` where `arguments` is None) and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _compare(options)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _compare(options: argparse.Namespace) -> int:
    from common.engines.compare import compare, prompts_in  # heavy: not for --help

    tolerance = TOLERANCE[options.dtype] if options.tolerance is None else options.tolerance
    names = options.a, options.b
    found = compare(options.model, names, prompts_in(options.prompts), options.max_tokens, options.dtype)
    for difference in found:
        print(*difference.lines(names), sep="\n")
    agreeing = sum(difference.agrees(tolerance) for difference in found)
    print(
        f"{agreeing} of {len(found)} prompts agree (tolerance {tolerance}); "
        f"greedy completions are the same for {sum(one.parts_at is None for one in found)}, "
        f"log-probabilities differ by up to {max(one.largest for one in found):.1e}"
    )
    return 0 if agreeing == len(found) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m common.engines", description="Language models behind one interface."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    compare = commands.add_parser("compare", help="ask two backends the same, and show where they part")
    compare.add_argument("model", metavar="MODEL", help="folder, registered name, GGUF file, or Hub id")
    compare.add_argument("--a", choices=["hf", "vllm"], default="hf", help="(default: %(default)s)")
    compare.add_argument("--b", choices=["hf", "vllm"], default="vllm", help="(default: %(default)s)")
    compare.add_argument(
        "--prompts", type=Path, required=True, metavar="FILE", help="a prompt a line; in .jsonl a string or messages"
    )
    compare.add_argument("--max-tokens", type=_positive, default=32, metavar="N", help="(default: %(default)s)")
    compare.add_argument(
        "--dtype", choices=["float32", "bfloat16", "float16"], help="of both (default: the model's, or float32)"
    )
    compare.add_argument(
        "--tolerance", type=float, metavar="X", help="of a token's log-probability (default: 1e-3, more for 16 bits)"
    )
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
