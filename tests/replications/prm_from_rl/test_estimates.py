import numpy as np
import pytest
from scipy import stats

from benchmarks.verdicts import worlds
from benchmarks.verdicts.worlds.prm_from_rl import curves
from common.claims import Status
from common.stats import first_error
from common.stats.estimates import Estimate, Undefined
from replications.prm_from_rl import estimates, judging, pools
from replications.prm_from_rl.study import BASE, FORMAT, OUTCOME, PRM, RANDOM, REJECTION, Study
from tests.replications import judging as put
from tests.replications.prm_from_rl import made_up


@pytest.fixture(scope="module")
def resampled(study_made):
    return judging.Resampled(study_made.items, np.random.default_rng(0), 200)


@pytest.fixture(scope="module")
def found(study_made, resampled, chosen):
    return estimates.by_claim(study_made, resampled, chosen, np.random.default_rng(1), 200)


def test_without_a_shared_part_the_interval_is_welchs():
    rng = np.random.default_rng(0)
    a, b = rng.normal(1, 1, 6), rng.normal(0, 3, 6)
    mine, theirs = estimates.welch(a, b), stats.ttest_ind(a, b, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert (mine.low, mine.high) == (pytest.approx(interval.low), pytest.approx(interval.high))
    assert mine.p_beyond(0, 0) == pytest.approx(theirs.pvalue, abs=2e-6)


def test_a_shared_part_widens_the_interval_and_adds_its_degrees_of_freedom():
    a, b = np.array([1.0, 2, 3]), np.array([0.0, 1, 2])
    plain, wide = estimates.welch(a, b), estimates.welch(a, b, shared=0.5, problems=400)
    parts = np.array([1 / 3, 1 / 3, 0.5])
    degrees = parts.sum() ** 2 / (parts**2 / [2, 2, 399]).sum()
    assert wide.high - wide.value == pytest.approx(stats.t.ppf(0.975, degrees) * np.sqrt(parts.sum()))
    assert wide.high > plain.high


def test_runs_that_all_give_the_same_are_told_apart_exactly_or_not_at_all():
    assert estimates.welch([1, 1], [1, 1]).p_beyond(0, 0) == 1
    assert estimates.welch([2, 2], [1, 1]).low == 1


def test_every_claim_with_a_rule_has_an_estimate(found):
    assert set(found) == put.ruled("prm_from_rl")


@pytest.mark.parametrize(
    ("claim", "low", "high"),
    [
        ("outcome-raises-f1", 0.25, 0.55),
        ("outcome-raises-location", 0.2, 0.6),
        ("outcome-beats-random", 0.25, 0.55),
        ("solving-improves", 0.25, 0.55),
        ("outcome-over-base", 0.25, 0.55),
        ("solving-over-base", 0.25, 0.55),
        ("co-evolution", 0.5, 1.1),  # one jitter moves both curves
        ("beats-prm", 0.1, 0.5),
        ("outcome-beats-rejection", -0.3, -0.05),
        ("beats-outcome-only", 0.1, 0.4),
        ("dependence-plain", 1.0, 4.0),  # three items in four agree: log 9
        ("self-ref-helps-base", 0.15, 0.4),
        ("self-ref-not-for-rl", 0.05, 0.3),
        ("self-prm-beats-majority", 0.0, 0.3),
        ("prm-below-majority", 0.1, 0.5),  # the head sees what is right
        ("prm-beats-shuffled", 0.1, 0.6),
        ("precision-hard", 0.05, 0.3),
        ("discriminates-less", -0.6, -0.3),  # .9 - .6 less .9 - .1
        ("acceptance-lifts", 1.2, 1.8),
    ],
)
def test_made_up_effects_are_found(found, claim, low, high):
    assert isinstance(found[claim], Estimate)
    assert low < found[claim].value < high


def test_dependence_within_strata_is_found_where_there_are_items_enough():
    study = made_up.make(400)
    found = estimates.per_item(study, judging.Resampled(study.items, np.random.default_rng(0), 100))
    assert 1.0 < found["dependence"].value < 4.0


def test_acceptance_counts_the_problems_that_it_is_about(found, study_made):
    bands = pools.band_of(pools.counts(study_made.pools)).value_counts()
    hard, *_, easy = pools.BANDS
    assert found["precision-hard"].n == found["acceptance-lifts"].n == bands[hard]
    assert found["discriminates-less"].n == bands[hard] + bands[easy]


def test_rejection_is_compared_where_it_solves_as_much(study_made):
    table = estimates.equal_steps(study_made)
    for row in table.itertuples():
        ours = study_made.value(OUTCOME, row.seed, row.outcome_step, "solve").mean()
        theirs = study_made.value(REJECTION, row.seed, row.rejection_step, "solve").mean()
        assert min(ours, theirs) >= row.level
        assert not row.reached  # it never gets that far
        assert row.outcome_step < 150


def test_a_curve_that_touches_a_level_by_noise_alone_is_not_taken_there():
    curves = {OUTCOME: (2, 3, 5), REJECTION: (2, 5, 2, 2, 5, 6)}
    values = {
        (arm, 0, step, "solve"): (np.arange(10) < share).astype(float)
        for arm, shares in curves.items()
        for step, share in enumerate(shares)
    }
    assert estimates.equal_steps(Study(made_up.solutions(10), values)).iloc[0]["rejection_step"] == 4


def test_at_equal_solving_models_solve_as_much_on_endless_problems():
    gaps = []
    for seed in range(20):
        rows = estimates.equal_steps(curves.side_by_side(0.0, np.random.default_rng(seed)))
        solved = [
            np.array(path.solving)[rows[f"{arm}_step"]]
            for path, arm in ((curves.REJECTING, REJECTION), (curves.REINFORCED, OUTCOME))
        ]
        gaps.append((solved[0] - solved[1]).mean())
    assert abs(np.mean(gaps)) < 0.0035  # where noisy curves first touch the level: .006 less


def test_heads_that_differ_are_told_apart_no_more_often_than_the_interval_says():
    one = worlds.find("seeds against seeds", "F1 on 400 solutions, 6 runs against 3 heads that differ")
    said = [one.verdicts(0.0, np.random.default_rng(seed))[0].verdict for seed in range(60)]
    assert sum(verdict in {Status.SUPPORTED, Status.CONTRADICTED} for verdict in said) <= 7  # by problem: 25


def test_a_rejection_run_that_gets_there_is_compared_with_the_final_outcome_model():
    ones = {step: np.arange(10) < share for step, share in {0: 2, 5: 4, 10: 6, 15: 5}.items()}
    values = {(OUTCOME, 0, step, "solve"): row.astype(float) for step, row in ones.items() if step}
    faster = {5: 5, 10: 8, 15: 9}
    values |= {(REJECTION, 0, step, "solve"): (np.arange(10) < share).astype(float) for step, share in faster.items()}
    values[BASE, 0, 0, "solve"] = ones[0].astype(float)
    row = estimates.equal_steps(Study(made_up.solutions(10), values)).iloc[0]
    assert (row["level"], row["reached"], row["outcome_step"], row["rejection_step"]) == (0.5, True, 15, 5)


def test_what_a_study_lacks_is_said(study_made, resampled):
    one_seed = Study(
        study_made.items,
        {key: row for key, row in study_made.values.items() if key[1] == 0 and key[0] != PRM},
        study_made.pools[study_made.pools["sample"] < 16],
    )
    rng = np.random.default_rng(1)
    found = estimates.by_claim(one_seed, resampled, pools.rerank(one_seed.pools, rng), rng, 200)
    lacking = {claim for claim, estimate in found.items() if isinstance(estimate, Undefined)}
    assert {"outcome-raises-f1", "co-evolution", "beats-prm", "self-prm-beats-majority"} <= lacking
    assert "beats-outcome-only" not in lacking
    assert len(put.judge("prm_from_rl", found)) == 25


def alone(study_made, right, smaller, unread=0.0):
    """A model that is right on these shares of the items: in one critique and by vote, and a smaller one."""
    labels = np.array([item.label for item in study_made.items], dtype=float)
    rng = np.random.default_rng(3)

    def said(share):
        wrong = np.where(labels == -1, 0, -1)
        return np.where(rng.random(len(labels)) < share, labels, wrong)

    once, voted = said(right), said(min(right + 0.3, 1))
    once[rng.random(len(labels)) < unread] = np.nan
    values = {("model", 0, 0, "judge"): once, ("model", 0, 0, "vote"): voted, ("model", 0, 0, "self-ref"): voted}
    return Study(study_made.items, values | {("smaller model", 0, 0, "judge"): said(smaller)})


def test_a_model_as_it_is_is_held_against_floors_its_vote_and_a_smaller_one(study_made, resampled):
    study, rng = alone(study_made, 0.65, 0.1), np.random.default_rng(0)
    found = estimates.by_claim(study, resampled, {}, rng, 200, "model")
    assert set(found) == put.ruled("prm_from_rl", "smollm2-135m")
    labels = [item.label for item in study.items]
    scores = {key[0]: first_error.scores(labels, row).f1 for key, row in study.values.items() if key[3] == "judge"}
    assert found["judge-above-blind"].value == pytest.approx(scores["model"] - first_error.blind_floor(labels))
    assert found["judge-size"].value == pytest.approx(scores["model"] - scores["smaller model"])
    voted = first_error.scores(labels, study.values["model", 0, 0, "vote"]).f1
    for claim in ("vote-over-one", "self-ref-helps-base"):
        assert found[claim].value == pytest.approx(voted - scores["model"])
    only = first_error.scores(labels, judging.outcome_only(study.items)).f1
    assert found["judge-above-answers"].value == pytest.approx(scores["model"] - only)
    verdicts = {each.id: each.verdict for each in put.judge("prm_from_rl", found, "smollm2-135m")}
    assert verdicts["judge-above-blind"] == verdicts["judge-size"] == Status.SUPPORTED
    assert verdicts["outcome-raises-f1"] == Status.NOT_TESTABLE
    of_lab = estimates.by_claim(study, resampled, {}, rng, 200)
    assert set(of_lab) == put.ruled("prm_from_rl")


def test_critiques_that_cannot_be_read_are_no_judgement(study_made, resampled):
    study = alone(study_made, 0.9, 0.1, unread=0.5)
    del study.values["smaller model", 0, 0, "judge"]
    found = estimates.as_it_is(study, resampled)
    assert all(isinstance(one, Undefined) for one in found.values())
    assert "critiques" in found["judge-above-blind"].reason
    assert "beside" in found["judge-size"].reason


@pytest.mark.parametrize(
    ("arm", "lost"),
    [
        (FORMAT, {"outcome-raises-f1", "outcome-raises-location", "solving-improves"}),
        (RANDOM, {"outcome-beats-random", "co-evolution-control"}),
    ],
)
def test_a_control_that_forgot_how_to_solve_is_no_control(study_made, resampled, arm, lost):
    forgot = {
        key: np.zeros_like(row) if key[0] == arm and key[3] == "solve" and key[2] == 150 else row
        for key, row in study_made.values.items()
    }
    study = Study(study_made.items, forgot, study_made.pools)
    given = estimates.over_seeds(study, resampled) | estimates.co_evolution(study)
    untestable = {claim for claim, estimate in given.items() if isinstance(estimate, Undefined)}
    assert untestable == lost
    assert all("collapsed" in given[claim].reason for claim in lost)


def test_a_head_that_learned_nothing_is_compared_with_nothing(study_made, resampled, chosen):
    blind = {(PRM, 0, 0, "judge"): np.full(len(study_made.items), -1.0)}
    values = {key: row for key, row in study_made.values.items() if key[0] != PRM} | blind
    study = Study(study_made.items, values, study_made.pools)
    assert not estimates.head_learned(study)
    assert isinstance(estimates.judges(study, resampled)["beats-prm"], Undefined)
    assert isinstance(
        estimates.best_of_n(study, chosen, np.random.default_rng(0), 100)["prm-below-majority"], Undefined
    )
