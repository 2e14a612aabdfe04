import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from common.engines.draws import draw, uniforms
from common.errors import InputError

LOGITS = torch.tensor([[0.0, 2.0, 1.0, -1.0, 2.0]])
SHARES = torch.softmax(LOGITS.double(), dim=-1)[0].numpy()


def every(temperature, top_p, logits=LOGITS, count=2001):
    """Tokens drawn at evenly spaced uniforms: their frequencies are the distribution, to 1/count."""
    at = torch.arange(count, dtype=torch.float64) / count
    tokens, logprobs = draw(logits.expand(count, -1), temperature, top_p, at)
    return np.bincount(tokens, minlength=logits.shape[1]) / count, tokens, logprobs


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
    tokens, logprobs = draw(LOGITS, 0, 1.0, torch.zeros(1, dtype=torch.float64))
    assert tokens.tolist() == [1]
    np.testing.assert_allclose(logprobs, np.log(SHARES)[1:2], atol=1e-6)


def test_tiny_temperatures_are_almost_greedy():
    shares, _, _ = every(1e-30, 1.0)
    np.testing.assert_allclose(shares, [0, 0.5, 0, 0, 0.5], atol=1e-3)


@given(st.floats(0, 1, exclude_max=True), st.lists(st.sampled_from([-np.inf, -3.0, 0.0, 5.0]), min_size=2, max_size=6))
def test_impossible_tokens_are_never_drawn(uniform, logits):
    logits[1] = 0.0
    for top_p in (1.0, 0.9):
        tokens, _ = draw(torch.tensor([logits]), 1.0, top_p, torch.tensor([uniform], dtype=torch.float64))
        assert logits[int(tokens[0])] > -np.inf


def test_the_last_possible_number_stays_within_the_vocabulary():
    logits = torch.tensor([[0.0, 0.1, -np.inf]])
    tokens, _ = draw(logits, 1.0, 1.0, torch.tensor([np.nextafter(1.0, 0.0)], dtype=torch.float64))
    assert tokens.tolist() == [1]


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
