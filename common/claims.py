"""A paper's claims as data, verdicts as results.

`claims.yaml` states each claim in our words, where the paper makes it, the paper's value, and a rule
that a machine can apply. `judge` is the only function that turns estimates into verdicts:

- *supported* if the interval lies wholly beyond the margin in the claimed direction,
- *contradicted* if it lies wholly on the other side,
- *inconclusive* otherwise, and *not testable here* (with the reason) where there is no estimate, or one whose
  interval has no width though it is no recount: what no resample can move, none can doubt.

A claim is judged on any number of subjects (subjects.yaml), each by a verdict of its own, keyed by claim, subject
and task; there is no pooled verdict. The primary claims that an experiment judges together on one subject and task
are a family: each is judged at the level Holm's step-down procedure gives it, so the more there are, the wider the
intervals they must clear.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common import subjects
from common.errors import InputError
from common.paths import REPLICATIONS
from common.stats import tests
from common.stats.estimates import Estimate, Found, Undefined
from common.stats.intervals import RECOUNT
from common.subjects import Route, Subject

ROUNDING = 1e-9
"""An end of an interval that is nearer to a margin than this touches it: what meets exactly on one machine may differ
by rounding on another."""


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
    primary: bool | list[str] = False  # or the subjects (ids, families, routes) on which it is primary

    @property
    def sha(self) -> str:
        """Hash of everything that decides a verdict."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()[:12]


class RuleChange(_Strict):
    """A dated note: why a rule was changed after a result had been published under it."""

    day: date
    was: list[str]  # sha of the rule before the change; of several, where claims were made one
    note: str


class Claim(_Strict):
    """One claim of a paper."""

    id: str
    text: str  # in our words
    where: str  # section, figure or table of the paper
    paper_value: str  # as printed; says so when known only second-hand
    experiment: str  # the experiment that judges it
    only: list[str] = []  # subjects that it can be judged on, as ids, families or routes; default: all
    was: list[str] = []  # ids that it had before
    ours: bool = False  # not the paper's claim but a question of this replication
    rule: Rule | None = None  # None: not testable here, then `needs` says what it takes
    kind: str = ""  # of rule: what estimate and interval it rests on; how often such rules err is measured by kind
    needs: str | None = None
    changes: list[RuleChange] = []

    def about(self, subject: Subject) -> bool:
        """Whether it can be judged on a subject at all."""
        return not self.only or subject.named_by(self.only)

    def primary_on(self, subject: Subject) -> bool:
        """Whether it is a primary claim on a subject."""
        primary = self.rule.primary if self.rule else False
        return primary if isinstance(primary, bool) else subject.named_by(primary)


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
    subject: str
    task: str
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
        InputError: the file is malformed, an id appears twice, a claim has neither rule nor `needs`, or names a subject
            that there is not.
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
        named = [*claim.only, *(claim.rule.primary if claim.rule and isinstance(claim.rule.primary, list) else [])]
        if unknown := sorted(set(named) - subjects.names()):
            known = ", ".join(sorted(subjects.names()))
            raise InputError(f"{path}: claim {claim.id}: no subject {unknown[0]!r}: there are {known}")
        if claim.rule and claim.rule.direction == "within" and claim.rule.margin < 0:
            raise InputError(f"{path}: claim {claim.id}: the margin of a `within` rule cannot be negative")
    return file


def stated(paper: str) -> list[Claim]:
    """The claims of a paper, by the name of its folder. Raises as `load`."""
    return load(REPLICATIONS / paper / "claims.yaml").claims


def rules(paper: str) -> dict[str, Rule]:
    """The rules of a paper's claims, by claim id; claims without one are left out. Raises as `load`."""
    return {claim.id: claim.rule for claim in stated(paper) if claim.rule}


def judge(claims: Sequence[Claim], estimates: Mapping[str, Found], subject: Subject, task: str) -> list[Verdict]:
    """Judge `claims` on a subject and task by `estimates` (by claim id).

    Every claim with a rule that is about the subject needs an estimate, and none may be left over. Holm's correction
    runs over the primary claims passed in together, so pass all of an experiment's at once.

    Raises:
        InputError: an estimate is missing or belongs to no claim with a rule.
    """
    claims = [claim for claim in claims if claim.about(subject)]
    ruled = {claim.id for claim in claims if claim.rule}
    if ruled != set(estimates):
        raise InputError(
            f"estimates do not match the claims that have a rule and are about {subject.id} (see `only`): "
            f"missing {sorted(ruled - set(estimates))}, unknown {sorted(set(estimates) - ruled)}"
        )
    estimates = {name: _with_width(found) for name, found in estimates.items()}
    p = {c.id: _p(c.rule, e) for c in claims if c.rule and isinstance(e := estimates[c.id], Estimate)}
    family = [c.id for c in claims if c.id in p and c.primary_on(subject)]
    p.update(zip(family, map(float, tests.holm([p[i] for i in family])), strict=True))
    where = {"subject": subject.id, "task": task, "route": subject.route}
    return [Verdict(id=c.id, **where, **_verdict(c, estimates.get(c.id), p.get(c.id))) for c in claims]


def table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Verdicts to look at, one row a claim."""
    shown = ("id", "verdict", "estimate", "low", "high", "n", "method")
    return pd.DataFrame([[getattr(one, name) for name in shown] for one in verdicts], columns=list(shown)).round(3)


def _with_width(found: Found) -> Found:
    if isinstance(found, Undefined) or found.method == RECOUNT:
        return found
    never = math.isinf(found.low)  # a crossing that happens in no resample has an open end
    if never or not math.isclose(found.low, found.high, rel_tol=1e-9, abs_tol=1e-9):
        return found
    return Undefined(f"the 95% interval has no width: no resample moves it from {found.value:.4g} (n = {found.n})")


def _verdict(claim: Claim, estimate: Found | None, p: float | None) -> dict[str, Any]:
    rule = claim.rule
    if rule is None or not isinstance(estimate, Estimate) or p is None:
        reason = estimate.reason if isinstance(estimate, Undefined) else claim.needs
        return {"verdict": Status.NOT_TESTABLE, "method": reason or "", "rule": rule.sha if rule else None}
    low, high = estimate.interval(1 - rule.alpha)
    return {
        "verdict": _status(rule, estimate, p),
        "estimate": _finite(estimate.value),
        "low": _finite(low),
        "high": _finite(high),
        "n": estimate.n,
        "method": estimate.method,
        "p": p,
        "rule": rule.sha,
    }


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
    """Smallest alpha at which the interval lies wholly on one side of the rule's boundary, by more than `ROUNDING`."""
    if rule.direction != "within":
        return estimate.p_beyond(rule.margin - ROUNDING, rule.margin + ROUNDING)
    low, high = rule.target - rule.margin - ROUNDING, rule.target + rule.margin + ROUNDING
    return min(max(estimate.p_beyond(-math.inf, low), estimate.p_beyond(high, math.inf)), estimate.p_beyond(low, high))


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None
