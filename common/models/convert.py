"""A GGUF file becomes a folder that transformers loads like any other: dequantised once, kept in float16.

float16 takes half the room of float32 and is far nearer to the dequantised weights than bfloat16, which has a range
that weights do not need: log-probabilities move a fifth as much.

transformers reads the weights. What it does not carry over from such a file, or not rightly, is mended here: how
text is split before the tokenizer's merges apply, and which tokens end a completion. What was not checked against
the original models is refused, rather than converted to something that only looks right.
"""

import contextlib
import io
import json
import os
import shutil
import struct
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig, GgufConfig, PreTrainedTokenizerFast
from transformers.integrations.gguf.reader import read_gguf_metadata

from common.errors import InputError
from common.models import room
from common.models.converted import CONVERT, RECORD, WEIGHTS, Source

ARCHITECTURES = ("gemma3", "llama", "qwen2")
VOCABULARIES = ("gpt2/qwen2", "gpt2/smollm", "llama/default")
"""What was checked: kind of vocabulary and way of splitting text, as tokenizer.ggml.model and .pre name them."""
ENDS = ("<|im_end|>", "<|endoftext|>", "<eos>", "<end_of_turn>")
"""Tokens that end a completion in whichever model has them; a GGUF file names only one."""
_SPECIAL = 3
"""The token type that GGUF calls CONTROL."""


class Header(NamedTuple):
    """What a GGUF file says of itself, and the names of its tensors."""

    metadata: dict[str, Any]
    tensors: tuple[str, ...]

    @property
    def vocabulary(self) -> str:
        """Kind of vocabulary and way of splitting text."""
        return "/".join(str(self.metadata.get(f"tokenizer.ggml.{key}", "default")) for key in ("model", "pre"))


def convert(gguf: Path, folder: Path, name: str, sha256: str, licence: str | None) -> None:
    """Make `folder` from a GGUF file; it takes its place when it is whole, over an older one.

    Args:
        gguf: the file.
        folder: where to, in a folder that exists.
        name: of the model, for the record, as are the following.
        sha256: of the file.
        licence: of the weights, where it is known.

    Raises:
        InputError: the file is not whole, or not of a kind that was checked, or disk or memory do not suffice.
        OSError: the disk cannot be written.
    """
    gguf = gguf.resolve()
    header = read_header(gguf)
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        _write(gguf, header, partial)
        source = Source(name, sha256, gguf.stat().st_size, licence, CONVERT, (partial / WEIGHTS).stat().st_size)
        (partial / RECORD).write_text(json.dumps(asdict(source), indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def read_header(gguf: Path) -> Header:
    """Read a GGUF file's header, and check that the model is of a kind whose conversion was checked.

    Raises:
        InputError: it is not, or the file is no whole GGUF file.
    """
    with _named(gguf):
        header = Header(*read_gguf_metadata(str(gguf), ("tokenizer.ggml.tokens",)))
    architecture = header.metadata["general.architecture"]
    if architecture not in ARCHITECTURES:
        raise InputError(f"{gguf}: architecture '{architecture}' is not known here, only {', '.join(ARCHITECTURES)}")
    if header.vocabulary not in VOCABULARIES:
        raise InputError(f"{gguf}: tokenizer '{header.vocabulary}' is not known here, only {', '.join(VOCABULARIES)}")
    if f"{architecture}.rope.scaling.type" in header.metadata:  # transformers would leave it out without a word
        raise InputError(f"{gguf}: its positions are scaled (rope.scaling), which is not known here")
    return header


def _write(gguf: Path, header: Header, folder: Path) -> None:
    with _named(gguf):
        config = AutoConfig.from_pretrained(gguf.parent, gguf_file=gguf.name)
        with torch.device("meta"):
            parameters = AutoModelForCausalLM.from_config(config).num_parameters()
    room.need_disk(gguf.name, room.converted_bytes(parameters), folder)
    room.need_memory(gguf.name, parameters)
    model = _model(gguf, header, config)
    try:
        save_file(_weights(model), str(folder / WEIGHTS), metadata={"format": "pt"})
    except SafetensorError as error:  # how it says that the disk is full
        raise OSError(str(error)) from error
    # What the originals are computed in, for who asks the file: activations may pass the range that weights keep to.
    config.update({"architectures": [type(model).__name__], "dtype": "bfloat16"})
    config.save_pretrained(folder)
    GenerationConfig(
        bos_token_id=config.bos_token_id, eos_token_id=_end_tokens(header), pad_token_id=config.pad_token_id
    ).save_pretrained(folder)
    _tokenizer(gguf, header).save_pretrained(folder)


def _model(gguf: Path, header: Header, config: Any) -> Any:
    with _named(gguf), contextlib.redirect_stderr(io.StringIO()):  # its progress bar asks for no terminal
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            gguf.parent,
            gguf_file=gguf.name,
            config=config,
            dtype=torch.float16,
            quantization_config=GgufConfig(dequantize=True),
            output_loading_info=True,
        )
    model, info = loaded
    used = {tensor.data_ptr() for tensor in model.state_dict().values()}
    if info["missing_keys"] or len(used) != len(header.tensors):  # it skips what it cannot place without a word
        raise InputError(f"{gguf}: transformers takes {len(used)} of its {len(header.tensors)} tensors")
    if not all(tensor.isfinite().all() for tensor in model.state_dict().values()):
        raise InputError(f"{gguf}: some of its weights are not finite, or too large for float16")
    return model


def _weights(model: Any) -> dict[str, torch.Tensor]:
    """The weights by name; tied embeddings by that of the input, since vllm reads past the output's without a word."""
    weights: dict[str, torch.Tensor] = model.state_dict()
    if model.get_output_embeddings().weight is model.get_input_embeddings().weight:
        del weights["lm_head.weight"]
    return weights


def _end_tokens(header: Header) -> list[int]:
    """The end token that the file names, and whichever others of `ENDS` are special tokens in its vocabulary."""
    tokens, kinds = (header.metadata[f"tokenizer.ggml.{key}"] for key in ("tokens", "token_type"))
    ends = {tokens.index(token) for token in set(ENDS).intersection(tokens)}
    special = {end for end in ends if kinds[end] == _SPECIAL}
    return sorted(special | {header.metadata["tokenizer.ggml.eos_token_id"]})


def _tokenizer(gguf: Path, header: Header) -> PreTrainedTokenizerFast:
    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(gguf.parent, gguf_file=gguf.name)
    _mend(tokenizer.backend_tokenizer, header.vocabulary)
    return tokenizer


def _mend(tokenizer: Tokenizer, vocabulary: str) -> None:
    """Give a tokenizer what the original one does before its merges apply, and transformers leaves out."""
    if vocabulary == "gpt2/smollm":  # digits stand alone; so what precedes them, such as two newlines, stays together
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
    if vocabulary == "gpt2/qwen2":  # letters and their accents are composed
        tokenizer.normalizer = normalizers.NFC()


@contextlib.contextmanager
def _named(gguf: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError, struct.error) as error:
        detail = " ".join(str(error).split())
        raise InputError(
            f"{gguf}: not a whole GGUF file, or not one that transformers reads ({detail:.200})"
        ) from error
