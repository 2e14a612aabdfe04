"""Verifications a second, with problem and solution computed once for all V of them and once for each.

``python -m benchmarks.verifications`` writes benchmarks/results/verifications.json and prints it. Model and prompts
are those of ``benchmarks.engines``: a random Llama of 0.95 million parameters that never ends a text by itself, so both
ways write equally many tokens. Shared is one request for V samples a prompt; alone repeats each prompt V times in a
request for one sample each, in batches of as many rows. Both must give the same first sample before they are timed in
turns. CPU, float32; the engine has seen nothing before.
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from common.files import write_whole
from common.paths import ROOT

RESULTS = ROOT / "benchmarks" / "results" / "verifications.json"


@dataclass(frozen=True)
class Size:
    """Questions joined into one prompt (about 60 tokens each), and tokens written after it."""

    questions: int
    written: int


SIZES = {"short (about 60 read, 40 written)": Size(1, 40), "long (about 600 read, 100 written)": Size(10, 100)}
N_VERDICTS = (1, 4, 16)


def measure(prompts: int, repeats: int) -> dict[str, Any]:
    """Both ways at each size and V."""
    from benchmarks.engines import setting
    from common.runs.provenance import machine

    with TemporaryDirectory() as folder:
        model = setting.build(Path(folder) / "model")
        found = {
            name: {f"V = {v}": _at(model, asked(size, prompts), v, size.written, repeats) for v in N_VERDICTS}
            for name, size in SIZES.items()
        }
    load = {"omp_num_threads": os.environ.get("OMP_NUM_THREADS"), "load_average": os.getloadavg()}
    return {"prompts": prompts, "repeats": repeats, "sizes": found, "machine": machine() | load}


def asked(size: Size, count: int) -> list[str]:
    """Prompts of that size, no two with a long common beginning."""
    from benchmarks.engines import setting

    questions = setting.questions(count * size.questions)
    return ["\n".join(questions[start::count][: size.questions]) for start in range(count)]


def _at(model: Path, prompts: Sequence[str], v: int, written: int, repeats: int) -> dict[str, Any]:
    from benchmarks.engines import clock
    from common.engines import Sampling
    from common.engines.hf import HFEngine

    def way(texts: Sequence[str], n: int) -> clock.Spent:
        engine = HFEngine(model, device="cpu")
        return clock.timed(lambda: engine.sample(list(texts), Sampling(n=n, max_tokens=written, temperature=0.7)))

    repeated = [prompt for prompt in prompts for _ in range(v)]
    ways: dict[str, clock.Way] = {"shared": lambda: way(prompts, v), "alone": lambda: way(repeated, 1)}
    check(ways["shared"]().result, ways["alone"]().result, v)
    spent = clock.in_turns(ways, repeats)
    cost = clock.summary(spent)
    rates = {name: clock.significant(len(repeated) / one["wall_s"]) for name, one in cost.items()}
    return {
        "verifications_per_second": rates,
        "cost": cost,
        "ratios": {"alone / shared": clock.ratio(spent["alone"], spent["shared"])},
    }


def check(shared: Sequence[Sequence[Any]], alone: Sequence[Sequence[Any]], v: int) -> None:
    """Hold the first sample of each prompt against the one drawn alone.

    Raises:
        MismatchError: they are not the same text.
    """
    from benchmarks.engines.clock import MismatchError

    if [several[0].text for several in shared] != [several[0].text for several in alone[::v]]:
        raise MismatchError("the first samples differ between shared and repeated prompts")


def main() -> None:
    """Run the measurement, write it beside the other results and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verifications", description=__doc__)
    parser.add_argument("--prompts", type=int, default=16, help="(default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="of each timing (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file of the results (default: %(default)s)")
    options = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}  # read when libraries load
    text = json.dumps(measure(options.prompts, options.repeats), indent=2) + "\n"
    write_whole(options.out, text)
    print(text, end="")


if __name__ == "__main__":
    main()
