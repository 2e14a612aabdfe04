import numpy as np
import pytest

from common.stats.resamples import resample_weights
from lab import arithmetic, formats
from lab.exam import VERDICT
from replications.genrm_vs_sc import comparisons as outcomes
from replications.genrm_vs_sc import experiment as live
from replications.genrm_vs_sc import tasks
from replications.genrm_vs_sc.params import LiveParams
from tests.replications.genrm_vs_sc.scripted import Scripted

LAB = tasks.named("lab")


@pytest.fixture(scope="module")
def items():
    return LAB.draw("dev", 6, seed=0)


def solver(items, verdict):
    """Every third sample is wrong, the others are right and alike; `verdict(prompt, sample)` ends a verification."""
    solved = {item.prompt: arithmetic.solve(arithmetic.chain_of(item.id)) for item in items}

    def say(prompt, sample):
        if prompt not in solved:
            return verdict(prompt, sample)
        steps = solved[prompt]
        if sample % 3 == 2:
            steps = [*steps[:-1], arithmetic.Step(*[*_parts(steps[-1])[:3], (steps[-1].result + 1) % 29])]
        return formats.solution_text(steps).rstrip("\n")

    return Scripted(say)


def _parts(step):
    return [step.left, step.operator, step.right, step.result]


def stated(word):
    return f" ok; {VERDICT} {word}"


def test_solutions_are_graded_and_their_tokens_counted(items):
    rows = live.solve(solver(items, None), LAB, items, 3, seed=0)
    assert rows["right"].tolist() == [True, True, False] * 6
    assert rows["sample"].tolist() == [0, 1, 2] * 6
    assert (rows.groupby("question_id")["answer_class"].nunique() == 2).all()
    assert rows["solution"].tolist() == [len(text.split()) for text in rows["text"]]


def test_copies_of_one_solution_are_verified_independently_and_nothing_is_verified_in_vain(items):
    engine = solver(items, lambda prompt, sample: stated("Yes" if sample % 2 else "No") + f" {sample % 29}")
    rows = live.solve(engine, LAB, items, 3, seed=0)
    before = engine.drawn
    verified = live.verify(engine, LAB, items, rows, 2, seed=0)
    assert engine.drawn - before == len(rows) * 2
    numbers = [[int(text.split()[-1]) for text in several] for several in verified.texts]
    assert numbers == [[0, 1], [2, 3], [0, 1]] * 6  # the two right ones are the same text
    assert verified.text.tolist() == [[0, 1]] * len(rows)


def test_verdicts_are_read_as_text_as_probability_and_as_both(items):
    said = [stated("Yes"), f" ok; {VERDICT} maybe", " ok;", "Solution is correct: No"]
    engine = solver(items, lambda prompt, sample: said[sample % 4])
    rows = live.solve(engine, LAB, items[:1], 1, seed=0)
    verified = live.verify(engine, LAB, items, rows, 4, seed=0)
    assert verified.text[0].tolist() == pytest.approx([1, np.nan, np.nan, 0], nan_ok=True)
    assert verified.probability[0].tolist() == pytest.approx([0.75, 0.75, np.nan, np.nan], nan_ok=True)
    assert verified.hybrid[0].tolist() == pytest.approx([0.75, 0.75, np.nan, 0], nan_ok=True)


def test_what_a_verifier_cannot_read_is_not_verified_and_counted(items):
    engine = Scripted(lambda prompt, sample: " 5 + 444 = 3; Answer: 3" if sample else " ok;")
    rows = live.solve(engine, LAB, items, 2, seed=0)
    before = engine.drawn
    verified = live.verify(engine, LAB, items, rows, 2, seed=0)
    assert engine.drawn - before == 2 * 6  # the unreadable half is left out
    told = live.told(rows, {"base": verified}).iloc[0]
    assert told["unreadable"] == 6
    assert told["without an answer"] == 6
    assert told["without a verdict"] == 1
    assert verified.tokens[rows["sample"] == 1].sum() == 0


def test_a_solution_without_an_answer_scores_nothing_whatever_its_verifier_says(items):
    engine = solver(items, lambda prompt, sample: stated("Yes"))
    rows = live.solve(engine, LAB, items, 3, seed=0)
    verified = live.verify(engine, LAB, items, rows, 2, seed=0)
    rows.loc[0, "answer"] = None
    pools = live.pools_of(rows, verified, "text")
    assert pools.verdicts[0].tolist() == [[0, 0], [1, 1], [1, 1]]


def test_costs_are_measured_in_tokens_and_a_shared_prefix_is_paid_once(items):
    engine = solver(items, lambda prompt, sample: " a b c d")
    rows = live.solve(engine, LAB, items[:2], 4, seed=0)
    verified = live.verify(engine, LAB, items, rows, 5, seed=0)
    costs = live.costs(rows, verified, resample_weights(2, 3, np.random.default_rng(0)) / 2)
    wrote, read, prompt = rows["solution"].mean(), rows["question"].mean(), verified.prompt_tokens.mean()
    assert costs["output"][0] == pytest.approx(4 / wrote)
    assert costs["prompt + output"][0] == pytest.approx((prompt + 4) / (read + wrote))
    assert costs["prompt + output, prefix shared"][0] == pytest.approx((prompt / 5 + 4) / (read / 4 + wrote))
    assert list(costs)[:2] == ["nominal 1", "nominal 2"]


@pytest.mark.parametrize("name", ["gsm8k", "math500"])
def test_a_random_chat_model_goes_through_every_step_on_real_problems(name, mirror, chat_model):
    from common.engines import load_engine

    engine, task = load_engine(chat_model, store=None), tasks.named(name, max_tokens=12)
    items = task.draw("test", 3, seed=0)
    rows = live.solve(engine, task, items, 4, seed=0)
    verified = live.verify(engine, task, items, rows, 2, seed=0)
    told = live.told(rows, {"base": verified}).iloc[0]
    assert told["without an answer"] == 12
    assert told["without a verdict"] == 1
    assert min(told["solutions cut off"], told["verifications cut off"]) > 0.9  # noise seldom ends by itself
    params = LiveParams(
        subject=str(chat_model), task=name, problems=3, solutions=4, votes=4, verifications=2, resamples=100, subsets=5
    )
    given = outcomes.setting(rows, rows, params)
    found = outcomes.by_name(given, {"base": verified})
    estimates = outcomes.estimates(
        found["base"], "none", found["base"], np.array([True, False, True]), given.weights, {"base": verified}
    )
    assert {estimate.reason for estimate in estimates.values()} == {outcomes.ALIKE}
