import numpy as np
import pytest

from common.datasets import genrm_critiques
from common.datasets.genrm_critiques import Solution
from common.grading import parse_verdict, parse_verdict_strict
from replications.genrm_vs_sc import compute, curves, pools, recorded


def solution(question, number, answer, correct, text="The answer is 12 apples."):
    lengths = {"prompt_chars": (100, 102, 98, 100), "reference_chars": (40, 42, 38, 40)}
    critiques = ("Yes", "No!", "Yes", "No?")
    return Solution(question, number, "How many?", text, answer, "12", correct, critiques, **lengths)


def test_frame_holds_lengths_averaged_over_rounds():
    row = recorded.frame([solution(0, 0, "12", True)]).iloc[0]
    assert row[recorded.CHARS].tolist() == [9, 24, 3, 100, 40]
    assert row["last_number"] == "12"


def test_regrading_counts_what_strings_got_wrong():
    rows = recorded.frame([solution(0, 0, "12", True), solution(0, 1, "**12**", False), solution(0, 2, "7", True)])
    table = recorded.regrading(rows).set_index("answer")
    assert table.loc["answer", ["no_answer", "now_right", "now_wrong"]].tolist() == [0, 1, 1]
    assert table.loc["last_number", ["no_answer", "now_right", "now_wrong"]].tolist() == [0, 1, 0]


def test_lengths_are_averaged_within_questions_in_the_order_asked_for():
    rows = recorded.frame(
        [solution(0, 0, "12", True, "ab"), solution(0, 1, "1", False, "abcd"), solution(3, 0, "1", False, "a")]
    )
    assert recorded.chars_by_question(rows, np.array([3, 0]))["solution"].tolist() == [1, 3]


@pytest.mark.usefixtures("mirror")
def test_recorded_pools_give_plausible_curves_and_the_strict_parser_misses_many_verdicts():
    some = [s for s in genrm_critiques.load() if s.question_id < 60]
    rows = pools.graded(recorded.frame(some))
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
        np.full((1, len(pool.questions)), 1 / len(pool.questions)), recorded.chars_by_question(rows, pool.questions)
    )
    assert 2 < ratios["output"][0] < ratios["prompt + output"][0] < ratios["prompt + output, reference"][0] < 5
