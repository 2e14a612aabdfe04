"""A paper's claims as data, verdicts as results.

`claims.yaml` states each claim in our words, where the paper makes it, the paper's value, and a rule
that a machine can apply. `judge` is the only function that turns estimates into verdicts:

- *supported* if the interval lies wholly beyond the margin in the claimed direction,
- *contradicted* if it lies wholly on the other side,
- *inconclusive* otherwise, and *not testable here* (with the reason) where there is no estimate, or one whose
  interval has no width though it is no recount: what no resample can move, none can doubt.

The primary claims judged together (those of one notebook) are a family: each is judged at the level
Holm's step-down procedure gives it, so the more there are, the wider the intervals they must clear.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.errors import InputError
from common.stats import tests
from common.stats.estimates import Estimate, Found, Undefined
from common.stats.intervals import RECOUNT

Route = Literal["lab", "recorded", "model"]


class Status(StrEnum):
    """What a result says about a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    INCONCLUSIVE = "inconclusive"
    NOT_TESTABLE = "not testable here"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """When an interval counts as support. Fixed before the result it judges."""

    estimand: str  # what is estimated, in one sentence
    direction: Literal["greater", "less", "within"]
    margin: float  # the bound; for `within`, the largest distance from `target`
    target: float = 0.0  # only for `within`
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    primary: bool = False

    @property
    def sha(self) -> str:
        """Hash of everything that decides a verdict."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()[:12]


class RuleChange(_Strict):
    """A dated note: why a rule was changed after a result had been published under it."""

    on: date
    was: str  # sha of the rule before the change
    note: str


class Claim(_Strict):
    """One claim of a paper."""

    id: str
    text: str  # in our words
    where: str  # section, figure or table of the paper
    paper_value: str  # as printed; says so when known only second-hand
    notebook: str  # stem of the notebook that judges it
    route: Route
    ours: bool = False  # not the paper's claim but a question of this replication
    rule: Rule | None = None  # None: not testable here, then `needs` says what it takes
    needs: str | None = None
    changes: list[RuleChange] = []


class Paper(_Strict):
    """Bibliographic identity of a replicated paper."""

    title: str
    authors: str
    year: int
    venue: str
    url: str


class ClaimsFile(_Strict):
    """A whole claims.yaml."""

    paper: Paper
    claims: list[Claim]


class Verdict(_Strict):
    """One judged claim, as it stands in results.json. None for an end of an interval means unbounded."""

    id: str
    route: Route
    verdict: Status
    estimate: float | None = None
    low: float | None = None  # 1 - alpha interval, uncorrected
    high: float | None = None
    n: int | None = None
    method: str  # the interval's method, or why the claim is not testable
    p: float | None = None  # p-value of "not beyond the margin" (Holm-adjusted if primary)
    rule: str | None = None  # sha of the rule applied


def load(path: Path) -> ClaimsFile:
    """Read and check a claims.yaml.

    Raises:
        InputError: the file is malformed, an id appears twice, or a claim has neither rule nor `needs`.
    """
    try:
        file = ClaimsFile.model_validate(yaml.safe_load(path.read_text()))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    ids = [claim.id for claim in file.claims]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise InputError(f"{path}: claim ids appear twice: {', '.join(twice)}")
    for claim in file.claims:
        if (claim.rule is None) == (claim.needs is None):
            raise InputError(f"{path}: claim {claim.id} needs either a `rule` or, if not testable, `needs`")
        if claim.rule and claim.rule.direction == "within" and claim.rule.margin < 0:
            raise InputError(f"{path}: claim {claim.id}: the margin of a `within` rule cannot be negative")
    return file


def judge(claims: Sequence[Claim], estimates: Mapping[str, Found]) -> list[Verdict]:
    """Judge `claims` by `estimates` (by claim id); every claim with a rule needs one, none may be left over.

    Holm's correction runs over the primary claims passed in together, so pass all of a notebook's at once.

    Raises:
        InputError: an estimate is missing or belongs to no claim with a rule.
    """
    ruled = {claim.id for claim in claims if claim.rule}
    if ruled != set(estimates):
        raise InputError(
            f"estimates do not match the claims with rules: missing {sorted(ruled - set(estimates))}, "
            f"unknown {sorted(set(estimates) - ruled)}"
        )
    estimates = {name: _with_width(found) for name, found in estimates.items()}
    p = {c.id: _p(c.rule, e) for c in claims if c.rule and isinstance(e := estimates[c.id], Estimate)}
    family = [c.id for c in claims if c.id in p and c.rule and c.rule.primary]
    p.update(zip(family, map(float, tests.holm([p[i] for i in family])), strict=True))
    return [_verdict(claim, estimates.get(claim.id), p.get(claim.id)) for claim in claims]


def _with_width(found: Found) -> Found:
    if isinstance(found, Undefined) or found.method == RECOUNT:
        return found
    never = math.isinf(found.low)  # a crossing that happens in no resample has an open end
    if never or not math.isclose(found.low, found.high, rel_tol=1e-9, abs_tol=1e-9):
        return found
    return Undefined(f"the 95% interval has no width: no resample moves it from {found.value:.4g} (n = {found.n})")


def _verdict(claim: Claim, estimate: Found | None, p: float | None) -> Verdict:
    rule = claim.rule
    if rule is None or not isinstance(estimate, Estimate) or p is None:
        reason = estimate.reason if isinstance(estimate, Undefined) else claim.needs
        return Verdict(
            id=claim.id,
            route=claim.route,
            verdict=Status.NOT_TESTABLE,
            method=reason or "",
            rule=rule.sha if rule else None,
        )
    low, high = estimate.interval(1 - rule.alpha)
    return Verdict(
        id=claim.id,
        route=claim.route,
        verdict=_status(rule, estimate, p),
        estimate=_finite(estimate.value),
        low=_finite(low),
        high=_finite(high),
        n=estimate.n,
        method=estimate.method,
        p=p,
        rule=rule.sha,
    )


def _status(rule: Rule, estimate: Estimate, p: float) -> Status:
    if p > rule.alpha:
        return Status.INCONCLUSIVE
    # The interval is clear of the boundary at the level Holm allows; which side is it on?
    low, high = estimate.interval(1e-6)
    middle = (low + high) / 2
    claimed = {
        "greater": middle > rule.margin,
        "less": middle < rule.margin,
        "within": abs(middle - rule.target) <= rule.margin,
    }[rule.direction]
    return Status.SUPPORTED if claimed else Status.CONTRADICTED


def _p(rule: Rule, estimate: Estimate) -> float:
    """Smallest alpha at which the interval lies wholly on one side of the rule's boundary."""
    if rule.direction != "within":
        return estimate.p_beyond(rule.margin, rule.margin)
    inside = max(
        estimate.p_beyond(-math.inf, math.nextafter(rule.target - rule.margin, -math.inf)),
        estimate.p_beyond(math.nextafter(rule.target + rule.margin, math.inf), math.inf),
    )
    return min(inside, estimate.p_beyond(rule.target - rule.margin, rule.target + rule.margin))


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None
