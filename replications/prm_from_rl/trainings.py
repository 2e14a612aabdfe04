"""The trainings: four rewards, several seeds, one base, and what each run can solve and judge on the way.

Everything lands in one folder: the items, a folder a run (see `common.training.loop`) with a file of per-item results a
checkpoint, a file a PRM head, and at the end the files of a `study`. A run that was killed goes on from its checkpoint,
what is finished is not done again, and other settings are refused. Solving, judging and best-of-N have problems of
their own, all of one split; what is trained on is of the taught split.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from common.datasets.splits import Split
from common.engines import Completion, Engine, load_engine
from common.errors import InputError
from common.files import whole, write_whole
from common.progress import Progress
from common.runs.provenance import machine
from common.stats import first_error
from common.training import checkpoints, grpo, loop, rejection, rewards
from lab import arithmetic, formats
from lab.arithmetic import Chain, chain_of
from replications.prm_from_rl import heads, judging, pools, study
from replications.prm_from_rl.items import SteppedSolution, lab, problems
from replications.prm_from_rl.prompts import Format, format_of
from replications.prm_from_rl.study import BASE, FORMAT, OUTCOME, PRM, RANDOM, REJECTION, SHUFFLED

ARMS = (OUTCOME, FORMAT, RANDOM, REJECTION)
STOP = ("\n",)
MAX_TOKENS = 48
LEARNT_LENGTHS = (2, 3)
"""Steps of the problems to learn from. A wrong answer to a short problem tells which step was wrong; with 2 to 6 steps
outcome rewards taught next to nothing on dev questions (`registration.md`)."""
PROBLEMS_A_STEP = 30
"""Problems to learn from, for each step of a training."""
HEADS = {PRM: "prm", SHUFFLED: "shuffled"}
"""Kinds of PRM heads, and the column of the pools with their scores."""
DONE, SAMPLES = "final.json", "samples.parquet"


@dataclass(frozen=True)
class Plan:
    """All that the experiment depends on."""

    base: str = "models/lab-0.15m"
    witnesses: tuple[str, ...] = ("models/lab-0.05m", "models/lab-0.45m", "models/lab-1.3m")
    """Models that write solutions to judge, beside random corruptions."""
    split: Split = "test"
    steps: int = 300
    seeds: int = 6
    items: int = 400
    """Problems to solve, and as many solutions of other problems to judge."""
    pool_problems: int = 500
    samples: int = 64
    every: int = 10
    """Steps from one checkpoint to the next."""
    learning_rate: float = 5e-4
    random_rate: float = 2e-5
    """Learning rate of the random arm. A coin is noise, which at the full rate destroys all that the base can do."""
    prompts_per_step: int = 32
    group_size: int = 8
    labelled: int = 40_000
    """Solutions with step labels that the PRM heads learn from."""
    head_seeds: int = 3
    draw: int = 1
    """Decides all seeds: another draw is another experiment, on other problems. That of draw 0 went wrong, see
    `registration.md`."""

    @property
    def first_seed(self) -> int:
        """Where the seeds of this draw begin."""
        return 10_000 * self.draw


@dataclass(frozen=True, slots=True)
class Setting:
    """The base and what is asked of every model."""

    tokenizer: Any
    form: Format
    items: list[SteppedSolution]
    to_solve: list[Chain]
    pool: list[Chain]


def run(plan: Plan, folder: Path) -> study.Study:
    """Do all of the experiment that is not done yet, and give its results.

    Raises:
        InputError: the folder holds another experiment, or a model is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _claim(plan, folder)
    setting = prepare(plan, folder)
    measured(setting, plan.base, folder / BASE, vote=True)
    runs = [(arm, seed) for seed in range(plan.seeds) for arm in ARMS]
    todo = [(arm, seed) for arm, seed in runs if not (folder / f"{arm}-{seed}" / DONE).exists()]
    with Progress("trainings", len(runs), "run", len(runs) - len(todo)) as bar:
        for arm, seed in todo:
            train(plan, setting, arm, seed, folder / f"{arm}-{seed}")
            bar.update()
    return finish(plan, setting, folder)


def prepare(plan: Plan, folder: Path) -> Setting:
    """Items and problems, the items as they were frozen in the folder's first call."""
    if not (folder / study.ITEMS).exists():
        witnesses = [_engine(name) for name in plan.witnesses]
        study.write_items(lab(plan.split, plan.items, plan.first_seed, witnesses), folder / study.ITEMS)
    items = study.read_items(folder / study.ITEMS)
    taken = [chain_of(item.problem) for item in items]
    others = problems(plan.split, plan.items + plan.pool_problems, plan.first_seed + 1, taken)
    form = format_of("lab", _engine(plan.base))
    tokenizer = AutoTokenizer.from_pretrained(plan.base)
    return Setting(tokenizer, form, items, others[: plan.items], others[plan.items :])


