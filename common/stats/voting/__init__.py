"""How often a strategy that picks one of S sampled solutions is right: estimates from a larger pool.

Given a pool of N solutions a problem, each function returns the expected correctness of a strategy at S
drawn without replacement, averaged over all draws and over uniform tie-breaks: exactly, except for the weighted
vote between S = 2 and S = N. Every one is vectorised over problems (leading axes, ragged pools by a
`present` mask) and over sizes, and needs correctness graded once.

The estimate at size S is a U-statistic of one pool. Near S = N it rests on few or a single draw of the pool
however exact the average is: treat S > N/2 with care, and compare strategies on the same pool.
"""

from common.stats.voting.majority import majority_vote
from common.stats.voting.ranks import best_of_n, pass_at_k
from common.stats.voting.verdicts import best_of_n_over_verdicts
from common.stats.voting.weighted import Sampled, weighted_vote

__all__ = ["Sampled", "best_of_n", "best_of_n_over_verdicts", "majority_vote", "pass_at_k", "weighted_vote"]
