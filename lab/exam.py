"""The lab's exam: what a model knows by exposure, solves by difficulty and judges by format, on questions of one
split.

The gate and the model cards sit it on dev questions; claims draw theirs from the test split. Judging is examined on
what other models wrote (`witnesses`), so that a judge is not asked about its own habits only.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from common import layouts, likert
from common.datasets.splits import Split
from common.engines.base import Engine, Sampling
from common.stats import first_error
from lab import arithmetic, formats
from lab.arithmetic import Chain
from lab.corpus import TAUGHT_TEMPLATES, Quiz, chain_quiz, distractors, fact_quiz, lettered
from lab.items import INVENTORY
from lab.tokenizer import readable
from lab.world import World, split_of

RARE_SHARE = 0.3
"""Share of rare operands in evaluated problems: twice that of the corpus."""
LINE = Sampling(temperature=0.0, max_tokens=4, stop=("\n",))
TRACE = Sampling(temperature=0.0, max_tokens=64, stop=("\n",))


def chains(split: Split, steps: int, count: int, seed: int = 0) -> list[Chain]:
    """Up to `count` distinct problems of one length from one split; of one-step problems there are not many."""
    rng, found = np.random.default_rng([seed, 6, steps]), dict[Chain, None]()
    for _ in range(100 * count):
        chain = arithmetic.draw(rng, steps, RARE_SHARE)
        if split_of(chain) == split:
            found[chain] = None
        if len(found) == count:
            break
    return list(found)


def few_shot(quizzes: Sequence[Quiz]) -> str:
    """A header of open questions with their answers."""
    examples = [layouts.open_question(quiz.question, quiz.answer) for quiz in quizzes]
    return "".join(example.prompt + example.completion + "\n" for example in examples)


def recall(engine: Engine, world: World, split: Split, shots: int = 5) -> pd.DataFrame:
    """Open questions about facts: one row a fact, with `exposures` and `correct`."""
    taught = world.facts_of["taught"]
    header = few_shot([fact_quiz(taught[i]) for i in np.random.default_rng(0).permutation(len(taught))[:shots]])
    facts = world.facts_of[split]
    said = answers(engine, [header + layouts.open_question(fact_quiz(fact).question).prompt for fact in facts], LINE)
    return pd.DataFrame(
        {
            "relation": [fact.relation for fact in facts],
            "exposures": [fact.exposures for fact in facts],
            "said": said,
            "correct": [text == fact.value for text, fact in zip(said, facts, strict=True)],
        }
    )


def answers(engine: Engine, prompts: Sequence[str], sampling: Sampling) -> list[str]:
    """The first completion of each prompt, without spaces around it."""
    return [completions[0].text.strip() for completions in engine.sample(prompts, sampling)]


def mental(engine: Engine, split: Split, count: int = 300) -> pd.DataFrame:
    """One- and two-step problems answered at once: one row a problem, with `steps`, `rare_steps`, `said` and
    `correct`.
    """
    problems = [chain for steps in (1, 2) for chain in chains(split, steps, count)]
    said = answers(engine, [layouts.open_question(formats.chain_question(chain)).prompt for chain in problems], LINE)
    return _arithmetic(problems, said)


def solving(engine: Engine, split: Split, count: int = 200) -> pd.DataFrame:
    """Problems solved step by step: one row a problem, with `steps`, `rare_steps`, `text` and `correct`."""
    problems = [chain for steps in range(1, arithmetic.MAX_STEPS + 1) for chain in chains(split, steps, count)]
    texts = [c[0].text for c in engine.sample([formats.solution(chain).prompt for chain in problems], TRACE)]
    said = [formats.parse_solution(text)[1] for text in texts]
    return _arithmetic(problems, [str(answer) for answer in said]).assign(text=texts)


def _arithmetic(problems: Sequence[Chain], said: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "problem": problems,
            "steps": [len(chain.operations) for chain in problems],
            "rare_steps": [chain.rare_steps for chain in problems],
            "said": said,
            "correct": [text == str(arithmetic.answer(chain)) for text, chain in zip(said, problems, strict=True)],
        }
    )


def p_true(engine: Engine, quizzes: Sequence[Quiz], proposed: Sequence[str]) -> np.ndarray:
    """Probability of " (A)" (true) against " (B)" for each proposed answer."""
    prompts = [
        layouts.true_or_false(quiz.question, answer).prompt for quiz, answer in zip(quizzes, proposed, strict=True)
    ]
    return engine.option_scores(prompts, [formats.TRUE_LABEL, formats.FALSE_LABEL]).probabilities[:, 0]


def fact_quizzes(world: World, split: Split) -> list[Quiz]:
    """Every fact of a split as a question."""
    return [fact_quiz(fact) for fact in world.facts_of[split]]


def chain_quizzes(split: Split, count: int = 300) -> list[Quiz]:
    """One- and two-step problems of a split as questions."""
    return [chain_quiz(chain) for steps in (1, 2) for chain in chains(split, steps, count)]


def p_true_auroc(engine: Engine, witness: Engine, quizzes: Sequence[Quiz]) -> float:
    """AUROC of P(True) against the truth of one-token answers that a witness sampled at temperature 1; NaN if all are
    alike.
    """
    sampling = Sampling(temperature=1.0, max_tokens=4, stop=("\n",), seed=1)
    said = answers(witness, [layouts.open_question(quiz.question).prompt for quiz in quizzes], sampling)
    asked = [(quiz, text) for quiz, text in zip(quizzes, said, strict=True) if text in quiz.values]
    right = [quiz.answer == text for quiz, text in asked]
    return auroc(right, p_true(engine, [quiz for quiz, _ in asked], [text for _, text in asked]))


def p_true_pairs(engine: Engine, quizzes: Sequence[Quiz], seed: int = 3) -> float:
    """How often the right answer to a question gets a higher P(True) than a random wrong one, ties counted half.

    One half without any judging, also where P(True) follows how well known a question is, which raises its AUROC over
    questions: better known ones are answered right more often.
    """
    rng = np.random.default_rng(seed)
    right = p_true(engine, quizzes, [quiz.answer for quiz in quizzes])
    wrong = p_true(engine, quizzes, [distractors(quiz, rng, 1)[0] for quiz in quizzes])
    return round(float(np.mean((right > wrong) + (right == wrong) / 2)), 4)


def choosing(engine: Engine, world: World, split: Split) -> pd.DataFrame:
    """Lettered choices about facts, four options each: one row a fact, with `exposures` and `correct`."""
    rng, prompts, keys = np.random.default_rng(8), [], []
    for quiz in fact_quizzes(world, split):
        options, key = lettered(quiz, rng)
        prompts.append(layouts.choices(quiz.question, options).prompt)
        keys.append(key)
    chosen = engine.option_scores(prompts, formats.CHOICE_LABELS).probabilities.argmax(axis=1)
    return pd.DataFrame(
        {"exposures": [fact.exposures for fact in world.facts_of[split]], "correct": chosen == np.array(keys)}
    )


def reading(engine: Engine, world: World, split: Split) -> float:
    """Share of questions answered from an article that says another value than the truth."""
    rng, prompts, told = np.random.default_rng(9), [], []
    for quiz, fact in zip(fact_quizzes(world, split), world.facts_of[split], strict=True):
        told.append(distractors(quiz, rng, 1)[0])
        article = f"The {fact.relation} of {fact.person} is {told[-1]}."
        prompts.append(layouts.with_background(article, quiz.question).prompt)
    return float(np.mean([said == value for said, value in zip(answers(engine, prompts, LINE), told, strict=True)]))


def auroc(right: Sequence[bool], scores: np.ndarray) -> float:
    """Area under the ROC curve, NaN where only one class occurs."""
    return float(roc_auc_score(right, scores)) if len(set(right)) == 2 else math.nan


def verdict_auroc(engine: Engine, witness: Engine, split: Split, count: int = 100) -> float:
    """AUROC of p(Yes) after a greedy verification, on solutions of 2 to 6 steps that a witness sampled."""
    problems = [chain for steps in range(2, arithmetic.MAX_STEPS + 1) for chain in chains(split, steps, count)]
    sampling = TRACE.model_copy(update={"temperature": 1.0, "seed": 1})
    texts = [c[0].text for c in witness.sample([formats.solution(chain).prompt for chain in problems], sampling)]
    asked = [(chain, text) for chain, text in zip(problems, texts, strict=True) if readable(text)]
    right = [formats.parse_solution(text)[1] == arithmetic.answer(chain) for chain, text in asked]
    return auroc(right, p_yes(engine, [chain for chain, _ in asked], [text for _, text in asked]))


VERDICT = "Is the answer correct (Yes/No)?"


def p_yes(engine: Engine, problems: Sequence[Chain], solutions: Sequence[str]) -> np.ndarray:
    """Probability of a Yes verdict after one greedy verification of each solution (after none where that is
    unreadable).
    """
    prompts = [formats.verification(chain, text).prompt for chain, text in zip(problems, solutions, strict=True)]
    checks = [c[0].text for c in engine.sample(prompts, TRACE.model_copy(update={"stop": (VERDICT,)}))]
    asked = [
        prompt + check * readable(check + VERDICT) + VERDICT for prompt, check in zip(prompts, checks, strict=True)
    ]
    return engine.option_scores(asked, [" Yes", " No"]).probabilities[:, 0]


def critique_scores(engine: Engine, split: Split, count: int = 100) -> tuple[first_error.Scores, float]:
    """First-error scores on half right, half randomly corrupted solutions of 2 to 6 steps; and the blind floor of
    those labels.
    """
    rng = np.random.default_rng(7)
    problems = [chain for steps in range(2, arithmetic.MAX_STEPS + 1) for chain in chains(split, steps, count)]
    solved = [arithmetic.corrupt(c, rng) if i % 2 else arithmetic.solve(c) for i, c in enumerate(problems)]
    labels = [arithmetic.first_error(chain, steps) for chain, steps in zip(problems, solved, strict=True)]
    prompts = [formats.critique(c, steps).prompt for c, steps in zip(problems, solved, strict=True)]
    said = [formats.parse_critique(c[0].text) for c in engine.sample(prompts, TRACE)]
    return first_error.scores(labels, [np.nan if s is None else s for s in said]), first_error.blind_floor(labels)


def profile_recovery(engine: Engine, world: World, split: Split) -> dict[str, float]:
    """Correlation of expected ratings of inventory items with the true levels, for each taught template and order."""
    found = {}
    for template, order in TAUGHT_TEMPLATES:
        prompts, truth = [], []
        for character in world.characters_of[split]:
            for item in INVENTORY:
                messages = likert.messages(template, item.text, order, f"You are {character.name}.")
                prompts.append("\n".join(message["content"] for message in messages))
                truth.append(item.level(character))
        scores = engine.option_scores(prompts, likert.LABELS[template]).probabilities @ np.array(likert.ratings(order))
        found[f"{template} {order}"] = float(np.corrcoef(scores, truth)[0, 1])
    return found


def sit(engine: Engine, witnesses: Sequence[Engine], world: World, split: Split) -> dict[str, Any]:
    """The whole exam of one model; what it judges was written by the witnesses, and AUROCs are means over them."""
    facts, at_once, solved = recall(engine, world, split), mental(engine, split), solving(engine, split)
    critique, floor = critique_scores(engine, split)
    chosen = choosing(engine, world, split)
    return {
        "facts": {"all": _share(facts)} | _shares(facts, "exposures"),
        "mental": _shares(at_once, "steps"),
        "solving": _shares(solved, "steps"),
        "solving_by_rare_steps": _shares(solved, "rare_steps"),
        "p_true_auroc": {
            "facts": _mean(p_true_auroc(engine, witness, fact_quizzes(world, split)) for witness in witnesses),
            "arithmetic": _mean(p_true_auroc(engine, witness, chain_quizzes(split)) for witness in witnesses),
        },
        "p_true_pairs": {
            "facts": p_true_pairs(engine, fact_quizzes(world, split)),
            "arithmetic": p_true_pairs(engine, chain_quizzes(split)),
        },
        "verdict_auroc": _mean(verdict_auroc(engine, witness, split) for witness in witnesses),
        "critique": asdict(critique) | {"floor": floor},
        "choices": {"all": _share(chosen)} | _shares(chosen, "exposures"),
        "reading": reading(engine, world, split),
        "profile_recovery": profile_recovery(engine, world, split),
    }


def _share(table: pd.DataFrame) -> float:
    return round(float(table["correct"].mean()), 4)


def _shares(table: pd.DataFrame, by: str) -> dict[str, float]:
    return {str(key): _share(part) for key, part in table.groupby(by)}


def _mean(values: Iterable[float]) -> float:
    return round(float(np.nanmean(list(values))), 4)
