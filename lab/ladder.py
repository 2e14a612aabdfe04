"""The ladder of lab models: stock Llama architectures of four sizes, and the recipe that all of them share."""

from dataclasses import dataclass

from transformers import LlamaConfig, LlamaForCausalLM

from common.errors import InputError
from lab.tokenizer import BEGIN, END, PAD, vocabulary

CONTEXT = 1280
HEAD_WIDTH = 32


@dataclass(frozen=True, slots=True)
class Size:
    """Width, depth and feed-forward width of one rung."""

    width: int
    layers: int
    feed_forward: int


LADDER = {
    "0.05m": Size(32, 3, 96),
    "0.15m": Size(64, 4, 96),
    "0.45m": Size(96, 4, 224),
    "1.3m": Size(128, 6, 384),
}
"""Rungs by their approximate number of parameters."""


def size(name: str) -> Size:
    """The rung of that name. Raises InputError naming the rungs there are."""
    if name not in LADDER:
        raise InputError(f"no size {name!r} in the ladder: choose one of {', '.join(LADDER)}")
    return LADDER[name]


def build(name: str) -> LlamaForCausalLM:
    """An untrained model of that size; seed torch before."""
    rung, table = size(name), vocabulary()
    config = LlamaConfig(
        vocab_size=len(table),
        hidden_size=rung.width,
        intermediate_size=rung.feed_forward,
        num_hidden_layers=rung.layers,
        num_attention_heads=rung.width // HEAD_WIDTH,
        num_key_value_heads=rung.width // HEAD_WIDTH,
        head_dim=HEAD_WIDTH,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=table[BEGIN],
        eos_token_id=table[END],
        pad_token_id=table[PAD],
    )
    return LlamaForCausalLM(config)
