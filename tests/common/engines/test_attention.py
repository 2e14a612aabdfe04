import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import scaled_dot_product_attention

from common.engines.attention import FAR, FEW, Segment, Segments, Shared, attention
from common.errors import InputError

HEADS, KEY_HEADS, WIDTH = 4, 2, 8


class Layer:
    layer_idx = 0


def random(*shape):
    return torch.randn(*shape, dtype=torch.float64, generator=GENERATOR)


GENERATOR = torch.Generator().manual_seed(0)


def finished(groups, lengths, begin):
    """A shared segment with left padding: one group for each of these lengths."""
    longest = max(lengths)
    positions = torch.tensor([[FAR] * (longest - n) + list(range(begin, begin + n)) for n in lengths])
    segment = Segment(positions)
    segment.write(0, random(len(lengths), KEY_HEADS, longest, WIDTH), random(len(lengths), KEY_HEADS, longest, WIDTH))
    return Shared(segment, torch.tensor(groups))


def expected(query, segments, keys, values, window, softcap):
    """Row by row: all keys the row stands on, in one plain attention."""
    out = []
    for row in range(len(query)):
        parts = [(s.segment.keys[0][s.group[row]], s.segment.values[0][s.group[row]]) for s in segments.shared]
        own = (*parts, (keys[row], values[row]))
        k, v = (torch.cat(list(many), dim=1).repeat_interleave(2, dim=0) for many in zip(*own, strict=True))
        at = torch.cat([*(s.segment.positions[s.group[row]] for s in segments.shared), segments.own.positions[row]])
        q_at = segments.positions[row][:, None]
        seen = (at <= q_at) & (at > q_at - (window or FAR))
        if softcap:
            scores = softcap * torch.tanh(query[row] @ k.transpose(1, 2) * 0.3 / softcap)
            out.append(torch.softmax(scores.masked_fill(~seen, -torch.inf), dim=-1) @ v)
        else:
            out.append(scaled_dot_product_attention(query[row], k, v, attn_mask=seen, scale=0.3))
    return torch.stack(out).transpose(1, 2)


@pytest.mark.parametrize("softcap", [None, 2.0])
@pytest.mark.parametrize("window", [None, 5, 1000])
@pytest.mark.parametrize("count", [1, 3, FEW + 1])
@given(groups=st.lists(st.integers(0, 2), min_size=1, max_size=7))
def test_attention_is_that_over_all_keys_of_a_row(groups, count, window, softcap):
    header = finished([0] * len(groups), [7], begin=0)
    prompts = finished(groups, [4, 1, 6], begin=7)
    ends = 7 + torch.tensor([4, 1, 6])[groups][:, None]
    positions = ends + torch.arange(count)
    segments = Segments([header, prompts], Segment(positions), positions, longest=100)
    query = random(len(groups), HEADS, count, WIDTH)
    keys, values = (random(len(groups), KEY_HEADS, count, WIDTH) for _ in range(2))
    found, _ = attention(
        Layer(), query, keys, values, None, segments=segments, scaling=0.3, sliding_window=window, softcap=softcap
    )
    torch.testing.assert_close(found, expected(query, segments, keys, values, window, softcap), atol=1e-6, rtol=1e-5)


@given(
    groups=st.lists(st.integers(0, 2), min_size=2, max_size=7),
    keep=st.lists(st.integers(0, 6), min_size=1, max_size=5, unique=True),
)
def test_some_rows_attend_as_they_did_among_all(groups, keep):
    rows = torch.tensor([row for row in keep if row < len(groups)] or [0])
    shared = finished(groups, [4, 1, 6], begin=0)
    query = random(len(groups), KEY_HEADS, 2, WIDTH)
    whole, whole_lse = shared.attend(query, 0, 1.0, None)
    taken = shared.take(rows)
    part, part_lse = taken.attend(query[rows], 0, 1.0, None)
    torch.testing.assert_close(part, whole[rows])
    torch.testing.assert_close(part_lse, whole_lse[rows])
    assert len(taken.segment.positions) == len({groups[row] for row in rows})


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.integers(0, 9))
def test_segments_grow_without_loss(steps, room):
    segment, so_far = Segment(torch.zeros(2, 0, dtype=torch.long), room), random(2, KEY_HEADS, 0, WIDTH)
    for count in steps:
        new = random(2, KEY_HEADS, count, WIDTH)
        so_far = torch.cat([so_far, new], dim=2)
        segment.positions = torch.zeros(2, so_far.shape[2], dtype=torch.long)
        keys, values = segment.write(0, new, -new)
        torch.testing.assert_close(keys, so_far)
        torch.testing.assert_close(values, -so_far)


def test_unknown_kinds_of_attention_are_refused():
    tensors = [random(1, 2, 1, 4) for _ in range(3)]
    positions = torch.zeros(1, 1, dtype=torch.long)
    segments = Segments([], Segment(positions), positions, longest=1)
    attention(Layer(), *tensors, None, segments=segments, dropout=0.0, position_ids=positions)
    with pytest.raises(InputError, match=r"does not know this model's attention \['s_aux'\]: use engine='vllm'"):
        attention(Layer(), *tensors, None, segments=segments, s_aux=tensors[0])
    with pytest.raises(InputError, match="use engine='vllm'"):
        attention(Layer(), *tensors, None)