def train(plan: Plan, setting: Setting, arm: str, seed: int, folder: Path) -> None:
    """One run of one arm, measured at every checkpoint, and at the end in full."""
    model = AutoModelForCausalLM.from_pretrained(plan.base, dtype=torch.float32)

    def evaluate(now: Any, step: int) -> loop.Point:
        if not step:
            return {}  # the base, measured once for all
        return checkpoint(setting, snapshot(now, setting.tokenizer, folder / "model"), folder, step)

    settings: dict[str, Any] = {
        "steps": plan.steps,
        "learning_rate": plan.random_rate if arm == RANDOM else plan.learning_rate,
        "max_new_tokens": MAX_TOKENS,
        "stop": STOP,
        "seed": plan.first_seed + seed,
    }
    given = (model, setting.tokenizer, to_learn(plan, seed), reward(arm, plan.first_seed + seed))
    if arm == REJECTION:
        settings |= {"samples": plan.group_size, "batch_size": plan.prompts_per_step * plan.group_size}
        rejection.train(*given, rejection.Config(**settings), folder, evaluate=evaluate, every=plan.every)
    else:
        settings |= {"prompts_per_step": plan.prompts_per_step, "group_size": plan.group_size, "max_redraws": 1}
        grpo.train(*given, grpo.Config(**settings), folder, evaluate=evaluate, every=plan.every)
    snapshot(model, setting.tokenizer, folder / "model")
    measured(setting, folder / "model", folder, vote=arm == OUTCOME)


def reward(arm: str, seed: int) -> rewards.Reward:
    """What an arm marks completions for; rejection sampling keeps what outcome marks with 1."""
    if arm == FORMAT:
        return rewards.format_only(well_formed)
    return rewards.random(seed) if arm == RANDOM else rewards.outcome(right_answer)


def right_answer(text: str, answer: int) -> bool:
    """Whether a solution states this answer."""
    return formats.parse_solution(text)[1] == answer


def well_formed(text: str) -> bool:
    """Whether a solution is steps and an answer and nothing else, whatever they say."""
    steps, answer = formats.parse_solution(text)
    return bool(steps) and answer is not None and text == formats.solution_text(steps).rpartition(" ")[0] + f" {answer}"


def to_learn(plan: Plan, seed: int) -> dict[str, list[Any]]:
    """Problems of the taught split, the same for all arms of a seed."""
    count = max(2 * plan.prompts_per_step, PROBLEMS_A_STEP * plan.steps)
    chains = problems("taught", count, plan.first_seed + 100 + seed, lengths=LEARNT_LENGTHS)
    return {
        "prompt": [formats.solution(chain).prompt for chain in chains],
        "answer": [arithmetic.answer(chain) for chain in chains],
    }


def checkpoint(setting: Setting, model: Path, folder: Path, step: int) -> loop.Point:
    """Solve and judge, keep what was said of each item, and give the numbers of the learning curve."""
    engine = _engine(model)
    found = solve_and_judge(setting, engine)
    write_whole(folder / f"step-{step:06d}.json", json.dumps({name: _whole(values) for name, values in found.items()}))
    scores = first_error.scores([item.label for item in setting.items], found["judge"])
    return {"solving": float(found["solve"].mean()), **asdict(scores)}


def measured(setting: Setting, model: str | Path, folder: Path, *, vote: bool) -> None:
    """The last measurement of a model: also the judged problems solved, and judged after the own solution."""
    if (folder / DONE).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    engine = _engine(model)
    found = solve_and_judge(setting, engine)
    own = judging.solve(engine, setting.form, [item.problem for item in setting.items])
    found["own"] = graded(own, [chain_of(item.problem) for item in setting.items])
    found["self-ref"] = judging.judge(engine, setting.form, setting.items, [one.text for one in own])
    if vote:
        found["vote"] = judging.judge_by_vote(engine, setting.form, setting.items)
    write_whole(folder / DONE, json.dumps({name: _whole(values) for name, values in found.items()}))


def solve_and_judge(setting: Setting, engine: Engine) -> dict[str, np.ndarray]:
    """Greedy solutions graded and greedy critiques read, one value an item."""
    solved = judging.solve(engine, setting.form, [str(chain) for chain in setting.to_solve])
    return {"solve": graded(solved, setting.to_solve), "judge": judging.judge(engine, setting.form, setting.items)}


def graded(solutions: Sequence[Completion], chains: Sequence[Chain]) -> np.ndarray:
    """[N] 1 where a solution states the right answer."""
    marks = [right_answer(one.text, arithmetic.answer(chain)) for one, chain in zip(solutions, chains, strict=True)]
    return np.array(marks, dtype=float)


