r"""Best-of-N and majority-vote curves of one problem: exact, by Monte Carlo, and by the published procedure.

``python -m benchmarks.voting`` writes benchmarks/results/voting.json and prints it as tables. One synthetic pool
(seed below) of 256 solutions with 32 verdicts each; best-of-N on 9 x 6 cells (S, V), self-consistency on 9 sizes S.

Two targets must be kept apart. The published procedure (Singhi et al. 2025, arXiv 2504.01005) scores a solution by
its *first* V verdicts; `best_of_n_over_verdicts` averages over *all* V-subsets. Monte Carlo is therefore held against
its own target (its noise) and against the all-subsets one (its noise and the arbitrary choice of the first V).

The published procedure grades every solution anew in every cell, and every self-consistency winner in every
repetition; it votes by exact spelling. math-verify stands in for its grader and our numpy for its sampling, so the
times say what grading again and again costs, not how fast the released code is. A few cells are timed and the rest
extrapolated, and labelled so. How much voting by spelling costs in accuracy depends on the made-up mix of spellings.
Methods take turns in each repeat, so that they share whatever noise the machine has.
"""

import json
import os
import platform
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import math_verify
import numpy as np
from scipy.special import gammaln

from common.arrays import Floats, Ints
from common.grading import Judge, grade, group_answers
from common.grading.sandbox import Sandbox
from common.runs.provenance import machine
from common.stats.voting import best_of_n, best_of_n_over_verdicts, majority_vote

SEED = 20250401
SOLUTIONS = 256
SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256]
VERDICTS = [1, 2, 4, 8, 16, 32]
SHUFFLES = 100  # random orders that break ties in the published best-of-N
SUBSETS = 25  # random subsets in the published self-consistency
REPEATS = 7
ERROR_RUNS = 40  # Monte Carlo runs behind each error
FINE_PP = 0.1  # an accuracy, in percentage points, worth having
TARGET = r"\frac{7}{12}"
RESULTS = Path(__file__).parent / "results" / "voting.json"

BEST_NOISE = "best-of-N, Monte Carlo, from exact on the first V verdicts (its own target)"
VOTE_NOISE = "vote, Monte Carlo, from exact (its own target)"

Method = Callable[[], Any]


@dataclass(frozen=True)
class Pool:
    """One problem's N solutions; arrays [N], verdicts [N, V0]. Spellings are numbered as classes are."""

    answers: list[str]
    spelling: Ints
    label: Ints
    correct: Floats
    verdicts: Floats


def synthetic_pool(rng: np.random.Generator) -> Pool:
    """Draw a pool in which 28% are correct, in three spellings, beside about 40 wrong answers of falling frequency.

    A solution's chance of a Yes is Beta(4, 2) if it is correct and Beta(2, 3) if not, so verdicts on a solution agree.
    """
    right = [TARGET, r"\dfrac{7}{12}", "7/12"]
    fractions = [rf"\frac{{{k}}}{{{k + 6}}}" for k in range(1, 22) if k not in (6, 12, 18)]
    roots = [rf"{k}\sqrt{{{k + 1}}}" for k in (2, 4, 5, 6, 9)]
    wrong = [*fractions, *roots, *map(str, range(2, 40)), "0.58", "0.6", "1.7"]
    rng.shuffle(wrong)
    falling = 1 / np.arange(1, len(wrong) + 1)
    share = np.concatenate([[0.22, 0.04, 0.02], 0.72 * falling / falling.sum()])
    spelling = rng.choice(len(share), size=SOLUTIONS, p=share)
    answers = [[*right, *wrong][i] for i in spelling]
    with Judge() as judge:
        correct, label = graded_once(answers, judge)
    accepted = np.where(correct, rng.beta(4, 2, SOLUTIONS), rng.beta(2, 3, SOLUTIONS))
    verdicts = rng.random((SOLUTIONS, VERDICTS[-1])) < accepted[:, None]
    return Pool(answers, spelling, label, correct, verdicts.astype(float))


def graded_once(answers: list[str], judge: Judge) -> tuple[Floats, Ints]:
    """Correctness and class of each answer by a judge that remembers nothing yet."""
    return grade(answers, TARGET, judge).astype(float), group_answers(answers, judge)


