"""A tiny model over a closed vocabulary of letters, and rewards for the letter it begins with."""

import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from common.training import grpo, loop

LETTERS = "abcdefgh"
PROMPTS = {
    "prompt": [f"{first}{second}:" for first in LETTERS for second in LETTERS],
    "answer": [first for first in LETTERS for _ in LETTERS],
}
CONFIG = grpo.Config(
    steps=6, learning_rate=3e-3, prompts_per_step=4, group_size=4, max_new_tokens=4, epochs=2, minibatches=2, seed=1
)


def tokenizer():
    words = {word: index for index, word in enumerate(["<end>", "<pad>", *LETTERS, ":"])}
    wrapped = Tokenizer(models.WordLevel(words))
    wrapped.pre_tokenizer = pre_tokenizers.Split("", behavior="isolated")
    wrapped.decoder = decoders.Fuse()
    fast = PreTrainedTokenizerFast(tokenizer_object=wrapped, eos_token="<end>", pad_token="<pad>")
    return fast


SHAPE = {
    "vocab_size": 11,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 64,
    "tie_word_embeddings": True,
    "bos_token_id": None,
    "eos_token_id": 0,
    "pad_token_id": 1,
}


def llama(seed=0):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(LlamaConfig(**SHAPE, head_dim=16))


def qwen(seed=0):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Qwen2ForCausalLM(Qwen2Config(**{**SHAPE, "tie_word_embeddings": False}))


def begins(*, completions, answer, **_):
    return [float(text.startswith(letter)) for text, letter in zip(completions, answer, strict=True)]


def begins_with_c(*, completions, **_):
    """Learnt in seconds: no need to look at the prompt."""
    return [float(text.startswith("c")) for text in completions]


def train(folder, steps):
    """What runs in a process of its own, to be killed."""
    config = CONFIG.model_copy(update={"steps": steps})
    grpo.train(llama(), tokenizer(), PROMPTS, begins, config, folder, evaluate=weigh, every=2)


def weigh(model, step):
    return {"weight": float(model.lm_head.weight.detach().abs().sum())}


if __name__ == "__main__":
    torch.set_num_threads(1)
    loop.CHECKPOINT_SECONDS = 0.0
    train(Path(sys.argv[1]), int(sys.argv[2]))
