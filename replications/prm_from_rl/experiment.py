"""What is judged and collected: trainings of now or published ones, or any model measured as a study of its own.

A model alone is a study of one arm, `model`, in the shape that trainings write: what it solves and judges, on lab items
or on ProcessBench. ProcessBench ships no reference answers, so solving, dependence and best-of-N are measured on the
lab alone.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from common import subjects
from common.engines import Engine, load_engine
from common.paths import ROOT
from lab.arithmetic import chain_of
from replications.prm_from_rl import judging, pools, study, trainings
from replications.prm_from_rl.items import SteppedSolution, first, lab, problems, real
from replications.prm_from_rl.params import Params
from replications.prm_from_rl.prompts import Format, format_of
from replications.prm_from_rl.study import MODEL, SMALLER, Study
from replications.prm_from_rl.train import folder_of
from replications.prm_from_rl.trainings import graded


def load(params: Params, ask: Callable[[str], Engine]) -> Study:
    """The study that a notebook's parameters name: trainings of now, those of a folder, or the subject as it is.

    Trainings are read where they began with the subject; else `ask` opens engines by the names of subjects.

    Raises:
        InputError: what either raises.
    """
    if params.steps:
        return train(params)
    if params.measure or params.task != "lab":
        return measure(params, ask)
    found = study.read(_rooted(params.results))
    base = subjects.find(found.settings["plan"]["base"])
    return found if base == subjects.find(params.subject) else measure(params, ask)


def train(params: Params) -> Study:
    """The experiment at another size, in a folder of its own under outputs/; resumed if it was interrupted."""
    plan = trainings.Plan(
        base=subjects.find(params.subject).source,
        witnesses=tuple(str(_rooted(name)) for name in params.witnesses),
        items=params.items or trainings.Plan.items,
        pool_problems=params.problems,
        samples=params.samples,
    )
    plan = trainings.small(plan, params.steps, params.seeds)
    folder = folder_of(plan)
    return trainings.run(plan, folder.with_name(f"{folder.name}-{params.items}-{params.problems}x{params.samples}"))


def measure(params: Params, ask: Callable[[str], Engine]) -> Study:
    """One model, measured once; one `beside` it judges the same items. Prints how many tokens it will generate at most.

    Raises:
        InputError: either cannot be loaded.
    """
    engine = ask(params.subject)
    form = format_of(params.task, engine, params.max_tokens or subjects.tokens_of(params.subject, params.task, 0))
    items = _items(params)
    judged = first(items, params.items)
    most = most_tokens(params, form, len(judged))
    print(f"{len(judged)} solutions to judge; at most {most:,} tokens will be generated")
    said = judging.critiques(engine, form, judged)
    own = judging.solve(engine, form, [item.problem for item in judged])
    after = judging.critiques(engine, form, judged, [one.text for one in own])
    found = {"judge": judging.predictions(form, said), "self-ref": judging.predictions(form, after)}
    if params.vote:
        found["vote"] = judging.judge_by_vote(engine, form, judged)
    frame = None
    if params.task == "lab":
        seed, taken = trainings.Plan().first_seed, [chain_of(item.problem) for item in items]
        chains = problems("test", len(items) + params.problems, seed + 1, taken)
        to_solve, pool = chains[: len(judged)], chains[len(items) :]  # those of the published trainings
        found["own"] = graded(own, [chain_of(item.problem) for item in judged])
        found["solve"] = graded(judging.solve(engine, form, [str(chain) for chain in to_solve]), to_solve)
        frame = pools.sample(engine, form, pool, params.samples, seed).drop(columns="text") if pool else None
    values = {(MODEL, 0, 0, what): row for what, row in found.items()}
    if params.beside:
        other = ask(params.beside)
        as_asked = format_of(params.task, other, form.greedy.max_tokens)
        values[SMALLER, 0, 0, "judge"] = judging.judge(other, as_asked, judged)
    kinds = {"critiques": said, "solutions of judged problems": own, "critiques after an own solution": after}
    cut_off = {what: float(np.mean([one.finish_reason == "length" for one in drawn])) for what, drawn in kinds.items()}
    return Study(judged, values, frame, cut_off=cut_off)


def most_tokens(params: Params, form: Format, items: int) -> int:
    """Tokens that a measurement can generate at most."""
    calls = items * (3 + form.voting.n * params.vote + bool(params.beside))
    if params.task != "lab":
        return calls * form.greedy.max_tokens
    return (calls + items + params.problems * params.samples * 2) * form.greedy.max_tokens


def _items(params: Params) -> list[SteppedSolution]:
    """All items of the task; the lab's are the published ones where there are any."""
    if params.task != "lab":
        return real(params.task)
    published = _rooted(params.results) / study.ITEMS
    if published.is_file():
        return study.read_items(published)
    witnesses: list[Engine] = [load_engine(_rooted(name), engine="hf") for name in params.witnesses]
    return lab("test", params.items or trainings.Plan.items, trainings.Plan().first_seed, witnesses)


def _rooted(name: str) -> Path:
    """A path from the repository's root, wherever a kernel was started."""
    return ROOT / name
