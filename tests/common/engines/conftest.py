"""Tiny random models of stock architectures, built at test time: no download, no network."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when huggingface_hub is imported
os.environ.setdefault("TQDM_DISABLE", "1")

from pathlib import Path

import pytest
import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    MistralConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
)

pytest.register_assert_rewrite("tests.common.engines.conformance")

CORPUS = """A model that grades its own answers should know when it is wrong. Ask it again, count how often it agrees.
Question: What is 12 plus 30? Answer: 42. Question: What is 7 times 6? Answer: (A) 42 (B) 36 (C) 48 (D) 40
The vote of many samples beats one greedy answer, as long as errors do not agree with each other.
Is the answer above correct? Yes or No. Confidence: 80%. Step 1: add the tens. Step 2: add the ones, naïve café 🙂.
system user assistant You are a careful helper. Think step by step, then write the final answer after ####.
"""
CHAT = (
    "{{ bos_token }}{% for message in messages %}<|{{ message['role'] }}|>\n{{ message['content'] }}{{ eos_token }}\n"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
WORDS = [
    "Q:",
    "A:",
    "\n",
    *(f" {word}" for word in ["plus", "times", "is", "so", "the", "answer", "yes", "no", *range(100)]),
]


def bpe(bos: str | None, eos: str, template: str | None = CHAT) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer that begins every text with `bos`, trained on CORPUS."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [token for token in (bos, eos) if token]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=420, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS.splitlines(keepends=True), trainer)
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A", special_tokens=[(bos, tokenizer.token_to_id(bos))]
        )
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=bos, eos_token=eos)
    wrapped.chat_template = template
    return wrapped


def closed() -> PreTrainedTokenizerFast:
    """A closed vocabulary of whole words without an unknown-word token; a word's leading space belongs to it."""
    vocabulary = {word: index for index, word in enumerate(["<end>", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r" ?[^\s]+|\n"), behavior="isolated")
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens([AddedToken("<end>", special=True)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")


def save(folder: Path, config: object, tokenizer: PreTrainedTokenizerFast, seed: int = 0) -> Path:
    """Save a random model with the tokenizer, its weights large enough for pronounced predictions."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(config)
    for name, weight in model.named_parameters():
        if weight.dim() > 1:
            weight.data *= 4 if "head" in name or "embed_out" in name else 3
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


SHAPE = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 32,
    "max_position_embeddings": 256,
    "pad_token_id": None,
}


def ends(tokenizer: PreTrainedTokenizerFast) -> dict[str, object]:
    return {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}


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
