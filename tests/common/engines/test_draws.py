import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from common.engines import draws
from common.engines.draws import draw, uniforms
from common.errors import InputError

LOGITS = torch.tensor([[0.0, 2.0, 1.0, -1.0, 2.0]])
SHARES = torch.softmax(LOGITS.double(), dim=-1)[0].numpy()


def every(temperature, top_p, logits=LOGITS, count=2001):
    """Tokens drawn at evenly spaced uniforms: their frequencies are the distribution, to 1/count."""
    at = torch.arange(count, dtype=torch.float64) / count
    drawn = draw(logits.expand(count, -1), temperature, top_p, at)
    return np.bincount(drawn.tokens, minlength=logits.shape[1]) / count, drawn.tokens, drawn.logprobs


def by_sorting_everything(logits, temperature, top_p, uniform):
    """Tokens, log-probabilities and cumulative weights as they were drawn by one full sort and one cumulative sum."""
    logprobs = torch.log_softmax(logits.float(), dim=-1)
    if temperature == 0:
        tokens = logits.argmax(dim=-1)
        return tokens, logprobs.gather(-1, tokens[:, None])[:, 0], torch.zeros_like(logprobs)
    weights = logprobs.exp()
    if temperature != 1:
        weights = ((logprobs - logprobs.amax(dim=-1, keepdim=True)) / temperature).exp()
    if top_p < 1:
        ranked, order = weights.sort(dim=-1, descending=True, stable=True)
        before = ranked.double().cumsum(dim=-1) - ranked
        ranked[before >= top_p * weights.sum(dim=-1, keepdim=True, dtype=torch.float64)] = 0
        weights = torch.zeros_like(weights).scatter_(-1, order, ranked)
    cumulative = weights.cumsum(dim=-1, dtype=torch.float64)
    total = cumulative[:, -1]
    target = torch.minimum(uniform * total, torch.nextafter(total, torch.zeros_like(total)))
    tokens = torch.searchsorted(cumulative, target[:, None], right=True)[:, 0].clamp(max=logits.shape[1] - 1)
    return tokens, logprobs.gather(-1, tokens[:, None])[:, 0], cumulative


@given(
    seed=st.integers(0, 2**32 - 1),
    vocabulary=st.sampled_from([1, 2, 127, 128, 129, 700, 5000]),
    spread=st.sampled_from([0.0, 0.3, 2.0, 8.0]),
    ties=st.booleans(),
    huge=st.booleans(),
    temperature=st.sampled_from([0, 1e-3, 0.7, 1.0, 1.5]),
    top_p=st.sampled_from([1e-12, 0.01, 0.5, 0.95, 1 - 1e-6, 1 - 1e-12, 1.0]),
    dtype=st.sampled_from([torch.float32, torch.bfloat16]),
)
def test_draws_are_those_of_sorting_everything(seed, vocabulary, spread, ties, huge, temperature, top_p, dtype):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(16, vocabulary, generator=generator) * spread
    if ties:
        logits = logits.round()
    if huge:
        logits[::2, seed % vocabulary] = 300.0
    uniform = torch.rand(16, dtype=torch.float64, generator=generator)
    uniform[:2] = torch.tensor([0.0, np.nextafter(1.0, 0.0)])
    drawn = draw(logits.to(dtype), temperature, top_p, uniform)
    tokens, logprobs, cumulative = by_sorting_everything(logits.to(dtype), temperature, top_p, uniform)
    same = drawn.tokens == tokens
    assert torch.equal(drawn.logprobs[same], logprobs[same])
    # The largest uniform falls among words whose weights together are less than the rounding of the sum before them.
    ends = (cumulative.gather(1, each[:, None])[:, 0] for each in (drawn.tokens, tokens))
    assert (torch.sub(*ends).abs() <= 1e-14 * cumulative[:, -1]).all()
    assert same[2:].all()


