"""Populations of questions with their pools of solutions and verifications, about which everything is known.

A bank holds some hundred questions, drawn once by a `Model`, with the curves that `curves` measures on their pools. It
is the population: a study draws questions from it, and what a statistic is in truth, the same function says of the
whole bank. Tilting moves that truth: a question then counts exp(tilt * x) times, where x says which way. However
tilted, a verification costs on average as many solutions as asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from scipy import special

from common.arrays import Floats, Ints
from common.stats.estimates import Estimate
from common.stats.resamples import resample_weights
from replications.genrm_vs_sc import compute, curves
from replications.genrm_vs_sc.comparisons import Outcome
from replications.genrm_vs_sc.curves import Curves
from replications.genrm_vs_sc.pools import Pools

CLASSES = 24
"""Wrong answers that a question has at most."""

Share = Callable[[Floats], Floats]
"""A rate of acceptance of each question from its share of right solutions, [Q] -> [Q]."""
Measure = Callable[[Sequence[Outcome], Floats], Estimate]
"""What a paper estimates from outcomes by both verifiers and weights of the questions, [R, Q]."""
Held = TypeVar("Held", Pools, Curves)


@dataclass(frozen=True)
class Model:
    """How questions, solutions and verdicts come about.

    A share of a question's solutions is right; wrong ones divide over answers by breaking a stick. A verifier accepts a
    solution at a rate that varies between questions and, within one, between solutions.
    """

    right: tuple[float, float]  # of the beta distribution of the share of right solutions
    scatter: float  # of wrong answers: near 0 all agree, at 1 half of them do
    accepts: tuple[Share, Share]  # a right solution, a wrong one
    between: float  # correlation of two solutions of a question in being accepted
    within: float  # correlation of two verdicts on a solution, given the question's rate
    solution: float  # coefficient of variation of its length between questions
    verification: float  # the same, over that of the solution
    votes: int  # solutions a question
    solutions: int  # of them verified, up to which S are the powers of two
    verdicts: int  # a solution
    n_verdicts: tuple[int, ...]  # V
    vote_sizes: tuple[int, ...]
    mirrored: bool = False
    """Whether each question stands in a bank again with right and wrong in each other's place: then all cells tie."""


@dataclass(frozen=True)
class Bank:
    """Questions as a population, each counting for its share, with two verifiers of a kind."""

    verifiers: tuple[tuple[Pools, Curves], tuple[Pools, Curves]]
    tokens: Floats  # of a solution, and of a verification by either, [Q, 3]
    ratio: float  # cost of a verification in solutions
    shares: Floats  # [Q]

    def truth(self, measure: Measure) -> float:
        """What is estimated, as it is in truth."""
        whole = np.stack([self.shares, self.shares])  # an estimate needs a resample
        return measure(self._outcomes(np.arange(len(self.shares)), whole), whole).value

    def study(self, n: int, resamples: int, rng: np.random.Generator) -> tuple[list[Outcome], Floats]:
        """Outcomes by both verifiers on n questions drawn, and weights of these, [R, n]."""
        chosen = rng.choice(len(self.shares), size=n, p=self.shares)
        weights = resample_weights(n, resamples, rng) / n
        return self._outcomes(chosen, weights), weights

    def tilted(self, by: float, along: Floats) -> "Bank":
        """The same questions in other shares; `along` says which way, [Q]."""
        return replace(self, shares=special.softmax(np.log(self.shares) + by * along))

    def mean(self, of: Callable[[Pools, Curves], Floats]) -> Floats:
        """The mean over both verifiers of something of a question, [Q]: tilted along it, they stay equally good."""
        mean: Floats = np.mean([of(*verifier) for verifier in self.verifiers], axis=0)
        return mean

    def _outcomes(self, chosen: Ints, weights: Floats) -> list[Outcome]:
        means = self.shares @ self.tokens
        solution, *verifications = (weights @ (self.tokens / means)[chosen]).T
        found = []
        for (pools, measured), verification in zip(self.verifiers, verifications, strict=True):
            some, ratio = _of(measured, chosen), self.ratio * verification / solution
            comparison = compute.compare(some, weights, ratio)
            found.append(Outcome(_of(pools, chosen), some, {"output": ratio}, comparison))
        return found


def always(rate: float) -> Share:
    """The same rate of acceptance on every question."""
    return lambda share: np.full_like(share, rate)


