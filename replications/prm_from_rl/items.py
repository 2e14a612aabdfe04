"""What a judge is asked: solutions in steps, of which the first wrong one is to be found.

One shape for real items (ProcessBench, Zheng et al. 2024, arXiv 2412.06559) and for those of the lab. The lab's are
made as ProcessBench's are: half right, several generators (lab models of other sizes, and random corruptions of four
kinds), and some solutions whose answer is right although a step is wrong. No problem occurs twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import get_args

import numpy as np

from common.datasets import processbench
from common.datasets.splits import Split
from common.engines import Engine, Sampling
from common.errors import InputError
from lab import arithmetic, formats
from lab.arithmetic import Chain, ErrorKind, Step
from lab.tokenizer import readable
from lab.world import split_of

LENGTHS = (2, 3, 4, 5, 6)
"""Steps of a lab problem, equally many of each."""
RARE_SHARE = 0.4
"""Share of rare operands: enough that a model solves some problems at times only."""
KINDS = ("right", "model right", *get_args(ErrorKind), "model wrong", "lucky")
SHARES = dict(zip(KINDS, (0.25, 0.25, *([0.0625] * 4), 0.2, 0.05), strict=True))
"""Kinds of lab items. `lucky`: a second wrong step leads back to the right answer."""
REAL = {f"processbench-{subset}": subset for subset in processbench.SUBSETS}


@dataclass(frozen=True, slots=True)
class SteppedSolution:
    """A problem and a solution of it.

    Raises:
        InputError: no steps, or a label that is neither -1 nor one of them.
    """

    id: str
    generator: str
    kind: str
    problem: str
    steps: tuple[str, ...]
    label: int
    """Index of the first wrong step from 0, -1 if there is none."""
    answer_right: bool

    def __post_init__(self) -> None:
        if not self.steps:
            raise InputError(f"item {self.id} has no steps: leave it out")
        if not -1 <= self.label < len(self.steps):
            raise InputError(f"item {self.id}: label {self.label} is neither -1 nor one of its {len(self.steps)} steps")


def real(task: str, count: int = 0) -> list[SteppedSolution]:
    """The items of a ProcessBench subset in file order, or the first so many right and wrong ones, half and half.

    Raises:
        InputError: the file is not here or not as pinned.
    """
    rows = [
        SteppedSolution(row.id, row.generator, "real", row.problem, row.steps, row.label, row.final_answer_correct)
        for row in processbench.load(REAL[task])
    ]
    return first(rows, count)


def first(rows: Sequence[SteppedSolution], count: int) -> list[SteppedSolution]:
    """The first so many items, half of them wrong if there are enough; all of them for 0."""
    if not count:
        return list(rows)
    wrong = [row for row in rows if row.label != -1][: count // 2]
    right = [row for row in rows if row.label == -1][: count - len(wrong)]
    chosen = {row.id for row in [*wrong, *right]}
    return [row for row in rows if row.id in chosen]


def problems(
    split: Split, count: int, seed: int, taken: Sequence[Chain] = (), lengths: Sequence[int] = LENGTHS
) -> list[Chain]:
    """Distinct problems of one split, lengths in turn, none of those that are taken."""
    rng = np.random.default_rng([seed, 23])
    found, excluded = dict[Chain, None](), set(taken)
    while len(found) < count:
        chain = arithmetic.draw(rng, lengths[len(found) % len(lengths)], RARE_SHARE)
        if split_of(chain) == split and chain not in excluded:
            found[chain] = None
    return list(found)


def lab(
    split: Split, count: int, seed: int, witnesses: Sequence[Engine], taken: Sequence[Chain] = ()
) -> list[SteppedSolution]:
    """Judging items of the lab.

    Args:
        split: of their problems.
        count: of items.
        seed: decides problems, corruptions and what the witnesses write.
        witnesses: models that write solutions; problems go to them in turn.
        taken: problems to leave out.

    Raises:
        InputError: no witness, or they write too few right or wrong solutions.
    """
    if not witnesses:
        raise InputError("lab items need at least one witness: a lab model that writes solutions")
    wanted = quotas(count)
    rng = np.random.default_rng([seed, 24])
    chains = problems(split, 3 * count, seed, taken)
    written = _written(chains[count:], witnesses, seed)
    items: list[SteppedSolution] = []
    for kind in ("model right", "model wrong"):
        chosen = [item for item in written if item.kind == kind][: wanted[kind]]
        if len(chosen) < wanted[kind]:
            raise InputError(f"the witnesses wrote {len(chosen)} of {wanted[kind]} '{kind}' solutions: take others")
        items += chosen
    fresh = iter(chains[:count])
    for kind, maker in _makers(rng).items():
        items += [_item(chain, maker(chain), "random", kind) for chain in islice(fresh, wanted[kind])]
    return [items[i] for i in rng.permutation(len(items))]


def quotas(count: int) -> dict[str, int]:
    """How many items of each kind; roundings go to the right ones, so that half are right."""
    found = {kind: round(count * share) for kind, share in SHARES.items()}
    found["right"] += count - sum(found.values())
    return found


def steps_of(item: SteppedSolution) -> list[Step]:
    """A lab item's steps."""
    return formats.parse_steps("".join(f" {step};" for step in item.steps))


def lucky(chain: Chain, rng: np.random.Generator) -> list[Step]:
    """A solution with a wrong step, and a second one, the last, in which it finds back to the right answer."""
    steps = arithmetic.corrupt(chain, rng, at=int(rng.integers(len(chain.operations) - 1)))
    last = steps[-1]  # wrong until here: the modulus is prime, so no later step undoes an error
    return [*steps[:-1], Step(last.left, last.operator, last.right, arithmetic.answer(chain))]


def _makers(rng: np.random.Generator) -> dict[str, Callable[[Chain], list[Step]]]:
    corruptions = {str(kind): partial(arithmetic.corrupt, rng=rng, kind=kind) for kind in arithmetic.ERROR_KINDS}
    return {"right": arithmetic.solve, **corruptions, "lucky": partial(lucky, rng=rng)}


def _written(chains: Sequence[Chain], witnesses: Sequence[Engine], seed: int) -> list[SteppedSolution]:
    """Solutions by the witnesses in turn, one a problem, those that have as many steps as it takes."""
    sampling = Sampling(temperature=1.0, max_tokens=64, stop=("\n",), seed=seed)
    items: dict[int, SteppedSolution] = {}
    for turn, witness in enumerate(witnesses):
        rows = range(turn, len(chains), len(witnesses))
        drawn = witness.sample([formats.solution(chains[row]).prompt for row in rows], sampling)
        for row, (completion,) in zip(rows, drawn, strict=True):
            steps = formats.parse_solution(completion.text)[0]
            if len(steps) == len(chains[row].operations) and readable(completion.text):
                right = arithmetic.first_error(chains[row], steps) == -1
                name = str(witness.identity["model"]).split("@")[0]
                items[row] = _item(chains[row], steps, name, f"model {'right' if right else 'wrong'}")
    return [items[row] for row in sorted(items)]


def _item(chain: Chain, steps: Sequence[Step], generator: str, kind: str) -> SteppedSolution:
    label = arithmetic.first_error(chain, list(steps))
    right = steps[-1].result == arithmetic.answer(chain)
    return SteppedSolution(f"lab {chain}", generator, kind, str(chain), tuple(map(str, steps)), label, right)
