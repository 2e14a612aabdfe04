"""Models of transformers from a folder or the Hub: what may be loaded, and what names it for good.

Weights come from safetensors files alone: a pickle can run code.
"""

import hashlib
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import hf_hub_download
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer

from common.engines.attention import BACKEND
from common.errors import InputError

FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "spiece.model",
    "sentencepiece.bpe.model",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
    "model.safetensors.index.json",
)
"""Beside the weights, the files of a model folder that decide what it says."""
UNKNOWN = "{}: engine='hf' does not know this architecture, use engine='vllm'"


def folder_or_id(model: str | Path) -> Path | str:
    """Tell a model folder from a Hub id.

    Raises:
        InputError: neither path nor id, or a folder without config.json or without safetensors weights.
    """
    if not isinstance(model, str | Path):
        raise InputError(f"model {model!r:.80}: give the path of a folder, or a Hub id")
    folder = Path(model)
    if not model or not folder.exists():
        if isinstance(model, Path) or model.count("/") > 1 or model.startswith((".", "/", "~")) or not model:
            raise InputError(f"{model}: no such model folder")
        return model
    if not (folder / "config.json").is_file():
        raise InputError(f"{model}: not a model folder, it has no config.json")
    if not list(folder.glob("*.safetensors")):
        raise InputError(f"{model}: no *.safetensors weights in it; convert others (such as .bin) to safetensors first")
    return folder.resolve()


def as_id(source: Path | str) -> str:
    """Words on where a model that cannot be loaded was looked for: an id may be meant as a path."""
    return "" if isinstance(source, Path) else "no such folder here, and as a Hub id it "


def digest(folder: Path) -> str:
    """SHA-256 over the weights, the configuration, the tokenizer and the code of a model folder."""
    total = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), *folder.glob("*.py"), *(folder / name for name in FILES)]):
        if path.is_file():
            with path.open("rb") as stream:
                total.update(f"{path.name} {hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


def pin(source: Path | str, revision: str | None) -> tuple[str, str | None]:
    """Name a model's exact version: folder and digest, or Hub id and the commit that `revision` points to now.

    Raises:
        OSError: the Hub does not give the model.
    """
    if isinstance(source, Path):
        return f"{source.name}@sha256:{digest(source)}", revision
    commit = Path(hf_hub_download(source, "config.json", revision=revision)).parent.name
    return f"{source}@{commit}", commit


def load(source: Path | str, revision: str | None, dtype: torch.dtype, trust_remote_code: bool) -> tuple[Any, Any, str]:
    """Load model and tokenizer, and name their exact version: a Hub commit, or a digest of the folder.

    Raises:
        InputError: the Hub does not give the model, or its files cannot be loaded.
    """
    try:
        version, commit = pin(source, revision)  # what the branch or tag points to holds for everything that follows
        common: dict[str, Any] = {"revision": commit, "trust_remote_code": trust_remote_code}
        tokenizer = AutoTokenizer.from_pretrained(source, **common)
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            source,
            dtype=dtype,
            attn_implementation=BACKEND,
            use_safetensors=True,
            output_loading_info=True,
            **common,
        )
    except KeyError as error:  # its table of attentions has no place for another
        raise InputError(UNKNOWN.format(source)) from error
    except (OSError, ValueError, ImportError, SafetensorError) as error:
        raise InputError(f"{source}: {as_id(source)}cannot be loaded: {' '.join(str(error).split()):.300}") from error
    model, info = loaded
    if info["missing_keys"]:  # transformers would make them up at random
        raise InputError(f"{source}: its weights lack {', '.join(sorted(info['missing_keys'])):.200}")
    check(model)
    return model.eval(), tokenizer, version


def check(model: Any) -> None:
    """Check that a model is of the kind the hf engine computes: plain attention, exchangeable as a backend.

    Raises:
        InputError: it is not.
    """
    config = model.config.get_text_config()
    layers = set(getattr(config, "layer_types", None) or ["full_attention"])
    plain = layers <= {"full_attention", "sliding_attention"} and not model._is_stateful
    if not plain or config.is_encoder_decoder or not model._supports_attention_backend:
        raise InputError(UNKNOWN.format(config.model_type))


def context_length(model: Any) -> int:
    """Tokens that prompt and completion may have together."""
    config = model.config.get_text_config()
    rope = getattr(config, "rope_parameters", None) or {}
    if rope.get("rope_type") == "longrope":  # past this length its angles change for all tokens, those read before too
        return int(rope["original_max_position_embeddings"])
    return int(getattr(config, "max_position_embeddings", None) or 2**31)


def end_tokens(*named: int | list[int] | None) -> list[int]:
    """Ids of the tokens that end a completion, out of what configuration and tokenizer name."""
    flat = [token for ids in named if ids is not None for token in (ids if isinstance(ids, list) else [ids])]
    return sorted(set(flat))