def graded_by_math_verify(answers: list[str]) -> Floats:
    """Grade each answer on its own, without memory and in this process (these answers are harmless)."""
    parsed = ((math_verify.parse(f"${TARGET}$"), math_verify.parse(f"${a}$")) for a in answers)
    return np.array([math_verify.verify(target, answer) for target, answer in parsed], dtype=float)


def first_scores(pool: Pool) -> Floats:
    """Mean of the first V verdicts, shape [n_verdicts, N]."""
    return np.stack([pool.verdicts[:, :v].mean(axis=1) for v in VERDICTS])


def exact_first(pool: Pool) -> Floats:
    """Ours, the published target: [n_sizes, n_verdicts]."""
    scores = first_scores(pool)
    return best_of_n(scores, np.broadcast_to(pool.correct, scores.shape), SIZES).T


def exact_subsets(pool: Pool) -> Floats:
    """Ours, all verdict subsets: [n_sizes, n_verdicts]."""
    return best_of_n_over_verdicts(pool.verdicts, pool.correct, SIZES, VERDICTS)


def sampled_best(pool: Pool, rng: np.random.Generator) -> Floats:
    """The published best-of-N in numpy: the rank formula averaged over random orders of ties, all S from one sort."""
    return np.stack([mean_by_rank(s, pool.correct, rng) @ rank_weights(SIZES).T for s in first_scores(pool)], axis=1)


def mean_by_rank(score: Floats, correct: Floats, rng: np.random.Generator) -> Floats:
    """Mean correctness at each rank, best first, over random orders of ties: [N]."""
    order = np.lexsort((rng.random((SHUFFLES, len(score))), np.broadcast_to(-score, (SHUFFLES, len(score)))))
    ranked: Floats = correct[order].mean(axis=0)
    return ranked


def rank_weights(sizes: list[int]) -> Floats:
    """C(N-i-1, S-1) / C(N, S) for rank i = 0 (best) .. N-1: [n_sizes, N]."""
    s, left = np.array(sizes)[:, None], SOLUTIONS - 1 - np.arange(SOLUTIONS)
    taken = np.minimum(s - 1, left)
    log_ways = gammaln(left + 1) - gammaln(taken + 1) - gammaln(left - taken + 1)
    log_all = gammaln(SOLUTIONS + 1) - gammaln(s + 1) - gammaln(SOLUTIONS - s + 1)
    weights: Floats = np.where(left >= s - 1, np.exp(log_ways - log_all), 0)
    return weights


def sampled_vote(label: Ints, correct: Floats, rng: np.random.Generator) -> Floats:
    """The published self-consistency in numpy: random subsets, one random winner among the tied: [n_sizes]."""
    credit = np.zeros(label.max() + 1)
    credit[label] = correct
    return np.array([credit[winners(label, s, rng)].mean() for s in SIZES])


def winners(label: Ints, size: int, rng: np.random.Generator) -> Ints:
    """Winning class of each random subset; a single one where the subset is the whole pool."""
    runs = SUBSETS if size < len(label) else 1
    drawn = rng.permuted(np.tile(label, (runs, 1)), axis=1)[:, :size]
    n = int(label.max()) + 1
    votes = np.bincount((drawn + n * np.arange(runs)[:, None]).ravel(), minlength=runs * n).reshape(runs, n)
    winner: Ints = (votes + rng.random(votes.shape)).argmax(axis=1)
    return winner


def published_cell(pool: Pool, size: int, v: int, rng: np.random.Generator) -> float:
    """One best-of-N cell as published: grade all solutions again, then average over random orders."""
    correct = graded_by_math_verify(pool.answers)
    return float(mean_by_rank(pool.verdicts[:, :v].mean(axis=1), correct, rng) @ rank_weights([size])[0])


def published_vote(pool: Pool, rng: np.random.Generator) -> Floats:
    """Self-consistency as published: vote by spelling, grade every winner of every repetition."""
    text = dict(zip(pool.spelling.tolist(), pool.answers, strict=True))
    graded = [graded_by_math_verify([text[int(w)] for w in winners(pool.spelling, s, rng)]) for s in SIZES]
    return np.array([g.mean() for g in graded])


