import numpy as np
import pytest

from common import claims
from common.claims import Claim, Rule, Status
from common.errors import InputError
from common.stats import intervals
from common.stats.estimates import Estimate, Undefined
from common.subjects import Subject

SUBJECT = Subject(id="lab-x", route="lab", model="models/lab-x", family="lab")
RECORDED = Subject(id="answers", route="recorded", answers=("folder",))


def claim(name="c", direction="greater", margin=0.0, primary=False, **extra):
    rule = Rule(estimand="x", direction=direction, margin=margin, primary=primary, **extra)
    return Claim(id=name, text="t", where="w", paper_value="v", experiment="e", rule=rule)


def judge(stated, found, subject=SUBJECT):
    return claims.judge(stated, found, subject, "task")


def estimate(low, high):
    """An estimate whose 95% interval is about (low, high): normal around the middle."""
    middle, half = (low + high) / 2, (high - low) / 2
    draws = np.random.default_rng(0).normal(middle, half / 1.96, 20_000)
    return intervals.from_draws(middle, draws, n=10, method="test")


@pytest.mark.parametrize(
    ("rule", "interval", "verdict"),
    [
        ({"direction": "greater", "margin": 0.5}, (0.6, 0.8), Status.SUPPORTED),
        ({"direction": "greater", "margin": 0.5}, (0.2, 0.4), Status.CONTRADICTED),
        ({"direction": "greater", "margin": 0.5}, (0.4, 0.6), Status.INCONCLUSIVE),
        ({"direction": "less", "margin": 0.5}, (0.2, 0.4), Status.SUPPORTED),
        ({"direction": "less", "margin": 0.5}, (0.6, 0.8), Status.CONTRADICTED),
        ({"direction": "within", "target": 1.0, "margin": 0.5}, (0.7, 1.3), Status.SUPPORTED),
        ({"direction": "within", "target": 1.0, "margin": 0.5}, (1.6, 1.9), Status.CONTRADICTED),
        ({"direction": "within", "target": 1.0, "margin": 0.5}, (0.0, 0.3), Status.CONTRADICTED),
        ({"direction": "within", "target": 1.0, "margin": 0.5}, (1.3, 1.7), Status.INCONCLUSIVE),
        ({"direction": "within", "target": 1.0, "margin": 0.5}, (0.0, 2.0), Status.INCONCLUSIVE),
    ],
)
def test_the_interval_decides(rule, interval, verdict):
    assert judge([claim(**rule)], {"c": estimate(*interval)})[0].verdict == verdict


@pytest.mark.parametrize(
    ("rule", "interval", "verdict"),
    [
        ({"direction": "greater", "margin": 0.5}, (0.5 + 1e-12, 0.8), Status.INCONCLUSIVE),
        ({"direction": "greater", "margin": 0.5}, (0.5 + 1e-8, 0.8), Status.SUPPORTED),
        ({"direction": "less", "margin": 0.5}, (0.2, 0.5 - 1e-12), Status.INCONCLUSIVE),
        ({"direction": "within", "target": 1.0, "margin": 0.5}, (0.7, 1.5 + 1e-12), Status.SUPPORTED),
        ({"direction": "within", "target": 1.0, "margin": 0.5}, (1.5 + 1e-12, 1.9), Status.INCONCLUSIVE),
    ],
)
def test_what_meets_the_margin_but_for_rounding_meets_it(rule, interval, verdict):
    touching = Estimate(sum(interval) / 2, 10, "test", lambda level: interval)
    assert judge([claim(**rule)], {"c": touching})[0].verdict == verdict


def test_exact_counts_are_judged_exactly():
    four = claim(direction="within", target=4, margin=0)
    assert judge([four], {"c": intervals.recount(4, 4)})[0].verdict == Status.SUPPORTED
    assert judge([four], {"c": intervals.recount(3, 4)})[0].verdict == Status.CONTRADICTED


def test_primary_claims_must_clear_holms_level():
    barely = estimate(0.0005, 1.0)  # p just under .05
    alone = judge([claim(primary=True)], {"c": barely})
    assert alone[0].verdict == Status.SUPPORTED
    family = [claim(name, primary=True) for name in "abc"]
    crowded = judge(family, {"a": barely, "b": estimate(-1, 1), "c": estimate(-1, 1)})
    assert crowded[0].verdict == Status.INCONCLUSIVE
    assert crowded[0].p == pytest.approx(3 * alone[0].p)
    secondary = [claim(name, primary=False) for name in "abc"]
    assert judge(secondary, {"a": barely, "b": estimate(-1, 1), "c": barely})[0].verdict == Status.SUPPORTED


