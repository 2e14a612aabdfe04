"""What the registered models can do, on dev questions.

``python -m benchmarks.cards NAME [NAME ...]`` adds them to benchmarks/results/cards.json and prints them.

ARC-easy and ARC-challenge: after five solved dev questions, by the letter (four options listed, one token scored; with
the probability that the letters hold together) and by the option's text (no options listed, its total log-probability).
MultiArith: one greedy answer step by step, through the chat template where there is one, else after four solved
examples of our own; the last number counts where none is declared. At most 200 questions of the dev part of each set.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from common import asking
from common.engines import Engine, Prompt, Sampling, load_engine
from common.files import write_whole
from common.layouts import open_question
from common.paths import ROOT
from common.runs.provenance import machine
from common.stats.intervals import wilson
from common.tasks import PUBLIC, Question

RESULTS = ROOT / "benchmarks" / "results" / "cards.json"
MOST = 200
SHOTS = 5
LETTERS = [" A", " B", " C", " D"]
SETS = {"easy": "arc_easy", "challenge": "arc"}
ASK = "{}\nThink step by step. End with: The answer is <number>."
SOLVED = (
    ("A baker made 24 rolls and sold 15. Then he made 8 more. How many rolls has he now?",
     "After the sale 24 - 15 = 9 rolls are left. With the new ones it is 9 + 8 = 17. The answer is 17."),
    ("Four boxes hold 6 pens each. Mia takes 5 pens out. How many pens are left in the boxes?",
     "The boxes hold 4 * 6 = 24 pens. Without 5 of them it is 24 - 5 = 19. The answer is 19."),
    ("Tom has 30 stickers and gives 6 to his sister. He shares the rest among 3 friends. How many does each get?",
     "He keeps 30 - 6 = 24 stickers. Each friend gets 24 / 3 = 8. The answer is 8."),
    ("A ticket costs 7 dollars and a drink 2 dollars. What do 5 tickets and 5 drinks cost?",
     "One of each costs 7 + 2 = 9 dollars. Five of each cost 5 * 9 = 45. The answer is 45."),
)  # fmt: skip


def card(name: str, most: int) -> dict[str, Any]:
    """Everything about one model."""
    engine = load_engine(name, engine="hf", device="cpu", store=None)  # what is timed must be computed
    found = {f"ARC-{level}": _choices(engine, name, most) for level, name in SETS.items()}
    return {
        "model": engine.identity["model"],
        "dtype": engine.identity["dtype"],
        **found,
        "MultiArith": _word_problems(engine, most),
        "machine": machine() | {"omp_num_threads": os.environ.get("OMP_NUM_THREADS")},
    }


def _choices(engine: Engine, task: str, most: int) -> dict[str, Any]:
    dev = PUBLIC[task].load("dev", SHOTS + most)
    shown, asked = dev[:SHOTS], dev[SHOTS:]
    gold = np.array([_gold(question) for question in asked])
    listed = "".join(f"{_listed(question)}{LETTERS[_gold(question)]}\n\n" for question in shown)
    scores = engine.option_scores([listed + _listed(question) for question in asked], LETTERS)
    plain = "".join(f"{question.prompt} {question.shown}\n\n" for question in shown)
    texts = engine.logprobs(
        [plain + question.prompt for question in asked],
        [[f" {choice}" for choice in question.values] for question in asked],
    )
    return {
        "questions": len(asked),
        "accuracy by letter": _share(scores.probabilities.argmax(axis=1) == gold),
        "mass of the letters": round(float(scores.mass.mean()), 4),
        "accuracy by text": _share(np.stack(texts).argmax(axis=1) == gold),
    }


def _gold(question: Question) -> int:
    return question.values.index(question.answer)


def _listed(question: Question) -> str:
    options = "".join(f"{letter.strip()}. {choice}\n" for letter, choice in zip(LETTERS, question.values, strict=True))
    return f"Question: {question.text}\n{options}Answer:"


def _word_problems(engine: Engine, most: int) -> dict[str, Any]:
    task = PUBLIC["multiarith"]
    problems = task.load("dev", most)
    prompts = [_step_by_step(engine, problem) for problem in problems]
    chat = not isinstance(prompts[0], str)
    sampling = Sampling(temperature=0, max_tokens=task.max_tokens, stop=() if chat else ("\n\n",))
    start = time.perf_counter()
    drawn = [one for (one,) in engine.sample(prompts, sampling)]
    seconds = time.perf_counter() - start
    right = [task.right(problem, task.read(one.text)) for one, problem in zip(drawn, problems, strict=True)]
    tokens = sum(len(one.token_ids) for one in drawn)
    return {
        "questions": len(problems),
        "asked": "chat" if chat else "four examples",
        "accuracy": _share(np.array(right)),
        "cut off": round(float(np.mean([one.finish_reason == "length" for one in drawn])), 4),
        "tokens": tokens,
        "tokens_per_s": float(f"{tokens / seconds:.3g}"),
    }


def _step_by_step(engine: Engine, problem: Question) -> Prompt:
    examples = "".join(f"{open_question(asked).prompt} {said}\n\n" for asked, said in SOLVED)
    return asking.prompt(engine, asking.user(ASK.format(problem.text)), examples + problem.prompt)


def _share(right: np.ndarray) -> dict[str, float]:
    found = wilson(int(right.sum()), len(right))
    return {"value": round(found.value, 4), "low": round(found.low, 4), "high": round(found.high, 4)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, add to the other models' cards, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cards", description=__doc__)
    parser.add_argument("name", nargs="+", help="a registered model that was fetched")
    parser.add_argument("--most", type=int, default=MOST, help="questions of each set (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file of the results (default: %(default)s)")
    options = parser.parse_args(arguments)
    for name in options.name:
        found = card(name, options.most)
        cards = json.loads(options.out.read_text()) if options.out.is_file() else {}
        write_whole(options.out, json.dumps(cards | {name: found}, indent=2) + "\n")
        print(json.dumps({name: found}, indent=2))


if __name__ == "__main__":
    main()