def seconds(methods: dict[str, Method], repeats: int) -> dict[str, dict[str, float]]:
    """Best and median wall time of each method, called in turns."""
    times: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(repeats):
        for name, method in methods.items():
            start = time.perf_counter()
            method()
            times[name].append(time.perf_counter() - start)
    return {name: {"best_s": min(t), "median_s": float(np.median(t))} for name, t in times.items()}


def peak_mib(method: Method) -> float:
    """Peak of the memory that Python and numpy allocate during one call, in MiB."""
    tracemalloc.start()
    method()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def error(estimates: Floats, target: Floats) -> dict[str, float]:
    """RMS and largest error in percentage points over all cells (and runs, if `estimates` stacks several)."""
    off = 100 * (estimates - target)
    return {"rms_pp": float(np.sqrt(np.mean(off**2))), "max_pp": float(np.abs(off).max())}


def errors(pool: Pool, rng: np.random.Generator) -> dict[str, dict[str, float]]:
    """What Monte Carlo, the first-V choice and voting by spelling cost in accuracy."""
    first, subsets = exact_first(pool), exact_subsets(pool)
    votes, by_spelling = (majority_vote(ids, pool.correct, SIZES) for ids in (pool.label, pool.spelling))
    best = np.stack([sampled_best(pool, rng) for _ in range(ERROR_RUNS)])
    sampled = np.stack([sampled_vote(pool.label, pool.correct, rng) for _ in range(ERROR_RUNS)])
    spelt = np.stack([sampled_vote(pool.spelling, pool.correct, rng) for _ in range(ERROR_RUNS)])
    return {
        BEST_NOISE: error(best, first),
        "best-of-N, Monte Carlo, from exact over all verdict subsets": error(best, subsets),
        "best-of-N, exact on the first V verdicts, from exact over all subsets": error(first, subsets),
        VOTE_NOISE: error(sampled, votes),
        "vote by spelling, Monte Carlo, from exact by spelling (its own target)": error(spelt, by_spelling),
        "vote by spelling, Monte Carlo, from exact by equivalence": error(spelt, votes),
        "vote by spelling, exact, from exact by equivalence": error(by_spelling, votes),
    }


def costs(pool: Pool, sandbox: Sandbox, rng: np.random.Generator) -> dict[str, dict[str, float]]:
    """Time and peak memory of each method, by its name in `LABELS`."""
    cells = [(s, v) for s in SIZES for v in VERDICTS]
    methods: dict[str, Method] = {
        "best_first": lambda: exact_first(pool),
        "best_subsets": lambda: exact_subsets(pool),
        "best_monte_carlo": lambda: sampled_best(pool, rng),
        "best_published_cell": lambda: published_cell(pool, *cells[rng.integers(len(cells))], rng),
        "vote": lambda: majority_vote(pool.label, pool.correct, SIZES),
        "vote_monte_carlo": lambda: sampled_vote(pool.label, pool.correct, rng),
        "vote_published": lambda: published_vote(pool, rng),
        "grading": lambda: graded_once(pool.answers, Judge(sandbox)),
        "grading_math_verify": lambda: graded_by_math_verify(pool.answers),
    }
    seconds(methods, 1)  # warm: imports, caches of the algebra system
    timed = seconds(methods, REPEATS)
    cost = {name: timed[name] | {"peak_mib": peak_mib(method)} for name, method in methods.items()}
    one = cost["best_published_cell"]
    grid = {"best_s": one["best_s"] * len(cells), "median_s": one["median_s"] * len(cells), "peak_mib": one["peak_mib"]}
    return cost | {"best_published_grid": grid}


LABELS = {
    "best_first": "best-of-N, 54 cells: ours, exact on the first V verdicts",
    "best_subsets": "best-of-N, 54 cells: ours, exact over all verdict subsets",
    "best_monte_carlo": f"best-of-N, 54 cells: Monte Carlo on the first V, {SHUFFLES} shuffles",
    "best_published_cell": "best-of-N, 1 cell: as published, regrading all solutions",
    "best_published_grid": f"best-of-N, 54 cells: as published, EXTRAPOLATED from {REPEATS} timed cells",
    "vote": "vote, 9 sizes: ours, exact",
    "vote_monte_carlo": f"vote, 9 sizes: Monte Carlo, {SUBSETS} subsets",
    "vote_published": f"vote, 9 sizes: as published, {SUBSETS} subsets, regrading winners",
    "grading": "grading and grouping once: ours, in a running guarded process (whose memory is not counted)",
    "grading_math_verify": "grading once: math-verify, each answer on its own",
}


