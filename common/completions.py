"""What a model wrote, as engines give it and the store keeps it."""

from dataclasses import dataclass
from typing import Literal, NamedTuple


class LogitSums(NamedTuple):
    """Log-sum-exps and means of the logits [V] that the tokens of a completion were drawn from, at temperature 1.

    Self-certainty needs no more (Kang, Zhao & Song 2025, arXiv 2502.18581): at one position it is log-sum-exp minus
    mean minus log V. Its formula averages over the distributions that the text's tokens were drawn from, its released
    code over those that follow them: without the first, and with that of the token which ended the text. Where a
    completion of T tokens ended by itself, these are (sum - last) / (T - 1) and (sum - first) / (T - 1); where it was
    cut off, sum / T and, but for the distribution after the last token, (sum - first) / (T - 1). All are float32.
    """

    logsumexp_sum: float
    mean_logit_sum: float
    logsumexp_first: float
    mean_logit_first: float
    logsumexp_last: float
    mean_logit_last: float


@dataclass(frozen=True, slots=True)
class Completion:
    """One sampled continuation of a prompt."""

    text: str
    token_ids: tuple[int, ...]
    """Every generated token, the end-of-text or stopping tokens among them: what was paid for."""
    logprobs: tuple[float, ...]
    """Natural-log probability of each token under the model's own distribution (temperature 1, before top-p)."""
    finish_reason: Literal["stop", "length"]
    prompt_tokens: int
    logits: LogitSums | None = None
    """Where `Sampling.logit_sums` asked for them."""
