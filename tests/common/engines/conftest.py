"""Random models of several architectures for the engines' conformance suite."""

from pathlib import Path

import pytest
from transformers import Gemma2Config, GPT2Config, GPTNeoXConfig, LlamaConfig, MistralConfig, Qwen2Config

from tests.small_models import CHAT, SHAPE, bpe, closed, ends, save

pytest.register_assert_rewrite("tests.common.engines.conformance")


@pytest.fixture(scope="session")
def llama_folder(tmp_path_factory) -> Path:
    """Llama with grouped-query attention, a BOS before every text, and a chat template that writes it out."""
    tokenizer = bpe("<s>", "</s>")
    config = LlamaConfig(vocab_size=len(tokenizer), **SHAPE, **ends(tokenizer))
    return save(tmp_path_factory.mktemp("llama"), config, tokenizer)


@pytest.fixture(scope="session")
def qwen_folder(tmp_path_factory) -> Path:
    """Qwen2: no BOS, tied embeddings, and logits for ids beyond the tokenizer's."""
    tokenizer = bpe(None, "<|im_end|>", CHAT.replace("{{ bos_token }}", ""))
    config = Qwen2Config(vocab_size=len(tokenizer) + 12, tie_word_embeddings=True, **SHAPE, **ends(tokenizer))
    return save(tmp_path_factory.mktemp("qwen"), config, tokenizer, seed=1)


@pytest.fixture(scope="session")
def closed_folder(tmp_path_factory) -> Path:
    """Llama over a closed vocabulary of whole words, without a chat template."""
    tokenizer = closed()
    config = LlamaConfig(vocab_size=len(tokenizer), **SHAPE, **ends(tokenizer))
    return save(tmp_path_factory.mktemp("closed"), config, tokenizer, seed=2)


@pytest.fixture(scope="session")
def other_folders(tmp_path_factory) -> dict[str, Path]:
    """Other architectures, one folder each: GPT-2, GPT-NeoX, and two with sliding windows shorter than a prompt."""
    tokenizer = bpe(None, "<|endoftext|>", None)
    common = {"vocab_size": len(tokenizer), **ends(tokenizer)}
    gpt2 = GPT2Config(n_embd=64, n_layer=2, n_head=2, n_positions=256, **common)
    neox = GPTNeoXConfig(**{**SHAPE, **common})
    mistral = MistralConfig(sliding_window=24, **{**SHAPE, **common})
    gemma = Gemma2Config(sliding_window=24, query_pre_attn_scalar=32, **{**SHAPE, **common})
    configs = {"gpt2": gpt2, "gpt_neox": neox, "mistral": mistral, "gemma2": gemma}
    return {name: save(tmp_path_factory.mktemp(name), config, tokenizer, seed=3) for name, config in configs.items()}
