"""P(IK): heads trained on what a model turned out to know, and what they say of new questions.

After Kadavath et al. 2022, section 5. One head learns from the first task, one from all. The whole model is fine-tuned
with a logit at the last token of the question, its label the share right of thirty samples. What a model knows is drawn
once; the seed of a head (initial weights, order, held-out questions) is another thing, so heads of several seeds are
compared on the same truth.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from common import subjects
from common.arrays import Floats
from common.datasets.splits import Split
from common.engines import Engine, Sampling
from common.stats.estimates import Undefined, attempt
from common.tasks import Question
from common.training import heads
from common.training.heads import Head, Settings
from common.training.states import Backbone, Features
from replications.p_true import ladder
from replications.p_true.ladder import Model
from replications.p_true.p_ik import articles, hints, knowing
from replications.p_true.p_ik.knowing import Known
from replications.p_true.p_ik.params import PIkParams
from replications.p_true.p_ik.prompts import Variants, Version, open_prompts
from replications.p_true.tasks import Sheet, load_tasks

ALL = "all tasks"
"""Name of the head trained on every task; a head trained on one task has its name."""
HELD_OUT, PATIENCE = 0.1, 3
"""Share of the training questions that says when to stop, and epochs that it waits."""

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Truth:
    """What one model knows, by task."""

    learned: dict[str, Known]
    """Questions to train on, none of them of the test split."""
    tested: dict[str, Known]


@dataclass(frozen=True, slots=True)
class Material:
    """Questions of the main model with something beside them; or why there are none."""

    articles: Variants | Undefined
    hints: Variants | Undefined


@dataclass(frozen=True, slots=True)
class Said:
    """P(IK) by heads of one model and seed; a head that could not be trained or read says why."""

    plain: dict[str, dict[str, Floats] | Undefined]
    """By head: P(IK) of the tested questions, by task."""
    articles: dict[str, dict[Version, Floats] | Undefined]
    """By head; empty for all but the main model."""
    hints: dict[str, dict[Version, Floats] | Undefined]


def models(params: PIkParams) -> list[Model]:
    """The model that the claims are about first, then those to compare with: rungs of the ladder of the high dose.

    `ends` compares with the smallest size alone.

    Raises:
        InputError: as in `ladder.models`.
    """
    compare = "sizes" if params.compare == "ends" else params.compare
    found = ladder.models(subjects.find(params.subject), compare)
    others = [model for model in found[1:] if model.rung]
    if params.compare == "ends" and others:
        others = [min(others, key=lambda model: model.parameters)]
    return [found[0], *others]


def trained_on(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Tasks of each head."""
    return {names[0]: (names[0],)} | ({ALL: tuple(names)} if len(names) > 1 else {})


def most_tokens(params: PIkParams, split: Split) -> int:
    """Tokens that all models generate, at most, what is in the store aside: samples, bad hints, answers to material."""
    sheets = load_tasks(params.tasks, split, params.questions, params.seed, params.subject)
    learned = [task for name in params.tasks for task in _to_learn(name, params)]
    each = knowing.most_tokens([*sheets.values(), *learned])
    worked = attempt(lambda: _worked(params, split))
    beside = 0 if isinstance(worked, Undefined) else hints.most_tokens(*worked)
    first = sheets[params.tasks[0]]
    return each * len(models(params)) + beside + (articles.most_tokens(first) if first.name == "facts" else 0)


def ask(engine: Engine, params: PIkParams, split: Split) -> Truth:
    """Find out what a model knows of the questions to train on and of those of the split.

    Raises:
        InputError: a task without readable samples, or a question too long for the model.
    """
    tested = load_tasks(params.tasks, split, params.questions, params.seed, params.subject)
    return Truth(
        {name: knowing.ask(engine, _to_learn(name, params), params.seed) for name in params.tasks},
        {name: knowing.ask(engine, [task], params.seed) for name, task in tested.items()},
    )


def _to_learn(name: str, params: PIkParams) -> list[Sheet]:
    return knowing.to_learn(name, params.learn, params.seed, params.subject)


def gather(engine: Engine, params: PIkParams, split: Split) -> Material:
    """Articles for the first task and hints for problems with steps, where there are such."""
    first = load_tasks(params.tasks[:1], split, params.questions, params.seed, params.subject)[params.tasks[0]]

    def hinted() -> Variants:
        task, worked = _worked(params, split)
        return hints.set_out(engine, task, worked, params.seed)

    rng = np.random.default_rng([params.seed, 1])
    return Material(attempt(lambda: articles.set_out(first, rng)), attempt(hinted))


