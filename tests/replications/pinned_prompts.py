"""The first prompts of every paper and task as text: `python -m tests.replications.pinned_prompts` writes them anew.

The files beside hold the prompts of one paper, task and kind of model (with a chat template, or plain). Texts of sets
that may not be passed on (LAMBADA, MultiArith, ProcessBench) are replaced by their ids.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import cards
from common import tasks
from common.datasets import processbench, qa, word_problems
from common.errors import InputError
from common.labels import LAYOUTS, TAUGHT, Layout
from lab import arithmetic
from replications.genrm_vs_sc import tasks as solved
from replications.p_true.choices import prompts as lettered
from replications.p_true.p_ik import articles, hints
from replications.p_true.p_ik.prompts import open_prompts
from replications.p_true.p_true import prompts as judging
from replications.p_true.params import LAB_TASKS
from replications.p_true.tasks import Sheet, load_task
from replications.prm_from_rl import items, prompts
from replications.self_assessment import prompts as rating
from replications.self_assessment.inventories import inventory, respondents

FOLDER = Path(__file__).with_name("prompts")


class Plain:
    """A model without a chat template."""

    def render(self, prompt):
        if not isinstance(prompt, str):
            raise InputError("this model has no chat template")
        return prompt


class Chat:
    """A model with a chat template."""

    def render(self, prompt):
        return prompt if isinstance(prompt, str) else "".join(f"<{m['role']}>{m['content']}<end>" for m in prompt)


class NoSystem(Chat):
    """A model whose chat template takes no system role."""

    def render(self, prompt):
        if not isinstance(prompt, str) and prompt[0]["role"] == "system":
            raise InputError("this chat template takes no system role")
        return super().render(prompt)


ENGINES = {"plain": Plain(), "chat": Chat(), "nosystem": NoSystem()}


def answering(name: str, kind: str) -> dict[str, str]:
    """P(True) and P(IK): the open question, lettered and judging prompts, questions with something beside them."""
    task, engine = load_task(name, "test", 2), ENGINES[kind]
    found = {"limits": f"{task.max_tokens} tokens, until {task.stop}"}
    found |= {"open": _open(engine, task, task.questions[0])}
    layouts = [TAUGHT] if task.lab else [layout for layout in LAYOUTS.values() if layout.chat == (kind == "chat")]
    for layout in layouts:
        found |= _lettered(engine, task, layout) if task.questions[0].values else {}
        found |= _judging(engine, task, layout)
    if name in ("arithmetic", "gsm8k"):
        worked = hints.problems(task, "test", 2)
        found["to solve"] = engine.render(worked[0].solve)
        hinted = hints._hinted(task, worked[0], worked[0].steps, 2 / 3)
        found["hint"] = _open(engine, task, hinted)
    if name == "facts":
        versions = articles.set_out(load_task(name, "test", 5), np.random.default_rng(0)).versions
        found["article"] = _open(engine, task, versions[articles.TELLING][0])
    return found


def _open(engine, task: Sheet, question: tasks.Question) -> str:
    return engine.render(open_prompts(task, [question])[0])


def _lettered(engine, task: Sheet, layout: Layout) -> dict[str, str]:
    exam, found = lettered.set_exam(task, np.random.default_rng(0)), {}
    for kind in lettered.KINDS:
        shown = [lettered.put(example, kind, layout.lettering) for example in exam.examples]
        asked, completion = lettered.put(exam.questions[0], kind, layout.lettering)
        (prompt,) = layout.prompts(shown, [asked])
        found[f"{kind}, {layout.name}, followed by {completion!r}"] = engine.render(prompt)
    return found


def _judging(engine, task: Sheet, layout: Layout) -> dict[str, str]:
    shown = judging.six_of_the_lab(0) if task.lab else judging.SIX_IN_WORDS
    question, found = task.questions[0], {}
    one = judging.Judged(question.text, (question.answer, "something", "else", "and", "more"), True)
    for condition in (judging.ONE_SIX, judging.COMPARISON_SIX, judging.SWAPPED):
        examples = [judging.prompt(example, condition, layout.lettering) for example in shown]
        asked = judging.prompt(one, condition, layout.lettering)
        (prompt,) = layout.prompts([(each.prompt, each.completion) for each in examples], [asked.prompt])
        found[f"{condition.name}, {layout.name}, followed by {asked.completion!r}"] = engine.render(prompt)
    return found


def solving(name: str, kind: str) -> dict[str, str]:
    """GenRM against self-consistency: to solve a problem, and to verify a solution."""
    task, engine = solved.named(name), ENGINES[kind]
    item = task.load("test", 5)[0]
    solution = " 1 + 1 = 2; Answer: 2" if name == "lab" else "It is two.\nThe final answer is 2."
    return {
        "limits": f"{task.sampling.max_tokens} tokens, until {task.sampling.stop}",
        "solve": engine.render(task.to_solve(engine, item)),
        "verify": engine.render(task.to_verify(engine, item, solution)),
    }


def judged_steps(name: str, kind: str) -> dict[str, str]:
    """PRM from RL: to solve a problem, and to find the first wrong step, without and with an own solution."""
    engine = ENGINES[kind]
    form, own = prompts.format_of(name, engine), " 1 + 1 = 2; Answer: 2"
    chain = arithmetic.Chain(7, (("+", 5), ("*", 3)))
    item = items._item(chain, arithmetic.solve(chain), "", "right") if name == "lab" else items.real(name, 2)[0]
    asked = {"solve": form.solve(item.problem), "judge": form.critique(item, ""), "self-ref": form.critique(item, own)}
    return {what: engine.render(prompt) for what, prompt in asked.items()}


def rated(name: str, kind: str) -> dict[str, str]:
    """Self-assessment: the first statement under the three templates, and its negation."""
    engine, found = ENGINES[kind], {}
    for template in ("MPI", "WHO", "ENFJ"):
        asked = rating.questions(inventory(name)[:1], respondents(name, 1), [(template, "original")])
        turned = rating.questions(inventory(name)[:1], respondents(name, 1), [(template, "reversed")], negated=True)
        for what, rows in ((template, asked), (f"{template}, reversed and negated", turned)):
            (prompt,) = rating.rendered(engine, rows["messages"])
            found[what] = engine.render(prompt)
    return found


def carded(name: str, kind: str) -> dict[str, str]:
    """Model cards: a question of ARC by letter and by text, and a word problem."""
    question = tasks.PUBLIC[name].load("dev", 1)[0]
    if name == "arc":
        return {"by letter": cards._listed(question), "by text": question.prompt}
    engine = ENGINES[kind]
    return {"word problem": engine.render(cards._step_by_step(engine, question))}


def _each(paper: str, make: Callable, names: Iterable[str], kinds: Iterable[str]) -> dict[str, Callable]:
    return {f"{paper}-{name}-{kind}": partial(make, name, kind) for name in names for kind in kinds}


BOTH = ("plain", "chat")
LAB: dict[str, Callable[[], Mapping[str, str]]] = {
    **_each("p_true", answering, LAB_TASKS, ["plain"]),
    **_each("genrm_vs_sc", solving, ["lab"], ["plain"]),
    **_each("prm_from_rl", judged_steps, ["lab"], ["plain"]),
    **_each("self_assessment", rated, ["lab"], ENGINES),
}
PUBLIC: dict[str, Callable[[], Mapping[str, str]]] = {
    **_each("p_true", answering, ["triviaqa", "arc", "lambada", "gsm8k"], BOTH),
    **_each("genrm_vs_sc", solving, ["gsm8k", "math500"], BOTH),
    **_each("prm_from_rl", judged_steps, ["processbench-gsm8k"], BOTH),
    **_each("self_assessment", rated, ["ipip-120"], ENGINES),
    **_each("cards", carded, ["arc"], ["plain"]),
    **_each("cards", carded, ["multiarith"], BOTH),
}
"""File -> its prompts by what is asked."""


def text(prompts: Mapping[str, str], hidden: Mapping[str, str]) -> str:
    """All prompts of a file, hidden texts by their names."""
    whole = "".join(f"=== {what} ===\n{prompt}\n" for what, prompt in prompts.items())
    for words, name in hidden.items():
        whole = whole.replace(words, f"[{name}]")
    return whole


def hidden() -> dict[str, str]:
    """Texts that may not be passed on -> their ids."""
    found = {row.context: row.id for row in qa.lambada()} | {row.question: row.id for row in word_problems.multiarith()}
    for row in processbench.load("gsm8k"):
        found |= {words: f"{row.id} step {place}" for place, words in enumerate(row.steps)} | {row.problem: row.id}
    return found


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    secret = hidden()
    for name, make in (LAB | PUBLIC).items():
        (FOLDER / f"{name}.txt").write_text(text(make(), secret if name in PUBLIC else {}), encoding="utf-8")


if __name__ == "__main__":
    main()