@pytest.mark.parametrize(("temperature", "top_p"), [(0, 1.0), (1.0, 1.0), (0.7, 0.95)])
def test_a_row_is_drawn_alike_alone_and_in_many_chunks(monkeypatch, temperature, top_p):
    generator = torch.Generator().manual_seed(0)
    logits, uniform = torch.randn(9, 300, generator=generator), torch.rand(9, dtype=torch.float64, generator=generator)
    whole = draw(logits, temperature, top_p, uniform)
    monkeypatch.setattr(draws, "CHUNK", 700)
    for together, apart in zip(whole, draw(logits, temperature, top_p, uniform), strict=True):
        assert torch.equal(together, apart)
    for row in range(9):
        alone = draw(logits[row : row + 1], temperature, top_p, uniform[row : row + 1])
        assert alone.tokens.tolist() == [whole.tokens[row]]


def test_log_sum_exp_and_mean_are_those_of_the_undivided_logits():
    logits = torch.randn(5, 400, generator=torch.Generator().manual_seed(1)) * 4 + 7
    drawn = draw(logits, 0.6, 0.9, torch.full((5,), 0.4, dtype=torch.float64))
    np.testing.assert_allclose(drawn.logsumexp, np.logaddexp.reduce(logits.double().numpy(), axis=1), rtol=1e-6)
    np.testing.assert_allclose(drawn.mean, logits.double().mean(dim=1), rtol=1e-5)


def test_frequencies_are_the_tempered_shares():
    for temperature in (1.0, 0.5, 2.0):
        expected = torch.softmax(LOGITS.double() / temperature, dim=-1)[0].numpy()
        np.testing.assert_allclose(every(temperature, 1.0)[0], expected, atol=1e-3)


@pytest.mark.parametrize(("top_p", "kept"), [(0.3, [1]), (0.5, [1, 4]), (0.81, [1, 2, 4]), (0.99, [0, 1, 2, 3, 4])])
def test_top_p_keeps_the_fewest_tokens_that_reach_it(top_p, kept):
    expected = np.zeros(5)
    expected[kept] = SHARES[kept] / SHARES[kept].sum()
    np.testing.assert_allclose(every(1.0, top_p)[0], expected, atol=1e-3)


def test_logprobs_are_of_the_model_itself():
    _, tokens, logprobs = every(0.5, 0.6)
    np.testing.assert_allclose(logprobs, np.log(SHARES)[tokens], atol=1e-6)


def test_greedy_takes_the_lowest_id_among_ties():
    drawn = draw(LOGITS, 0, 1.0, torch.zeros(1, dtype=torch.float64))
    assert drawn.tokens.tolist() == [1]
    np.testing.assert_allclose(drawn.logprobs, np.log(SHARES)[1:2], atol=1e-6)


def test_tiny_temperatures_are_almost_greedy():
    shares, _, _ = every(1e-30, 1.0)
    np.testing.assert_allclose(shares, [0, 0.5, 0, 0, 0.5], atol=1e-3)


@given(st.floats(0, 1, exclude_max=True), st.lists(st.sampled_from([-np.inf, -3.0, 0.0, 5.0]), min_size=2, max_size=6))
def test_impossible_tokens_are_never_drawn(uniform, logits):
    logits[1] = 0.0
    for top_p in (1.0, 0.9):
        drawn = draw(torch.tensor([logits]), 1.0, top_p, torch.tensor([uniform], dtype=torch.float64))
        assert logits[int(drawn.tokens[0])] > -np.inf


def test_the_last_possible_number_stays_within_the_vocabulary():
    logits = torch.tensor([[0.0, 0.1, -np.inf]])
    drawn = draw(logits, 1.0, 1.0, torch.tensor([np.nextafter(1.0, 0.0)], dtype=torch.float64))
    assert drawn.tokens.tolist() == [1]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_output_that_is_no_number(bad):
    logits = torch.tensor([[0.0, bad]])
    with pytest.raises(InputError, match="not a number: load it with another dtype"):
        draw(logits, 1.0, 1.0, torch.tensor([0.5], dtype=torch.float64))


def test_uniforms_are_uniform_and_fixed_by_their_key():
    first = uniforms(1, "prompt", 0, 4000)
    assert stats.kstest(first, "uniform").pvalue > 0.01
    np.testing.assert_array_equal(uniforms(1, "prompt", 0, 10), first[:10])
    for other in (uniforms(2, "prompt", 0, 4000), uniforms(1, "prompt", 1, 4000), uniforms(1, "promp", 0, 4000)):
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.06
