"""Model cards: what each lab model was trained on and what it scores on dev questions; and the gate over them.

`exam.json` beside the weights holds the numbers, `README.md` says them to a reader.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from common.engines.base import Engine
from common.engines.hf import HFEngine
from common.files import write_whole
from common.paths import MODELS
from lab import exam, gate
from lab.arithmetic import MODULUS
from lab.ladder import LADDER
from lab.world import build_world

LARGEST, SMALLEST = "lab-1.3m", "lab-0.05m"
UNTAUGHT = "lab-0.45m-dose-none"


def examine(folders: Sequence[Path]) -> None:
    """Sit the exam with each model; what they judge was written by the other rungs of the ladder."""
    for folder in tqdm(folders, desc="exam", unit="model", file=sys.stderr):
        results = sit(folder)
        write_whole(folder / "exam.json", json.dumps(results, indent=1) + "\n")
        write_whole(folder / "README.md", card(folder, results))


def sit(folder: Path) -> dict[str, Any]:
    """Results of one model on the dev exam."""
    witnesses: list[Engine] = [
        HFEngine(MODELS / f"lab-{size}") for size in LADDER if not folder.name.startswith(f"lab-{size}")
    ]
    return exam.sit(HFEngine(folder), witnesses, build_world(), "dev")


def hold_gate() -> list[gate.Check]:
    """The gate, from exams sat now."""
    return gate.checks(*(sit(MODELS / name) for name in (LARGEST, SMALLEST, UNTAUGHT)))


def card(folder: Path, results: dict[str, Any]) -> str:
    """The model card as Markdown."""
    training = json.loads((folder / "training.json").read_text())
    recipe, rows = training["recipe"], []
    for what, value in gate.MEASURES.items():
        rows.append(f"| {what} | {value(results):.3f} |")
    rows += [
        f"| facts told {level} times, recalled | {share:.3f} |"
        for level, share in results["facts"].items()
        if level != "all"
    ]
    rows += [f"| {steps}-step chains solved | {share:.3f} |" for steps, share in results["solving"].items()]
    rows += [f"| {steps}-step chains answered at once | {share:.3f} |" for steps, share in results["mental"].items()]
    rows.append(f"| lettered choices about facts, four options | {results['choices']['all']:.3f} |")
    rows.append(f"| answers taken from an article | {results['reading']:.3f} |")
    rows += [
        f"| ratings against true profiles, correlation, {asked} | {value:.3f} |"
        for asked, value in results["profile_recovery"].items()
    ]
    command = f"python -m lab train {recipe['size']} --seed {recipe['seed']} --dose {recipe['dose']} --publish"
    lines = [
        f"# {folder.name}",
        "",
        f"A Llama of {training['parameters']:,} parameters, trained from scratch on {training['tokens_seen']:,} tokens",
        f"of the lab's world (`docs/lab.md`): judging dose *{recipe['dose']}*, seed {recipe['seed']}, final loss",
        f"{training['final_loss']:.4f}. It knows invented persons and counts on a ring of {MODULUS} numbers;",
        "a word outside its vocabulary is an error. Not for any use but these replications.",
        "",
        f"Trained by `{command}`",
        f"in {training['seconds'] / 60:.0f} minutes on {training['hardware']}.",
        "Text and weights come from `lab/` (MIT).",
        "",
        "Dev exam (`python -m lab exam`, numbers in `exam.json`; judged texts were written by the other rungs):",
        "",
        "| measure | value |",
        "|---|---|",
        *filter(None, dict.fromkeys(rows)),
    ]
    return "\n".join(lines) + "\n"


def publish(source: Path, name: str) -> Path:
    """Copy a trained model into models/, whole or not at all."""
    target = MODELS / name
    partial = MODELS / f".{name}.partial"
    partial.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir():
        (partial / file.name).write_bytes(file.read_bytes())
    target.mkdir(exist_ok=True)
    for file in partial.iterdir():
        os.replace(file, target / file.name)
    partial.rmdir()
    return target