def _worked(params: PIkParams, split: Split) -> tuple[Sheet, list[hints.Worked]]:
    fit = [name for name in params.tasks if name in ("arithmetic", "gsm8k")]
    name = fit[0] if fit else params.tasks[0]
    task = load_tasks([name], split, params.problems, params.seed, params.subject)[name]
    return task, hints.problems(task, split, params.problems)


def answered(engine: Engine, material: Material, seed: int) -> dict[str, dict[Version, Floats]]:
    """Whether the greedy answers to the material are right, by its name ("articles", "hints"), where there is such."""
    there = {"articles": material.articles, "hints": material.hints}
    return {n: greedy_right(engine, of, seed) for n, of in there.items() if isinstance(of, Variants)}


def perform(
    models: Sequence[Model],
    engines: Mapping[str, Engine],
    truths: Mapping[str, Truth],
    material: Material,
    params: PIkParams,
    seed: int,
) -> dict[str, Said]:
    """Train the heads of every model under one seed, and read what they say; of the material those of the first."""
    found: dict[str, Said] = {}
    for model in models:
        engine, truth = engines[model.name], truths[model.name]
        backbone = Backbone(model.source) if params.backbone == "full" else Features(engine)
        trained = train(backbone, truth, params, seed)
        found[model.name] = say(trained, truth, None if found else material)
    return found


def train(backbone: Backbone | Features, truth: Truth, params: PIkParams, seed: int) -> dict[str, Head | Undefined]:
    """Train the heads of one model; one that cannot be trained says why."""
    settings = Settings(
        backbone="full" if params.backbone == "full" else "frozen",
        batch_size=params.batch_size,
        learning_rate=params.learning_rate,
        epochs=params.epochs,
        held_out=HELD_OUT,
        patience=PATIENCE,
    )

    def one(names: Sequence[str], number: int) -> Head:
        learned = [truth.learned[name] for name in names]
        prompts = [prompt for known in learned for prompt in known.prompts]
        labels = np.concatenate([known.known if params.labels == "hard" else known.shares for known in learned])
        return heads.fit_at_end(backbone, prompts, labels, settings, np.random.default_rng([seed, number]))

    each = enumerate(trained_on(params.tasks).items())
    return {name: attempt(partial(one, names, number)) for number, (name, names) in each}


def say(trained: dict[str, Head | Undefined], truth: Truth, material: Material | None = None) -> Said:
    """Read P(IK) of every tested question, and of the material."""

    def plain(head: Head) -> dict[str, Floats]:
        return {name: heads.read(head, known.prompts) for name, known in truth.tested.items()}

    def beside(variants: Variants | Undefined) -> dict[str, dict[Version, Floats] | Undefined]:
        if isinstance(variants, Undefined):
            return dict.fromkeys(trained, variants)
        return {name: _with(head, lambda head: p_ik(head, variants)) for name, head in trained.items()}

    return Said(
        {name: _with(head, plain) for name, head in trained.items()},
        beside(material.articles) if material else {},
        beside(material.hints) if material else {},
    )


def _with(head: Head | Undefined, read: Callable[[Head], Read]) -> Read | Undefined:
    return head if isinstance(head, Undefined) else attempt(lambda: read(head))


def p_ik(head: Head, variants: Variants) -> dict[Version, Floats]:
    """P(IK) of every version, shape [questions] each, NaN where there is no such version.

    Raises:
        InputError: a version that is longer than the model's context, or that it cannot read.
    """
    found = {}
    for version, questions in variants.versions.items():
        there = [question for question in questions if question]
        said = heads.read(head, open_prompts(variants.task, there))
        found[version] = _spread(questions, said)
    return found


def greedy_right(engine: Engine, variants: Variants, seed: int) -> dict[Version, Floats]:
    """Whether the greedy answer to every version is right (1, 0), NaN where there is no such version.

    Raises:
        InputError: as in `p_ik`.
    """
    task, found = variants.task, {}
    sampling = Sampling(temperature=0.0, max_tokens=task.max_tokens, stop=task.stop, seed=seed)
    for version, questions in variants.versions.items():
        there = [question for question in questions if question]
        said = engine.sample(open_prompts(task, there), sampling)
        right = [task.grade(question, drawn[0].text) for question, drawn in zip(there, said, strict=True)]
        found[version] = _spread(questions, right)
    return found


def _spread(questions: Sequence[Question | None], values: Sequence[float] | Floats) -> Floats:
    spread = np.full(len(questions), np.nan)
    spread[[question is not None for question in questions]] = values
    return spread