def test_what_has_no_estimate_is_not_testable_with_its_reason():
    untestable = claim().model_copy(update={"id": "u", "rule": None, "needs": "people"})
    verdicts = judge([claim(), untestable], {"c": Undefined("one class only")})
    assert [v.verdict for v in verdicts] == [Status.NOT_TESTABLE] * 2
    assert [v.method for v in verdicts] == ["one class only", "people"]


def test_an_unbounded_interval_is_written_as_none():
    draws = [1.0] * 50 + [np.inf] * 50
    verdict = judge([claim(margin=0.5)], {"c": intervals.from_draws(1.0, draws, 5, "m")})[0]
    assert (verdict.low, verdict.high) == (1.0, None)
    assert verdict.verdict == Status.SUPPORTED


def test_a_missing_or_surplus_estimate_is_refused():
    with pytest.raises(InputError, match=r"missing \['c'\]"):
        judge([claim()], {})
    with pytest.raises(InputError, match=r"unknown \['d'\]"):
        judge([claim()], {"c": estimate(0, 1), "d": estimate(0, 1)})


def test_the_rule_hash_changes_with_everything_that_decides():
    base = claim().rule
    changed = [
        base.model_copy(update=u) for u in ({"margin": 0.1}, {"direction": "less"}, {"alpha": 0.1}, {"primary": True})
    ]
    assert len({base.sha, *(rule.sha for rule in changed)}) == 5


GOOD = """
paper: {title: T, authors: A, year: 2024, venue: V, url: U}
claims:
  - {id: a, text: t, where: w, paper_value: v, experiment: e, rule: {estimand: e, direction: less, margin: 1}}
"""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("direction: less", "direction: sideways"), "direction"),
        (("experiment: e,", ""), "experiment"),
        (("experiment: e,", "experiment: e, only: [lab-9m],"), "claim a: no subject 'lab-9m': there are"),
        (("margin: 1", "margin: 1, primary: [nobody]"), "claim a: no subject 'nobody'"),
        (("margin: 1", "margin: 1, colour: red"), "colour"),
        ((", rule: {estimand: e, direction: less, margin: 1}", ""), "needs either"),
        (("claims:", "claims: ["), "line"),
    ],
)
def test_a_malformed_file_is_refused_in_one_line(tmp_path, change, message):
    path = tmp_path / "claims.yaml"
    path.write_text(GOOD.replace(*change))
    with pytest.raises(InputError, match=message) as error:
        claims.load(path)
    assert "\n" not in str(error.value)


def test_an_id_that_appears_twice_is_refused(tmp_path):
    path = tmp_path / "claims.yaml"
    path.write_text(GOOD + GOOD.splitlines()[-1])
    with pytest.raises(InputError, match="twice: a"):
        claims.load(path)


def test_a_claim_is_judged_on_the_subjects_that_it_is_about():
    every, some = claim("a"), claim("b").model_copy(update={"only": ["recorded"]})
    assert [v.id for v in judge([every, some], {"a": estimate(1, 2)})] == ["a"]
    found = judge([every, some], {"a": estimate(1, 2), "b": estimate(1, 2)}, RECORDED)
    assert [(v.id, v.subject, v.task, v.route) for v in found] == [
        ("a", "answers", "task", "recorded"),
        ("b", "answers", "task", "recorded"),
    ]
    with pytest.raises(InputError, match=r"are about lab-x \(see `only`\): missing \[\], unknown \['b'\]"):
        judge([every, some], {"a": estimate(1, 2), "b": estimate(1, 2)})


@pytest.mark.parametrize("name", ["lab-x", "lab"])
def test_a_claim_may_be_primary_on_some_subjects_alone(name):
    barely, wide = estimate(0.0005, 1.0), estimate(-1, 1)
    family = [claim(each, primary=[name]) for each in "abc"]
    found = {"a": barely, "b": wide, "c": wide}
    assert judge(family, found)[0].verdict == Status.INCONCLUSIVE
    assert judge(family, found, RECORDED)[0].verdict == Status.SUPPORTED


def test_verdicts_are_shown_as_a_table():
    table = claims.table(judge([claim()], {"c": estimate(1, 2)}))
    assert table.loc[0, ["id", "verdict", "n"]].tolist() == ["c", "supported", 10]
