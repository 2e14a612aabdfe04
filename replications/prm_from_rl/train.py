"""``python -m replications.prm_from_rl.train``: the trainings of this replication, resumable at any moment.

By default all of it: four arms, six seeds, 300 steps each, and six PRM heads: about two and a half hours of one core.
Kill it, start it again with the same options, and it goes on. Without ``--publish`` nothing outside ``outputs/`` is
written.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import pandas as pd

from common.errors import InputError
from common.paths import OUTPUTS, REPLICATIONS, ROOT
from common.training import loop
from replications.prm_from_rl import study, trainings
from replications.prm_from_rl.trainings import Plan

PUBLISHED = REPLICATIONS / "prm_from_rl" / "trained"
WEIGHTS = "outcome-0"
"""Run whose final weights are published too."""


def folder_of(plan: Plan) -> Path:
    """Where an experiment is worked on."""
    return OUTPUTS / "prm_from_rl" / f"train-{Path(plan.base).name}-{plan.split}-{plan.steps}x{plan.seeds}"


def publish(folder: Path, target: Path = PUBLISHED) -> None:
    """Copy the files of the study, and the weights of one run, to where they are in git."""
    target.mkdir(parents=True, exist_ok=True)
    for name in (study.ITEMS, study.RESULTS, study.POOLS, study.TRAINING, study.SETTINGS):
        shutil.copyfile(folder / name, target / name)
    shutil.copytree(folder / WEIGHTS / "model", target / WEIGHTS, dirs_exist_ok=True)


def speed(folder: Path) -> str:
    """What a step of reinforcement took, mean over all such steps of an experiment."""
    lines = [line for path in sorted(folder.glob(f"*/{loop.TIMINGS}")) for line in path.read_text().splitlines()]
    steps = pd.DataFrame(map(json.loads, lines)).dropna()  # fine-tuning on right samples has no rollouts
    rollout, update, tokens = steps[["rollout", "update", "tokens"]].mean()
    both = f"{rollout:.2f} s sampling, {update:.2f} s learning"
    return f"{rollout + update:.2f} s a step of reinforcement ({both}), {tokens / rollout:,.0f} tokens sampled a second"


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m replications.prm_from_rl.train", description=__doc__)
    parser.add_argument("--steps", type=int, default=Plan.steps, help="of every training")
    parser.add_argument("--seeds", type=int, default=Plan.seeds, help="trainings an arm")
    parser.add_argument("--base", default=Plan.base, help="folder of the lab model to begin with")
    parser.add_argument("--witnesses", nargs="+", default=list(Plan.witnesses), help="lab models that write solutions")
    parser.add_argument("--split", choices=["dev", "test"], default=Plan.split, help="of the problems that are asked")
    parser.add_argument("--publish", action="store_true", help="copy results and one model into replications/")
    given = parser.parse_args(arguments)
    try:
        plan = _plan(given)
        if given.publish and plan != Plan():
            raise InputError("only the whole experiment is published: leave out all other options")
        trainings.run(plan, folder_of(plan))
        if given.publish:
            publish(folder_of(plan))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    where = PUBLISHED if given.publish else folder_of(plan)
    print(speed(folder_of(plan)))
    print(f"results: {where.relative_to(ROOT) if where.is_relative_to(ROOT) else where}")
    return 0


def _plan(given: argparse.Namespace) -> Plan:
    if given.steps < 1 or given.seeds < 1:
        raise InputError(f"--steps and --seeds must be at least 1, got {given.steps} and {given.seeds}")
    plan = Plan(base=given.base, witnesses=tuple(given.witnesses), split=given.split)
    return trainings.small(plan, given.steps, given.seeds)


if __name__ == "__main__":
    sys.exit(main())
