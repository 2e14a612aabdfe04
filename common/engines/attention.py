"""Attention over key-value segments that rows of a batch share: few-shot header, prompt, and a row's own tokens.

A batch of completions stands on few prompts and those on one header. Each stretch of tokens is a `Segment`, kept once,
and the queries of all rows that stand on it meet it in one matrix product; the parts are joined by their log-sum-exps
(Juravsky et al. 2024, "Hydragen", section 3). Passes with many queries a row expand the segments instead and go through
PyTorch's fused attention. transformers calls `attention` as an attention backend of the name `BACKEND`; no `Cache`.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad, scaled_dot_product_attention
from transformers import AttentionInterface

from common.errors import InputError

BACKEND = "shared_segments"
FAR = 2**30
"""The position of padding: after every query, hence never attended to."""
FEW = 16
"""Up to this many queries a row the segments are not expanded."""
HARMLESS = {"dropout", "position_ids", "cache_position", "use_cache"} | {
    f"output_{what}" for what in ("attentions", "hidden_states", "router_logits")
}
"""What models hand to their attention that changes nothing here."""


class Segment:
    """Keys and values of a stretch of tokens in every layer: [G, heads, length, width] for G groups of rows."""

    def __init__(self, positions: Tensor, room: int = 0) -> None:
        self.positions = positions
        """[G, length]: the place of each token in its text; FAR for padding."""
        self.room = room
        """Positions to make place for at first; more are made as needed."""
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []

    def write(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Add one layer's keys and values for the latest positions; returns those of all positions so far."""
        if layer == len(self.keys):
            self.keys.append(self._first(keys))
            self.values.append(self._first(values))
        else:
            self.keys[layer] = self._next(self.keys[layer], keys)
            self.values[layer] = self._next(self.values[layer], values)
        end = self.positions.shape[1]
        return self.keys[layer][:, :, :end], self.values[layer][:, :, :end]

    @classmethod
    def joined(cls, segments: list["Segment"]) -> "Segment":
        """One segment with the groups of several, padded on the left to one length."""
        if len(segments) == 1:
            return segments[0]
        lack = [max(part.positions.shape[1] for part in segments) - part.positions.shape[1] for part in segments]
        whole = cls(torch.cat([pad(part.positions, (n, 0), value=FAR) for part, n in zip(segments, lack, strict=True)]))
        for layers in zip(*(part.keys for part in segments), strict=True):
            whole.keys.append(torch.cat([pad(keys, (0, 0, n, 0)) for keys, n in zip(layers, lack, strict=True)]))
        for layers in zip(*(part.values for part in segments), strict=True):
            whole.values.append(torch.cat([pad(values, (0, 0, n, 0)) for values, n in zip(layers, lack, strict=True)]))
        return whole

    def _first(self, new: Tensor) -> Tensor:
        if self.room <= new.shape[2]:
            return new.contiguous()
        stored = new.new_empty(*new.shape[:2], self.room, new.shape[3])
        stored[:, :, : new.shape[2]] = new
        return stored

    def _next(self, stored: Tensor, new: Tensor) -> Tensor:
        end, room = self.positions.shape[1], stored.shape[2]
        if end > room:
            more = stored.new_empty(*stored.shape[:2], max(end - room, room), stored.shape[3])
            stored = torch.cat([stored, more], dim=2)
        stored[:, :, end - new.shape[2] : end] = new
        return stored

    def take(self, groups: Tensor) -> "Segment":
        """The same for some of the groups."""
        taken = Segment(self.positions[groups])
        taken.keys = [keys[groups] for keys in self.keys]
        taken.values = [values[groups] for values in self.values]
        return taken


class Shared:
    """A finished segment as a batch sees it: which of its groups each row stands on."""

    def __init__(self, segment: Segment, group: Tensor) -> None:
        self.segment = segment
        self.group = group
        """[B] group of each row."""
        counts = torch.bincount(group, minlength=len(segment.positions))
        order = torch.argsort(group, stable=True)
        place = torch.arange(len(group), device=group.device) - (counts.cumsum(0) - counts)[group[order]]
        self.rows = torch.zeros(len(counts), int(counts.max()), dtype=torch.long, device=group.device)
        """[G, M] rows of each group; unused places hold row 0."""
        self.rows[group[order], place] = order
        self.place = torch.empty_like(group)
        """[B] where each row is in `rows`, flattened."""
        self.place[order] = group[order] * self.rows.shape[1] + place
        padding = segment.positions == FAR
        self.padding = padding[:, None, None, :] if padding.any() else None

    def take(self, rows: Tensor) -> "Shared":
        """The same for some of the rows; groups without rows are dropped."""
        group = self.group[rows]
        used = torch.bincount(group, minlength=len(self.segment.positions)) > 0
        if used.all():
            return Shared(self.segment, group)
        return Shared(self.segment.take(used.nonzero()[:, 0]), (used.cumsum(0) - 1)[group])

    def attend(self, query: Tensor, layer: int, scale: float, softcap: float | None) -> tuple[Tensor, Tensor]:
        """Attention of queries [B, heads, groups of heads * S, width] over this segment alone, and its log-sum-exp."""
        many, (_, heads, count, width) = self.rows.shape[1], query.shape
        grouped = query[self.rows].transpose(1, 2).reshape(len(self.rows), heads, many * count, width)
        keys, values = self.segment.keys[layer], self.segment.values[layer]
        out, lse = _attend(grouped, keys, values, self.padding, scale, softcap)
        out = out.view(-1, heads, many, count, out.shape[-1]).transpose(1, 2).flatten(0, 1)
        lse = lse.view(-1, heads, many, count).transpose(1, 2).flatten(0, 1)
        return out[self.place], lse[self.place]


