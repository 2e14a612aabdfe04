"""Positive control: accuracy on ARC, by our engine and by lm-evaluation-harness's own task, on the same items.

``python -m benchmarks.arc_control NAME [NAME ...]`` adds the models to benchmarks/results/arc_control.json. The layout
is the harness's own (``arc_easy``, ``arc_challenge``, no examples): "Question: ...", "Answer:", and each option's text
as the continuation. `acc` takes the likeliest option, `acc_norm` the likeliest by character. The items are dev
questions; the harness reads them from a file instead of from the Hub, all else is its own. `letters` are the lettered
questions of the `choices` notebook with five examples in the plain layout, test questions as it asks them: the harness
is given the prompts, and scores the four letters after each. Both must agree to the digit. A published value, where we
know one for a model, lies in the interval or not.
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
from common.engines import Engine, load_engine
from common.errors import InputError
from common.files import write_whole
from common.labels import LAYOUTS, LETTERS
from common.models import local
from common.paths import ROOT
from common.stats.intervals import wilson
from replications.p_true.choices import experiment
from replications.p_true.choices.prompts import OPTIONS, SHOTS, Exam, put
from replications.p_true.tasks import load_tasks

RESULTS = ROOT / "benchmarks" / "results" / "arc_control.json"
WORKER = Path(__file__).with_name("arc_control_worker.py")
MOST = 400
LETTERED = 60
SEED = 0
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


def exam(most: int) -> Exam:
    """The first lettered questions that the `choices` notebook asks of ARC, in its order and with its examples."""
    return experiment.set_exams(load_tasks(["arc"], "test", most, SEED), SEED)[0]


def ours(engine: Engine, asked: Sequence[ChoiceQuestion]) -> dict[str, list[bool]]:
    """Whether each question is answered right, by both measures."""
    prompts = [f"Question: {question.question}\nAnswer:" for question in asked]
    options = [[f" {choice}" for choice in question.choices] for question in asked]
    scores = engine.logprobs(prompts, options)
    found: dict[str, list[bool]] = {"acc": [], "acc_norm": []}
    for question, each in zip(asked, scores, strict=True):
        lengths = np.array([len(choice) for choice in question.choices])
        found["acc"].append(int(each.argmax()) == question.gold)
        found["acc_norm"].append(int((each / lengths).argmax()) == question.gold)
    return found


def ours_lettered(engine: Engine, asked: Exam) -> dict[str, list[bool]]:
    """Whether the likeliest letter is that of the key."""
    scores = experiment.ask_one(engine, asked, "letters", SHOTS, LAYOUTS["plain"])
    return {"acc": (scores.probabilities.argmax(axis=1) == asked.keys).tolist()}


def theirs(folder: Path, task: str, documents: Sequence[dict[str, Any]]) -> dict[str, list[bool]]:
    """The same by the harness, in its own environment; `task` is one of its own, or `letters`."""
    with tempfile.TemporaryDirectory() as place:
        asked, answers = Path(place, "asked.jsonl"), Path(place, "answers.json")
        asked.write_text("".join(json.dumps({"id": str(number)} | one) + "\n" for number, one in enumerate(documents)))
        subprocess.run([str(interpreter()), str(WORKER), str(folder), task, str(asked), str(answers)], check=True)
        found: dict[str, list[bool]] = json.loads(answers.read_text())
    return found


def document(question: ChoiceQuestion) -> dict[str, Any]:
    """A question with the fields of the public set, as the harness's own tasks read it."""
    labels = [chr(ord("A") + place) for place in range(len(question.choices))]
    return {
        "question": question.question,
        "choices": {"text": list(question.choices), "label": labels},
        "answerKey": labels[question.gold],
    }


def lettered_documents(asked: Exam) -> list[dict[str, Any]]:
    """Prompts as text, letters and the place of the right one."""
    layout = LAYOUTS["plain"]
    shown = [put(example, "letters", layout.lettering) for example in asked.examples[:SHOTS]]
    prompts = layout.prompts(shown, [put(one, "letters", layout.lettering)[0] for one in asked.questions])
    return [
        {"prompt": prompt, "letters": list(LETTERS[:OPTIONS]), "key": one.key}
        for prompt, one in zip(prompts, asked.questions, strict=True)
    ]


def control(name: str, most: int) -> dict[str, Any]:
    """Both accuracies of one model on both sets, item by item the same or not."""
    place = local.resolve(name)
    if place is None:
        raise InputError(f"{name}: give a registered model that was fetched")
    asked = {task: items(task, most) for task in ("arc_easy", "arc_challenge")}
    questions = exam(min(most, LETTERED))
    engine = load_engine(name, engine="hf", device="cpu")
    mine = {task: ours(engine, several) for task, several in asked.items()}
    mine["letters"] = ours_lettered(engine, questions)
    del engine  # the harness loads the weights once more, and both may not fit
    found = {}
    for task, several in asked.items():
        other = theirs(place.folder, task, [document(question) for question in several])
        for measure, right in mine[task].items():
            published = PUBLISHED.get(name, {}).get(task, {})
            value = published.get(measure) if isinstance(published, dict) else None
            found[f"{task} {measure}"] = _beside(right, other[measure], value)
    other = theirs(place.folder, "letters", lettered_documents(questions))
    found["arc_challenge letters"] = _beside(mine["letters"]["acc"], other["acc"])
    return found


def _beside(ours: Sequence[bool], theirs: Sequence[bool], published: float | None = None) -> dict[str, Any]:
    share = wilson(sum(ours), len(ours))
    row: dict[str, Any] = {
        "questions": len(ours),
        "ours": round(share.value, 4),
        "low": round(share.low, 4),
        "high": round(share.high, 4),
        "lm-eval": round(float(np.mean(theirs)), 4),
        "items that differ": int((np.array(ours) != np.array(theirs)).sum()),
    }
    return row if published is None else row | {"published": published}


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