def snapshot(model: Any, tokenizer: Any, folder: Path) -> Path:
    """The model as a folder that engines load."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def finish(plan: Plan, setting: Setting, folder: Path) -> study.Study:
    """PRM heads, pools and the files of the study, once all runs are done."""
    frame = sampled(plan, setting, folder)
    said = {name: ask_heads(plan, setting, folder, frame, name) for name in HEADS}
    scores = {column: np.array(said[name][0].scores, dtype=np.float32) for name, column in HEADS.items()}
    kinds = {"problem": np.int16, "sample": np.int8, "answer": np.int16}
    write_parquet(frame.drop(columns="text").assign(**scores).astype(kinds), folder / study.POOLS)
    write_parquet(study.as_results(gather(folder, plan, said)), folder / study.RESULTS)
    write_parquet(training_curves(plan, folder), folder / study.TRAINING)
    described = {
        "plan": asdict(plan),
        "base": _digest(plan.base),
        "thresholds": {name: [head.threshold for head in heard] for name, heard in said.items()},
        "threads": torch.get_num_threads(),
        "machine": machine(),
    }
    write_whole(folder / study.SETTINGS, json.dumps(described, indent=1) + "\n")
    return study.read(folder)


def sampled(plan: Plan, setting: Setting, folder: Path) -> pd.DataFrame:
    """The judged samples of the first outcome run, drawn once."""
    path = folder / SAMPLES
    if not path.exists():
        engine = _engine(folder / f"{OUTCOME}-0" / "model")
        write_parquet(pools.sample(engine, setting.form, setting.pool, plan.samples, plan.first_seed), path)
    return pd.read_parquet(path)


def ask_heads(plan: Plan, setting: Setting, folder: Path, frame: pd.DataFrame, name: str) -> list[heads.Said]:
    """What every PRM head of one kind says, kept in a file as soon as it is known."""
    found = []
    for number in range(plan.head_seeds):
        path = folder / f"{HEADS[name]}-{number}.json"
        if not path.exists():
            given = (plan.base, plan.labelled, plan.first_seed + number, setting.items, setting.pool, frame)
            write_whole(path, json.dumps(asdict(heads.said(*given, shuffled=name == SHUFFLED))))
        found.append(heads.Said(**json.loads(path.read_text())))
    return found


def gather(folder: Path, plan: Plan, by_heads: Mapping[str, Sequence[heads.Said]]) -> dict[study.Key, np.ndarray]:
    """What all runs wrote and heads said, by measurement; a run's last checkpoint is that of its full measurement."""
    values: dict[study.Key, np.ndarray] = {}
    runs = [(BASE, 0, 0), *((arm, seed, plan.steps) for arm in ARMS for seed in range(plan.seeds))]
    for arm, seed, last in runs:
        place = folder / (BASE if arm == BASE else f"{arm}-{seed}")
        for path in [*sorted(place.glob("step-*.json")), place / DONE]:
            step = last if path.name == DONE else int(path.stem.partition("-")[2])
            rows = json.loads(path.read_text())
            values |= {(arm, seed, step, what): np.array(row, dtype=float) for what, row in rows.items()}
    for name, heard in by_heads.items():
        values |= {(name, seed, 0, "judge"): np.array(head.judge, dtype=float) for seed, head in enumerate(heard)}
    return {key: np.where(row == study.MISSING, np.nan, row) for key, row in values.items()}


def training_curves(plan: Plan, folder: Path) -> pd.DataFrame:
    """The learning curves of all runs, one row a step."""
    parts = []
    for arm in ARMS:
        for seed in range(plan.seeds):
            points = [json.loads(line) for line in (folder / f"{arm}-{seed}" / loop.CURVE).read_text().splitlines()]
            parts.append(pd.DataFrame(points).assign(arm=arm, seed=seed))
    numbers = pd.concat(parts, ignore_index=True)
    return numbers.astype(dict.fromkeys(numbers.select_dtypes("float64").columns, np.float32))


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table in one step, so that a kill leaves none or a whole one."""
    with whole(path) as partial:
        frame.to_parquet(partial, index=False, compression="zstd")


def small(plan: Plan, steps: int, seeds: int) -> Plan:
    """The same experiment with other numbers of steps and seeds; shorter trainings go with lesser PRM heads."""
    labelled = min(plan.labelled, Plan.labelled * steps // Plan.steps)
    heads_too = min(plan.head_seeds, seeds)
    return replace(
        plan, steps=steps, seeds=seeds, every=min(plan.every, steps), labelled=labelled, head_seeds=heads_too
    )


def _claim(plan: Plan, folder: Path) -> None:
    """Refuse a folder that was begun with another plan."""
    identity = {**asdict(plan), "digest": _digest(plan.base)}
    text, path = json.dumps(identity, sort_keys=True), folder / "plan.json"
    if path.exists() and (theirs := json.loads(path.read_text())) != json.loads(text):
        differing = ", ".join(name for name in json.loads(text) if theirs.get(name) != json.loads(text)[name])
        raise InputError(f"{folder} holds an experiment with another {differing}: choose another folder, or delete it")
    write_whole(path, text)


def _digest(base: str) -> str:
    try:
        return checkpoints.digest(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32))
    except OSError as error:
        raise InputError(f"{base}: cannot be loaded: {' '.join(str(error).split()):.200}") from error


def _engine(model: str | Path) -> Engine:
    return load_engine(model, engine="hf", store=None)


def _whole(values: np.ndarray) -> list[int]:
    return [study.MISSING if np.isnan(value) else int(value) for value in values]