def ratios(cost: dict[str, dict[str, float]], off: dict[str, dict[str, float]]) -> dict[str, float]:
    """Median time of the other ways over ours: above 1, ours is faster. Monte Carlo error falls as 1 / sqrt(runs)."""
    t = {name: entry["median_s"] for name, entry in cost.items()}
    first, subsets, vote = t["best_first"], t["best_subsets"], t["vote"]
    best_sampled, vote_sampled, published = t["best_monte_carlo"], t["vote_monte_carlo"], t["best_published_grid"]
    best_runs, vote_runs = ((off[name]["rms_pp"] / FINE_PP) ** 2 for name in (BEST_NOISE, VOTE_NOISE))
    fine = f"Monte Carlo at {FINE_PP} pp RMS (EXTRAPOLATED)"
    return {
        "best-of-N: Monte Carlo / exact on the first V": best_sampled / first,
        "best-of-N: Monte Carlo / exact over all subsets": best_sampled / subsets,
        f"best-of-N: {fine} / exact on the first V": best_runs * best_sampled / first,
        "best-of-N: as published (EXTRAPOLATED) / exact on the first V, grading in both": published
        / (first + t["grading"]),
        "best-of-N: as published (EXTRAPOLATED) / exact over all subsets, grading in both": published
        / (subsets + t["grading"]),
        "vote: Monte Carlo / exact": vote_sampled / vote,
        f"vote: {fine} / exact": vote_runs * vote_sampled / vote,
        "vote: as published / exact, grading in both": t["vote_published"] / (vote + t["grading"]),
    }


def measure() -> dict[str, Any]:
    """Time and weigh all methods on one pool and hold them against the exact values."""
    rng = np.random.default_rng(SEED)
    pool = synthetic_pool(rng)
    with Sandbox() as sandbox:
        cost = costs(pool, sandbox, rng)
    off = errors(pool, rng)
    return {
        "pool": {"seed": SEED, "solutions": SOLUTIONS, "verdicts": VERDICTS[-1], "accuracy": pool.correct.mean()}
        | {"distinct_spellings": len(set(pool.spelling)), "distinct_answers": len(set(pool.label))},
        "grid": {"sizes": SIZES, "verdicts": VERDICTS, "shuffles": SHUFFLES, "subsets": SUBSETS},
        "runs": {"timing": REPEATS, "error": ERROR_RUNS},
        "cost": {LABELS[name]: {k: round(x, 6) for k, x in cost[name].items()} for name in LABELS},
        "ratios_of_median_times": {name: round(x, 3) for name, x in ratios(cost, off).items()},
        "errors": {k: {m: round(x, 4) for m, x in e.items()} for k, e in off.items()},
        "machine": machine() | {"omp_num_threads": os.environ.get("OMP_NUM_THREADS"), "load_average": os.getloadavg()},
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("numpy", "scipy", "math-verify")},
    }


def table(rows: dict[str, dict[str, float]]) -> str:
    """Rows of equal columns as text."""
    columns = list(next(iter(rows.values())))
    width = max(map(len, rows))
    lines = [" " * width + "".join(f"{c:>12}" for c in columns)]
    return "\n".join(
        lines + [f"{name:{width}}" + "".join(f"{row[c]:12.4f}" for c in columns) for name, row in rows.items()]
    )


def main() -> None:
    """Run the measurement, write it beside the other results and print it."""
    results = measure()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results["pool"]), json.dumps(results["machine"]), sep="\n", end="\n\n")
    print(table(results["cost"]), end="\n\n")
    print(table({name: {"ratio": ratio} for name, ratio in results["ratios_of_median_times"].items()}), end="\n\n")
    print(f"error in percentage points over all cells, Monte Carlo over {ERROR_RUNS} runs")
    print(table(results["errors"]))


if __name__ == "__main__":
    main()
