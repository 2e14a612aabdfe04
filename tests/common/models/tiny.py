"""Tiny random models as GGUF files, written the way llama.cpp writes the real ones, and the originals beside them."""

import json
from pathlib import Path
from typing import NamedTuple

import gguf
import numpy as np
import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn
from transformers import AutoModelForCausalLM, Gemma3TextConfig, LlamaConfig, Qwen2Config

CORPUS = [
    "Shopping list:\n\n1. 12 eggs\n2. flour\n\n\n3.  345 g   of sugar\n",
    "def mean(values):\n    return sum(values) / len(values)\n\n\nprint(mean([1, 22, 333]))\n",
    "Don't say it's naïve: a café, an Ångström, 東京, 🙂 and ½ of it all.\r\n\tThe end.",
]
NOISE = 0.2
TEMPLATE = "{% for message in messages %}<|im_start|>{{ message['content'] }}<|im_end|>{% endfor %}"
QWEN2_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_SHAPE = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "rms_norm_eps": 1e-6,
}


class Original(NamedTuple):
    """What a GGUF file was written from, its matrices rounded as the file has them."""

    model: nn.Module
    tokenizer: Tokenizer


def write(path: Path, architecture: str = "llama", pre: str | None = None, **fields: str | np.ndarray) -> Original:
    """Write a random model to `path`: one of SmolLM2's kind, or of Qwen2's or Gemma 3's.

    Args:
        path: where to.
        architecture: "llama", "qwen2" or "gemma3"; any other is written as if it were "llama".
        pre: tokenizer.ggml.pre, where it shall not be the architecture's.
        fields: further metadata where it is a string, further tensors where it is an array.
    """
    kind = architecture if architecture in CONFIGS else "llama"
    tokenizer = TOKENIZERS[kind]()
    model = _model(CONFIGS[kind](tokenizer.get_vocab_size()))
    writer = gguf.GGUFWriter(path, architecture)
    _configure(writer, model.config)
    if kind == "gemma3":
        _write_sentencepiece(writer, tokenizer)
    else:
        _write_byte_level(writer, tokenizer, pre or {"llama": "smollm", "qwen2": "qwen2"}[kind])
    for key, value in fields.items():
        if isinstance(value, str):
            writer.add_string(key, value)
        else:
            writer.add_tensor(key, value)
    _write_tensors(writer, kind, model)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return Original(model, tokenizer)


def smollm() -> Tokenizer:
    """As in the tokenizer.json of SmolLM2."""
    split = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    return _trained(Tokenizer(models.BPE()), split)


def qwen2() -> Tokenizer:
    """As in the tokenizer.json of Qwen2."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(QWEN2_SPLIT), behavior="isolated")
    return _trained(tokenizer, [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def _trained(tokenizer: Tokenizer, split: list[pre_tokenizers.PreTokenizer]) -> Tokenizer:
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(split)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=384,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def gemma() -> Tokenizer:
    """As in the tokenizer.json of Gemma 3: characters and bytes of a SentencePiece vocabulary, after <bos>."""
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    trained = Tokenizer(models.BPE())
    trained.normalizer = normalizers.Replace(" ", "▁")
    trained.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=384, show_progress=False))
    learnt = json.loads(trained.to_str())["model"]
    pieces = [*special, *(f"<0x{byte:02X}>" for byte in range(256)), *sorted(learnt["vocab"], key=learnt["vocab"].get)]
    tokenizer = Tokenizer(
        models.BPE(
            vocab={piece: index for index, piece in enumerate(pieces)},
            merges=[tuple(merge) for merge in learnt["merges"]],
            unk_token="<unk>",
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    tokenizer.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 2)])
    return tokenizer


TOKENIZERS = {"llama": smollm, "qwen2": qwen2, "gemma3": gemma}
CONFIGS = {
    "llama": lambda size: LlamaConfig(
        vocab_size=size, tie_word_embeddings=True, rope_parameters={"rope_type": "default", "rope_theta": 5e4}, **_SHAPE
    ),
    "qwen2": lambda size: Qwen2Config(
        vocab_size=size,
        tie_word_embeddings=False,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6},
        **_SHAPE,
    ),
    "gemma3": lambda size: Gemma3TextConfig(vocab_size=size, head_dim=32, sliding_window=16, **_SHAPE),
}


def _model(config: object) -> nn.Module:
    """A random model without a weight, bias or norm that is plainly zero or one, so that the fate of each one shows."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config)
        with torch.no_grad():
            for weights in model.parameters():
                weights.add_(NOISE * torch.randn_like(weights))
                if weights.dim() == 2:
                    weights.copy_(_through(weights))
    return model.eval()


def _through(weights: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(gguf.dequantize(_packed(weights), gguf.GGMLQuantizationType.Q8_0))


def _packed(weights: torch.Tensor) -> np.ndarray:
    return gguf.quantize(weights.detach().numpy(), gguf.GGMLQuantizationType.Q8_0)


def _configure(writer: gguf.GGUFWriter, config) -> None:
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    rope = config.rope_parameters
    writer.add_rope_freq_base(rope.get("full_attention", rope)["rope_theta"])
    if config.model_type == "gemma3_text":
        writer.add_key_length(config.head_dim)
        writer.add_value_length(config.head_dim)
        writer.add_sliding_window(config.sliding_window)
    if config.model_type == "llama":
        writer.add_rope_dimension_count(config.head_dim)
        writer.add_vocab_size(config.vocab_size)


def _write_byte_level(writer: gguf.GGUFWriter, tokenizer: Tokenizer, pre: str) -> None:
    kinds = [gguf.TokenType.CONTROL] * 3 + [gguf.TokenType.NORMAL] * (tokenizer.get_vocab_size() - 3)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list([tokenizer.id_to_token(index) for index in range(len(kinds))])
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)


def _write_sentencepiece(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    size = tokenizer.get_vocab_size()
    kinds = [gguf.TokenType.CONTROL] * 4 + [gguf.TokenType.BYTE] * 256 + [gguf.TokenType.NORMAL] * (size - 260)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([tokenizer.id_to_token(index) for index in range(size)])
    writer.add_token_scores([-float(index) for index in range(size)])
    writer.add_token_types(kinds)
    writer.add_pad_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_unk_token_id(3)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)


def _write_tensors(writer: gguf.GGUFWriter, architecture: str, model: nn.Module) -> None:
    (kind,) = (kind for kind, name in gguf.MODEL_ARCH_NAMES.items() if name == architecture)
    names = gguf.get_tensor_name_map(kind, model.config.num_hidden_layers)
    for name, weights in model.named_parameters():
        stem, _, suffix = name.rpartition(".")
        weights = weights.detach()
        if architecture == "llama" and stem.endswith(("q_proj", "k_proj")):  # llama.cpp rotates neighbours, not halves
            heads = weights.shape[0] // model.config.head_dim
            weights = weights.reshape(heads, 2, -1, weights.shape[1]).swapaxes(1, 2).reshape(weights.shape)
        if architecture == "gemma3" and stem.endswith("norm"):
            weights = weights + 1
        target = f"{names.get_name(stem)}.{suffix}"
        if weights.dim() == 2:
            writer.add_tensor(target, _packed(weights), raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            writer.add_tensor(target, weights.numpy())
