"""The chance that a correct contender wins a race among contenders drawn at random, ties broken uniformly.

Majority vote and best-of-N over random verdict subsets are the same problem. S solutions are drawn
without replacement from N; this gives each contender (an answer class; a solution) a random level (its
votes; its score); one on the highest level wins. Three steps make the answer exact:

1. Draw every solution independently with rate S/N and condition on S drawn: contenders become independent,
   and "S drawn" is the coefficient of z^S in a product of their generating functions.
2. Replace the draw among k tied contenders by the integral over y in [0, 1] of y^(k-1): the factor of
   a contender becomes (below the level) + y (on the level). Gauss-Legendre quadrature is exact for
   polynomials.
3. Read the coefficient by a discrete Fourier transform. All factors are at most 1 on the unit circle, so
   nothing overflows, and since the number drawn is binomial, a few standard deviations of it (not N)
   points are enough to keep aliased terms under e^-45.

Contenders that behave alike (equal counts) are one kind, and one table of logarithms serves all problems
with the same N: a problem costs one row of a matrix product.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from common.arrays import Floats, Ints

Complex = NDArray[np.complex128]
NEGLIGIBLE = 45.0  # terms under e^-45 = 3e-20 are dropped: below rounding even after summing thousands
TINY = 1e-300  # stands for 0 under a logarithm, so that 0 contenders of a kind that cannot lose count as 1


@dataclass(frozen=True)
class Draw:
    """S of N solutions drawn without replacement, as points on the unit circle.

    Complex arrays of the race end in an axis of H points; the conjugate half of the circle is implied.
    """

    size: int
    pool: int

    @property
    def rate(self) -> float:
        """Rate S/N at which a solution is drawn before conditioning."""
        return self.size / self.pool

    @cached_property
    def _circle(self) -> Complex:
        """Roots of unity, an odd number of them, so that -1 is none.

        Bernstein: a binomial count of variance v strays by x with probability
        under 2 exp(-x^2 / (2 v + 2 x / 3)).
        """
        variance = self.size * (1 - self.rate)
        reach = NEGLIGIBLE / 3 + np.sqrt((NEGLIGIBLE / 3) ** 2 + 2 * NEGLIGIBLE * variance)
        half = int(np.ceil(min(reach, self.pool) / 2))
        points: Complex = np.exp(2j * np.pi * np.arange(2 * half + 1) / (2 * half + 1))
        return points

    @cached_property
    def steps(self) -> Ints:
        """Indices of the H points used."""
        return np.arange(len(self._circle) // 2 + 1)

    def z(self, power: int = 1) -> Complex:
        """z to a power at each point, shape [H]."""
        return self._circle[self.steps * power % len(self._circle)]

    @cached_property
    def reader(self) -> Complex:
        """Weights w such that Re(f @ w) = [z^S] f / P(S drawn), shape [H]."""
        twice = np.where(self.steps == 0, 1, 2)
        drawn = stats.binom.pmf(self.size, self.pool, self.rate)
        weights: Complex = twice * self.z(-self.size) / (len(self._circle) * drawn)
        return weights


def win_on_level(draw: Draw, below: Complex, at: Complex, number: Floats, credit: Floats, max_tied: int) -> Floats:
    """Probability that the winner stands on one level and is correct.

    Args:
        draw: the draw of S from N that the factors were made for.
        below: generating function of each kind of contender ending below the level, shape [T, H].
        at: the same for ending on it, shape [T, H].
        number: contenders of each kind in each problem, shape [R, T].
        credit: their summed correctness, shape [R, T].
        max_tied: the most contenders that can share the level, at least 1.

    Returns:
        Shape [R].
    """
    highest = np.maximum((below + at)[:, 0].real, TINY)  # at z = y = 1, where each factor is largest
    if np.max(np.exp(number @ np.log(highest)) * (credit @ (at[:, 0].real / highest))) < np.exp(-NEGLIGIBLE):
        return np.zeros(len(number))
    y, weight = unit_nodes(max_tied - 1)
    factor = (below[:, None] + y[:, None] * at[:, None]).reshape(len(at), -1)
    size = np.abs(factor)
    share = np.divide(np.tile(at, len(y)), factor, out=np.zeros_like(factor), where=size > TINY)  # below it overflows
    modulus = np.log(np.maximum(size, TINY))
    angle = np.arctan2(factor.imag, factor.real)
    product = np.exp(number @ modulus + 1j * (number @ angle))
    summed = product * (credit.astype(complex) @ share)
    won: Floats = (summed.reshape(len(number), len(y), -1) @ draw.reader).real @ weight
    return won


@lru_cache(maxsize=1024)
def unit_nodes(degree: int) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on [0, 1] for polynomials with coefficients >= 0.

    degree // 2 + 1 nodes are exact. For y^k on [0, 1] the Chebyshev coefficients beyond order j sum to
    P(|Binomial(2k, 1/2) - k| > j) < 2 exp(-j^2 / k), so about 3.4 sqrt(degree) nodes reach rounding, too.
    Rounding itself is that of numpy's nodes: 1e-13 of the result at degree 255, 1e-10 at 16,383.
    """
    n = min(degree // 2 + 1, int(np.ceil(np.sqrt(NEGLIGIBLE * degree) / 2)) + 1)
    x, weight = np.polynomial.legendre.leggauss(n)
    return (x + 1) / 2, weight / 2
