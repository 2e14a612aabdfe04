"""Engines beside what one would use instead; writes benchmarks/results/engines.json and prints it.

The model, of 0.95 million random parameters, and all prompts are made here: nothing is downloaded, but for
lm-evaluation-harness, which gets an environment under .cache on first use. Both sides must give the same numbers
before they are timed; then they take turns, on the CPU in float32, with the same number of threads.
"""

import argparse
import json
import os
from pathlib import Path

from common.files import write_whole
from common.paths import ROOT

RESULTS = ROOT / "benchmarks" / "results" / "engines.json"


def main() -> None:
    """Run the measurement, write it beside the other results and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--threads", type=int, default=1, help="threads of every side (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=500, help="(default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="of each timing (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file of the results (default: %(default)s)")
    options = parser.parse_args()
    threads = str(options.threads)
    # libraries read these when they are imported
    os.environ |= {"OMP_NUM_THREADS": threads, "RAYON_NUM_THREADS": threads, "TOKENIZERS_PARALLELISM": "true"}
    os.environ |= {"HF_HUB_OFFLINE": "1", "TQDM_DISABLE": "1"}
    from benchmarks.engines.measure import measure

    earlier = json.loads(options.out.read_text()) if options.out.is_file() else {}
    results = measure(options.threads, options.questions, options.repeats, earlier)
    text = json.dumps(results, indent=2) + "\n"
    write_whole(options.out, text)
    print(text, end="")


if __name__ == "__main__":
    main()
