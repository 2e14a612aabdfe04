"""Positive control: accuracy on ARC, by our engine and by lm-evaluation-harness's own task, on the same items.

``python -m benchmarks.arc_control NAME [NAME ...]`` adds the models to benchmarks/results/arc_control.json. The layout
is the harness's own (``arc_easy``, ``arc_challenge``, no examples): "Question: ...", "Answer:", and each option's text
as the continuation. `acc` takes the likeliest option, `acc_norm` the likeliest by character. The items are dev
questions; the harness reads them from a file instead of from the Hub, all else is its own. Both must agree to the
digit. A published value, where we know one for a model, lies in the interval or not.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engines.harness import interpreter
from common.datasets import qa
from common.datasets.qa import ChoiceQuestion
from common.datasets.splits import cut
from common.engines import load_engine
from common.errors import InputError
from common.models import local
from common.paths import ROOT
from common.runs.record import write_whole
from common.stats.intervals import wilson

RESULTS = ROOT / "benchmarks" / "results" / "arc_control.json"
WORKER = Path(__file__).with_name("arc_control_worker.py")
MOST = 400
PUBLISHED = {
    "smollm2-135m": {
        "source": "baseline in the model card of lldois/SmolLM2-135M-Reasoning-SLERP-Champion (second-hand; lm-eval, "
        "no examples, whole test set, weights not quantised)",
        "arc_easy": {"acc": 0.5412},
        "arc_challenge": {"acc_norm": 0.2773},
    }
}


def items(task: str, most: int) -> list[ChoiceQuestion]:
    """Up to so many dev questions."""
    return cut(qa.arc("easy" if task == "arc_easy" else "challenge"), lambda q: q.question, "dev")[:most]


def ours(name: str, asked: Sequence[ChoiceQuestion]) -> dict[str, list[bool]]:
    """Whether each question is answered right, by both measures."""
    engine = load_engine(name, engine="hf", device="cpu")
    prompts = [f"Question: {question.question}\nAnswer:" for question in asked]
    options = [[f" {choice}" for choice in question.choices] for question in asked]
    scores = engine.logprobs(prompts, options)
    found: dict[str, list[bool]] = {"acc": [], "acc_norm": []}
    for question, each in zip(asked, scores, strict=True):
        lengths = np.array([len(choice) for choice in question.choices])
        found["acc"].append(int(each.argmax()) == question.gold)
        found["acc_norm"].append(int((each / lengths).argmax()) == question.gold)
    return found


def theirs(folder: Path, task: str, asked: Sequence[ChoiceQuestion]) -> dict[str, list[bool]]:
    """The same by the harness, in its own environment."""
    with tempfile.TemporaryDirectory() as place:
        documents, answers = Path(place, "arc.jsonl"), Path(place, "answers.json")
        documents.write_text("".join(json.dumps(_document(number, one)) + "\n" for number, one in enumerate(asked)))
        subprocess.run([str(interpreter()), str(WORKER), str(folder), task, str(documents), str(answers)], check=True)
        found: dict[str, list[bool]] = json.loads(answers.read_text())
    return found


def _document(number: int, question: ChoiceQuestion) -> dict[str, Any]:
    labels = [chr(ord("A") + place) for place in range(len(question.choices))]
    return {
        "id": str(number),
        "question": question.question,
        "choices": {"text": list(question.choices), "label": labels},
        "answerKey": labels[question.gold],
    }


def control(name: str, most: int) -> dict[str, Any]:
    """Both accuracies of one model on both sets, item by item the same or not."""
    place = local.resolve(name)
    if place is None:
        raise InputError(f"{name}: give a registered model that was fetched")
    found: dict[str, Any] = {}
    for task in ("arc_easy", "arc_challenge"):
        asked = items(task, most)
        mine, other = ours(name, asked), theirs(place.folder, task, asked)
        for measure in ("acc", "acc_norm"):
            share = wilson(sum(mine[measure]), len(asked))
            row: dict[str, Any] = {
                "questions": len(asked),
                "ours": round(share.value, 4),
                "low": round(share.low, 4),
                "high": round(share.high, 4),
                "lm-eval": round(float(np.mean(other[measure])), 4),
                "items that differ": int((np.array(mine[measure]) != np.array(other[measure])).sum()),
            }
            published = PUBLISHED.get(name, {}).get(task, {})
            if isinstance(published, dict) and measure in published:
                row["published"] = published[measure]
            found[f"{task} {measure}"] = row
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, add to the other models, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.arc_control", description=__doc__)
    parser.add_argument("name", nargs="+", help="a registered model that was fetched")
    parser.add_argument("--most", type=int, default=MOST, help="questions of each set (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file of the results (default: %(default)s)")
    options = parser.parse_args(arguments)
    for name in options.name:
        found = control(name, options.most)
        every = json.loads(options.out.read_text()) if options.out.is_file() else {}
        write_whole(options.out, json.dumps(every | {name: found}, indent=1) + "\n")
        print(json.dumps({name: found}, indent=1))


if __name__ == "__main__":
    main()
