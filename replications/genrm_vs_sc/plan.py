"""What a budget buys, before anything is sampled: the grid of S and V, and how wide intervals would be.

`python -m replications.genrm_vs_sc.plan --task gsm8k --hours 2 --tokens-per-second 2500` reckons with numbers given;
`--model NAME` in place of a speed samples a few solutions and verifications of that model first to measure speed and
lengths. Only written tokens count: prompts are read an order of magnitude faster, and once for all that shares them.
"""

import argparse
import math
import sys
import time
from dataclasses import dataclass

import pandas as pd

from common.engines import Engine, load_engine
from common.errors import InputError
from replications.genrm_vs_sc import experiment, tasks
from replications.genrm_vs_sc.tasks import Verifiable

LENGTHS = {"lab": (27.0, 35.0), "gsm8k": (200.0, 300.0), "math500": (500.0, 700.0), "multiarith": (170.0, 250.0)}
"""Tokens of a solution and of a verification to reckon with where none are measured; for lab as measured."""
SIZES, N_VERDICTS = (4, 8, 16, 32, 64, 128, 256), (1, 2, 4, 8, 16, 32)
DISCORDANT = 0.15
"""Share of problems on which voting and verifying differ, for the width of a lead. A guess, on the high side."""
PROBED = 8


@dataclass(frozen=True)
class Speed:
    """Written tokens a second, a solution and a verification."""

    tokens_per_second: float
    solution: float
    verification: float


def probe(engine: Engine, task: Verifiable) -> Speed:
    """Measure speed and lengths on a few dev problems, 4 solutions each with 2 verifications."""
    problems = task.draw("dev", PROBED, 1)
    start = time.perf_counter()
    rows = experiment.solve(engine, task, problems, 4, seed=1)
    verified = experiment.verify(engine, task, problems, rows, 2, seed=1)
    seconds = time.perf_counter() - start
    written = rows["solution"].sum() + verified.tokens.sum()
    return Speed(float(written / seconds), float(rows["solution"].mean()), float(verified.tokens.mean()))


def grid(speed: Speed, hours: float, available: int) -> pd.DataFrame:
    """What `hours` of this speed afford in each cell: problems, hours, and half-widths of 95% intervals.

    `accuracy_within` is for an accuracy of one half; `lead_within` for the difference of two strategies that disagree
    on `DISCORDANT` of the problems. Cells that do not afford two problems are left out.

    Raises:
        InputError: no time, no speed, or nothing is affordable.
    """
    if min(hours, speed.tokens_per_second, speed.solution, speed.verification) <= 0:
        raise InputError("hours, tokens per second and tokens a text must be above 0")
    rows = []
    for s in SIZES:
        for v in N_VERDICTS:
            tokens = s * (speed.solution + v * speed.verification)
            affordable = int(hours * 3600 * speed.tokens_per_second / tokens)
            n = min(affordable, available)
            if n < 2:
                continue
            spent = n * tokens / speed.tokens_per_second / 3600
            row = {"S": s, "V": v, "problems": n, "hours": round(spent, 2)}
            rows.append(row | {"accuracy_within": _half(0.25, n), "lead_within": _half(DISCORDANT, n)})
    if not rows:
        raise InputError("the budget does not afford two problems in the smallest cell: give it more hours")
    return pd.DataFrame(rows)


def most_tokens(task: Verifiable, problems: int, solutions: int, votes: int, verifications: int, verifiers: int) -> int:
    """Tokens that a live experiment writes at most, fine-tuning aside."""
    return problems * (votes + solutions * verifications * verifiers) * task.max_tokens


def main(arguments: list[str] | None = None) -> int:
    """Print the grid; bad input is one line and exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m replications.genrm_vs_sc.plan", description=__doc__)
    parser.add_argument("--task", choices=list(tasks.TASKS), default="lab", help="(default: %(default)s)")
    parser.add_argument("--hours", type=float, required=True, help="of the machine that will sample")
    parser.add_argument("--tokens-per-second", type=float, help="written by the model; or give --model to measure it")
    parser.add_argument("--model", help="folder or Hub id, to measure speed and lengths on a few problems")
    parser.add_argument("--solution-tokens", type=float, help="(default: measured, or reckoned by task)")
    parser.add_argument("--verification-tokens", type=float, help="(default: measured, or reckoned by task)")
    parser.add_argument("--problems", type=int, default=200, help="there are (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        speed = _speed(options)
        table = grid(speed, options.hours, options.problems)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(
        f"{options.task}: {speed.tokens_per_second:,.0f} tokens/s; {speed.solution:.0f} tokens a solution, "
        f"{speed.verification:.0f} a verification; {options.hours:g} hours, up to {options.problems} problems"
    )
    print(table.to_string(index=False, float_format="{:.3f}".format))
    return 0


def _speed(options: argparse.Namespace) -> Speed:
    if (options.tokens_per_second is None) == (options.model is None):
        raise InputError("give either --tokens-per-second or --model (to measure it)")
    task = tasks.named(options.task)
    measured = probe(load_engine(options.model, store=None), task) if options.model else None
    speed = measured or Speed(options.tokens_per_second, *LENGTHS[options.task])
    return Speed(
        speed.tokens_per_second,
        options.solution_tokens or speed.solution,
        options.verification_tokens or speed.verification,
    )


def _half(variance: float, n: int) -> float:
    return 1.96 * math.sqrt(variance / n)


if __name__ == "__main__":
    sys.exit(main())
