"""The model and the questions that all measurements share.

A random Llama of 0.95 million parameters, heads 32 wide, with a BPE tokenizer trained on the questions: so small that
whatever is not matrix products shows. How likely it ends a text is set by hand: one channel of its hidden states is a
constant that all tokens but the end of text answer to alike, so it acts as a bias on that one.

Questions are made-up words with four options; a header of solved ones stands before all of a request.
"""

from functools import cache
from pathlib import Path

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SEED = 20251123
OPTIONS = [" (A)", " (B)", " (C)", " (D)"]
VOCABULARY = 768
CONTEXT = 1024
NEVER = -40.0
"""Bias of the end of text with which it is never drawn."""
PIECES = r" ?\([A-D]\)| ?[A-Za-z]+| ?[^\sA-Za-z]|\s"
"""What tokens are cut from: an option with its brackets is one piece."""


@cache
def words() -> list[str]:
    """Made-up words of one to three syllables."""
    rng = np.random.default_rng(SEED)
    syllables = [c + v + e for c in "bdfgklmnprstvz" for v in "aeiou" for e in ("", "n", "r", "s")]
    return ["".join(rng.choice(syllables, size=rng.integers(1, 4))) for _ in range(200)]


def questions(count: int) -> list[str]:
    """Distinct questions of about 60 tokens, each up to its "Answer:"."""
    rng = np.random.default_rng(SEED + 1)
    return [
        f"Question: {_some(rng, 28, 44)}?\nOptions:"
        + "".join(f"{option} {_some(rng, 1, 3)}" for option in OPTIONS)
        + "\nAnswer:"
        for _ in range(count)
    ]


def prompts(count: int, shots: int) -> list[str]:
    """Questions, with `shots` all after one header of about 400 tokens: an instruction and solved questions."""
    every = questions(shots + count)
    solved = "".join(f"{question}{OPTIONS[at % 4]}\n\n" for at, question in enumerate(every[:shots]))
    header = f"{_some(np.random.default_rng(SEED + 2), 60, 60)}.\n\n{solved}" if shots else ""
    return [header + question for question in every[shots:]]


def _some(rng: np.random.Generator, low: int, high: int) -> str:
    return " ".join(rng.choice(words(), size=rng.integers(low, high + 1)))


def tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer that puts "<s>" before every text."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator([f"{text}{OPTIONS[at % 4]}" for at, text in enumerate(questions(1000))], trainer)
    bpe.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    return PreTrainedTokenizerFast(tokenizer_object=bpe, bos_token="<s>", eos_token="</s>")


def build(folder: Path, end: float = NEVER) -> Path:
    """Save the model and its tokenizer; `end` is about the bias of the end of text, in nats."""
    cut = tokenizer()
    config = LlamaConfig(
        vocab_size=len(cut),
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=4,
        head_dim=32,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=cut.bos_token_id,
        eos_token_id=cut.eos_token_id,
        pad_token_id=None,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        model = LlamaForCausalLM(config)
    with torch.no_grad():
        for weight in (weight for weight in model.parameters() if weight.dim() > 1):
            weight.mul_(3)
        model.model.embed_tokens.weight.mul_(3)
        _bias_end(model, cut.eos_token_id, end)
    model.save_pretrained(folder)
    cut.save_pretrained(folder)
    return folder


def _bias_end(model: LlamaForCausalLM, token: int, bias: float) -> None:
    """Make channel 0 a constant of the hidden states that only the end of text answers to."""
    for layer in model.model.layers:
        layer.self_attn.o_proj.weight[0] = 0
        layer.mlp.down_proj.weight[0] = 0
    embedding = model.model.embed_tokens.weight
    embedding[token] = 0
    embedding[:, 0] = 1
    embedding[token, 0] += bias