@dataclass
class Segments:
    """What one forward pass attends to: shared segments, then the rows' own tokens up to each query."""

    shared: list[Shared]
    own: Segment
    positions: Tensor
    """[B, S] of the queries."""
    longest: int
    """Tokens of the longest text, these among them: a sliding window that holds as many is none."""
    masks: dict[int | None, Tensor] = field(default_factory=dict)
    """[B, 1, S, all keys]: which keys each query sees, by sliding window."""

    def mask(self, window: int | None) -> Tensor:
        """Which keys each query sees: earlier ones, its own, none further back than the window."""
        if window not in self.masks:
            shared = [part.segment.positions[part.group] for part in self.shared]
            at = torch.cat([*shared, self.own.positions], dim=1)[:, None, None, :]
            query = self.positions[:, None, :, None]
            self.masks[window] = (at <= query) if window is None else (at <= query) & (at > query - window)
        return self.masks[window]


def attention(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    segments: Segments | None = None,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **others: Any,
) -> tuple[Tensor, None]:
    """Attend with queries [B, H, S, width] to the segments, after adding this layer's new keys and values to them.

    Raises:
        InputError: the model's attention needs something that is not known here.
    """
    unknown = [name for name, given in others.items() if given is not None and name not in HARMLESS]
    if unknown or segments is None:
        raise InputError(f"engine='hf' does not know this model's attention {unknown or ''}: use engine='vllm'")
    layer, scale = module.layer_idx, scaling or query.shape[-1] ** -0.5
    keys, values = segments.own.write(layer, key, value)
    if sliding_window is not None and sliding_window >= segments.longest:
        sliding_window = None
    if query.shape[2] <= FEW and sliding_window is None:
        out = _by_segment(segments, query, keys, values, layer, scale, softcap)
    else:
        shared_keys = [part.segment.keys[layer][part.group] for part in segments.shared]
        shared_values = [part.segment.values[layer][part.group] for part in segments.shared]
        keys, values = torch.cat([*shared_keys, keys], dim=2), torch.cat([*shared_values, values], dim=2)
        out = _expanded(query, keys, values, segments.mask(sliding_window), scale, softcap)
    return out.transpose(1, 2), None


AttentionInterface.register(BACKEND, attention)


def _expanded(query: Tensor, keys: Tensor, values: Tensor, mask: Tensor, scale: float, softcap: float | None) -> Tensor:
    if (times := query.shape[1] // keys.shape[1]) > 1:
        keys, values = keys.repeat_interleave(times, dim=1), values.repeat_interleave(times, dim=1)
    if softcap is not None:
        return _attend(query, keys, values, ~mask, scale, softcap)[0]
    return scaled_dot_product_attention(query, keys, values, attn_mask=mask, scale=scale)


def _by_segment(
    segments: Segments, query: Tensor, keys: Tensor, values: Tensor, layer: int, scale: float, softcap: float | None
) -> Tensor:
    batch, heads, count, width = query.shape
    packed = query.reshape(batch, keys.shape[1], -1, width)  # query heads that share a key head, side by side
    hidden = None
    if count > 1:
        hidden = segments.own.positions[:, None, None, :] > segments.positions[:, None, :, None]
        hidden = hidden.repeat(1, 1, heads // keys.shape[1], 1)
    parts = [part.attend(packed, layer, scale, softcap) for part in segments.shared]
    parts.append(_attend(packed, keys, values, hidden, scale, softcap))
    shares = torch.softmax(torch.stack([lse for _, lse in parts]), dim=0)[..., None]
    joined = (shares * torch.stack([out for out, _ in parts])).sum(dim=0)
    return joined.to(query.dtype).reshape(batch, heads, count, values.shape[-1])


def _attend(
    query: Tensor, keys: Tensor, values: Tensor, hidden: Tensor | None, scale: float, softcap: float | None
) -> tuple[Tensor, Tensor]:
    """Plain attention, and the float32 log-sum-exp of its scores."""
    scores = torch.matmul(query * scale, keys.transpose(2, 3)).float()
    if softcap is not None:
        scores = softcap * torch.tanh(scores / softcap)
    if hidden is not None:
        scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
    top = scores.amax(dim=-1, keepdim=True)
    weights = (scores - top).exp_()
    total = weights.sum(dim=-1, keepdim=True)
    return torch.matmul(weights.to(values.dtype), values) / total.to(values.dtype), (top + total.log()).squeeze(-1)