def bank(model: Model, questions: int, seed: int) -> Bank:
    """Draw a bank in which a verification costs as much as a solution.

    Each question stands in it twice, the second time with the verifiers in each other's place.
    """
    rng = np.random.default_rng(seed)
    answers, share = _solutions(model, questions, rng)
    voted = curves.vote(_pools(answers, np.full((*answers.shape, 1), np.nan)), np.array(model.vote_sizes))
    verified = answers[:, : model.solutions]
    pools = [_pools(verified, verdicts) for verdicts in _verdicts(model, verified, share, rng)]
    measured = [_measured(model, one, voted) for one in pools]
    if model.mirrored:
        pools = [_joined(one, _mirrored(one)) for one in pools]
        measured = [_joined(one, _mirrored(one)) for one in measured]
    first, second = ((_joined(*pools[::way]), _joined(*measured[::way])) for way in (1, -1))
    solution, *verifications = _tokens(model, len(measured[0].sc), rng)
    tokens = np.concatenate([np.stack([solution, *verifications[::way]], axis=1) for way in (1, -1)])
    return Bank((first, second), tokens, 1.0, np.full(len(tokens), 1 / len(tokens)))


def _solutions(model: Model, questions: int, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """Answer classes of all solutions, 0 the right one, [Q, N]; the share of right ones in truth, [Q]."""
    share, shape = rng.beta(*model.right, size=questions), (questions, model.votes)
    sticks = rng.beta(1, model.scatter, size=(questions, CLASSES))
    left = np.cumprod(np.concatenate([np.ones((questions, 1)), 1 - sticks[:, :-1]], axis=1), axis=1)
    ends = np.cumsum(sticks * left, axis=1)[:, None, :-1]
    wrong = 1 + (rng.random(shape)[:, :, None] > ends).sum(axis=2)
    return np.where(rng.random(shape) < share[:, None], 0, wrong), share


def _verdicts(model: Model, answers: Ints, share: Floats, rng: np.random.Generator) -> list[Floats]:
    """Verdicts of two verifiers that are as good as each other on every question, [Q, N, V0] each."""
    right, wrong = (_rates(accept(share), model.between, rng)[:, None] for accept in model.accepts)
    rate, shape = np.where(answers == 0, right, wrong), (*answers.shape, model.verdicts)
    return [(rng.random(shape) < _rates(rate, model.within, rng)[..., None]).astype(float) for _ in range(2)]


def _rates(mean: Floats, correlation: float, rng: np.random.Generator) -> Floats:
    """Rates around means, such that two events at one rate correlate so much."""
    inside, both = np.clip(mean, 1e-6, 1 - 1e-6), (1 - correlation) / correlation
    return rng.beta(inside * both, (1 - inside) * both)


def _tokens(model: Model, questions: int, rng: np.random.Generator) -> list[Floats]:
    """Lengths of a solution and of a verification by either verifier, [Q] each, in any unit."""
    solution, *others = (
        rng.gamma(variation**-2, variation**2, questions)
        for variation in (model.solution, model.verification, model.verification)
    )
    return [solution, *(solution * other for other in others)]


def _pools(answers: Ints, verdicts: Floats) -> Pools:
    right = (answers == 0).astype(float)
    return Pools(np.arange(len(answers)), answers, right, verdicts, np.ones(answers.shape, bool))


def _measured(model: Model, pools: Pools, voted: Floats) -> Curves:
    sizes = [2**k for k in range(model.solutions.bit_length())]
    best = curves.best_of_n(pools, pools.verdicts, sizes, model.n_verdicts)
    unasked = np.zeros_like(best)  # no claim is about weighted votes and the ceiling
    axes = np.array(sizes), np.array(model.n_verdicts), np.array(model.vote_sizes)
    return Curves(*axes, voted, best, unasked, unasked, unasked[:, :, 0])


def _of(all_of: Held, chosen: Ints) -> Held:
    return replace(all_of, **{name: getattr(all_of, name)[chosen] for name in _by_question(all_of)})


def _joined(some: Held, others: Held) -> Held:
    both = {name: np.concatenate([getattr(some, name), getattr(others, name)]) for name in _by_question(some)}
    return replace(some, **both)


def _mirrored(held: Held) -> Held:
    """Right and wrong in each other's place, where wrong solutions agree and are accepted as right ones are."""
    names = ("answers", "correct") if isinstance(held, Pools) else ("sc", "genrm")
    return replace(held, **{name: 1 - getattr(held, name) for name in names})


def _by_question(held: Pools | Curves) -> list[str]:
    """Names of the arrays whose first axis is the questions."""
    return [name for name in vars(held) if name not in ("sizes", "n_verdicts", "sc_sizes")]
