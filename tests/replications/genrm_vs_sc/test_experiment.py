import numpy as np
import pytest

from common.datasets import genrm_critiques
from common.grading import parse_verdict, parse_verdict_strict
from lab.exam import VERDICT
from replications.genrm_vs_sc import comparisons, compute, curves, estimates, experiment, pools, tables, tasks
from replications.genrm_vs_sc.params import LiveParams
from tests.replications.genrm_vs_sc.made_up import solution, solver, stated
from tests.replications.genrm_vs_sc.scripted import Scripted

LAB = tasks.named("lab")


@pytest.fixture(scope="module")
def items():
    return LAB.draw("dev", 6, 0)


def test_solutions_are_graded_and_their_tokens_counted(items):
    rows = experiment.solve(solver(items, None), LAB, items, 3, seed=0)
    assert rows["right"].tolist() == [True, True, False] * 6
    assert rows["sample"].tolist() == [0, 1, 2] * 6
    assert (rows.groupby("question_id")["answer_class"].nunique() == 2).all()
    assert rows["solution"].tolist() == [len(text.split()) for text in rows["text"]]


def test_copies_of_one_solution_are_verified_independently_and_nothing_is_verified_in_vain(items):
    engine = solver(items, lambda prompt, sample: stated("Yes" if sample % 2 else "No") + f" {sample % 29}")
    rows = experiment.solve(engine, LAB, items, 3, seed=0)
    before = engine.drawn
    verified = experiment.verify(engine, LAB, items, rows, 2, seed=0)
    assert engine.drawn - before == len(rows) * 2
    numbers = [[int(text.split()[-1]) for text in several] for several in verified.texts]
    assert numbers == [[0, 1], [2, 3], [0, 1]] * 6  # the two right ones are the same text
    assert verified.text.tolist() == [[0, 1]] * len(rows)


def test_verdicts_are_read_as_text_as_probability_and_as_both(items):
    said = [stated("Yes"), f" ok; {VERDICT} maybe", " ok;", "Solution is correct: No"]
    engine = solver(items, lambda prompt, sample: said[sample % 4])
    rows = experiment.solve(engine, LAB, items[:1], 1, seed=0)
    verified = experiment.verify(engine, LAB, items, rows, 4, seed=0)
    assert verified.text[0].tolist() == pytest.approx([1, np.nan, np.nan, 0], nan_ok=True)
    assert verified.probability[0].tolist() == pytest.approx([0.75, 0.75, np.nan, np.nan], nan_ok=True)
    assert verified.hybrid[0].tolist() == pytest.approx([0.75, 0.75, np.nan, 0], nan_ok=True)


def test_what_a_verifier_cannot_read_is_not_verified_and_counted(items):
    engine = Scripted(lambda prompt, sample: " 5 + 444 = 3; Answer: 3" if sample else " ok;")
    rows = experiment.solve(engine, LAB, items, 2, seed=0)
    before = engine.drawn
    verified = experiment.verify(engine, LAB, items, rows, 2, seed=0)
    assert engine.drawn - before == 2 * 6  # the unreadable half is left out
    told = tables.told(rows, {"base": verified}).iloc[0]
    assert told["unreadable"] == 6
    assert told["without an answer"] == 6
    assert told["without a verdict"] == 1
    assert verified.tokens[rows["sample"] == 1].sum() == 0


def test_a_solution_without_an_answer_scores_nothing_whatever_its_verifier_says(items):
    engine = solver(items, lambda prompt, sample: stated("Yes"))
    rows = experiment.solve(engine, LAB, items, 3, seed=0)
    verified = experiment.verify(engine, LAB, items, rows, 2, seed=0)
    rows.loc[0, "answer"] = None
    pools = experiment.pools_of(rows, verified, "text")
    assert pools.verdicts[0].tolist() == [[0, 0], [1, 1], [1, 1]]


@pytest.mark.parametrize("name", ["gsm8k", "math500"])
def test_a_random_chat_model_goes_through_every_step_on_real_problems(name, mirror, chat_model):
    from common.engines import load_engine

    engine, task = load_engine(chat_model, store=None), tasks.named(name, max_tokens=12)
    items = task.draw("test", 3, 0)
    rows = experiment.solve(engine, task, items, 4, seed=0)
    verified = experiment.verify(engine, task, items, rows, 2, seed=0)
    told = tables.told(rows, {"base": verified}).iloc[0]
    assert told["without an answer"] == 12
    assert told["without a verdict"] == 1
    assert min(told["solutions cut off"], told["verifications cut off"]) > 0.9  # noise seldom ends by itself
    params = LiveParams(
        subject=str(chat_model), task=name, problems=3, solutions=4, votes=4, verifications=2, resamples=100, subsets=5
    )
    given = comparisons.setting(rows, rows, params)
    found = comparisons.by_name(given, {"base": verified})
    found_here = estimates.live(
        found["base"], "none", found["base"], np.array([True, False, True]), given.weights, {"base": verified}
    )
    assert {estimate.reason for estimate in found_here.values()} == {estimates.ALIKE}


def test_frame_holds_lengths_averaged_over_rounds():
    row = experiment.recorded([solution(0, 0, "12", True)]).iloc[0]
    assert row[compute.TEXTS].tolist() == [9, 24, 3, 100, 40]
    assert row["last_number"] == "12"


@pytest.mark.usefixtures("mirror")
def test_recorded_pools_give_plausible_curves_and_the_strict_parser_misses_many_verdicts():
    some = [s for s in genrm_critiques.load() if s.question_id < 60]
    rows = pools.graded(experiment.recorded(some))
    tolerant, strict = (
        pools.read_verdicts([s.critiques for s in some], p) for p in (parse_verdict, parse_verdict_strict)
    )
    assert np.isnan(tolerant).mean() < 0.06
    assert np.isnan(strict).mean() > 0.3
    pool = pools.build(rows, tolerant, 32)
    found = curves.measure(pool, (1, 4, 16), (1, 4), np.random.default_rng(0), n_subsets=20)
    sc, genrm = found.sc.mean(axis=0), found.genrm.mean(axis=0)
    assert sc[0] == pytest.approx(sc[1]) == pytest.approx(pool.share_right.mean())
    assert np.all(np.diff(genrm, axis=0) > 0)  # more solutions help
    assert np.all(np.diff(genrm[1:], axis=1) > 0)  # and so do more verifications
    ratios = compute.accountings(
        np.full((1, len(pool.questions)), 1 / len(pool.questions)), compute.lengths_by_question(rows, pool.questions)
    )
    assert 2 < ratios["output"][0] < ratios["prompt + output"][0] < ratios["prompt + output, reference"][0] < 5
