"""Tiny random models of stock architectures, built at test time: no download, no network."""

from pathlib import Path

import torch
from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedTokenizerFast

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


LETTERED = "(A) yes\n(B) no\nAnswer: A\nAnswer: B\n(A)\n(B)\nso:: it is::\n" * 40
_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CUTS = {"qwen2": _WORDS + r"\p{N}" + _REST, "llama3": _WORDS + r"\p{N}{1,3}" + _REST}
"""Patterns by which these families cut a text before they merge, from their public tokenizer files."""


def cut_as(family: str) -> PreTrainedTokenizerFast:
    """A BPE tokenizer that cuts texts as gpt2, llama3, qwen2 or gemma do, trained on lettered options."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>") if family == "gemma" else models.BPE())
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    if family == "gemma":  # cuts nothing: spaces are signs like all others, and anything may merge
        tokenizer.normalizer, tokenizer.decoder = normalizers.Replace(" ", "▁"), decoders.Replace("▁", " ")
        alphabet = [*map(chr, range(33, 127)), "\n", "▁"]
    else:
        cut = pre_tokenizers.Split(Regex(CUTS[family]), "isolated") if family in CUTS else None
        bytes_ = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=cut is None)
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([cut, bytes_]) if cut else bytes_
        tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=380, special_tokens=["<end>", "<unk>"], initial_alphabet=alphabet, show_progress=False,
        max_token_length=4,
    )  # fmt: skip
    tokenizer.train_from_iterator((CORPUS + LETTERED).splitlines(keepends=True), trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")


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


def chat_model(folder: Path) -> Path:
    """A random Llama with a chat template and a context long enough for real questions."""
    tokenizer = bpe("<s>", "</s>")
    config = LlamaConfig(vocab_size=len(tokenizer), **{**SHAPE, "max_position_embeddings": 12_288}, **ends(tokenizer))
    return save(folder, config, tokenizer)
