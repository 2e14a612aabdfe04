"""Models of transformers from a folder or the Hub: what may be loaded, and what names it for good.

Weights come from safetensors files alone: a pickle can run code.
"""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import torch
from huggingface_hub import constants, hf_hub_download
from huggingface_hub.errors import LocalEntryNotFoundError
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer

from common.engines.attention import BACKEND
from common.errors import InputError
from common.models import hub, local

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
PATIENCE = 4.0
"""Seconds that the Hub has to answer before only its cache here is asked."""
UNKNOWN = "{}: engine='hf' does not know this architecture, use engine='vllm'"


class Source(NamedTuple):
    """Where a model lies, and what is known of it beforehand."""

    place: Path | str
    """A folder, or a Hub id."""
    version: str | None = None
    """Its exact version, where the hash of the file it was converted from names it."""
    dtype: str | None = None
    """The dtype it is computed in, where it is registered."""


def find(model: str | Path) -> Source:
    """Find a model: a folder, a name in models/registry.yaml, a GGUF file, or a Hub id.

    Raises:
        InputError: as `folder_or_id`; or a registered model that is not here, or a file that cannot be converted.
    """
    if isinstance(model, str | Path) and (found := local.resolve(model)):
        return Source(found.folder, found.identity, found.dtype)
    return Source(folder_or_id(model))


def folder_or_id(model: str | Path) -> Path | str:
    """Tell a model folder from a Hub id.

    Raises:
        InputError: neither path nor id, or a folder without config.json or without safetensors weights.
    """
    if not isinstance(model, str | Path):
        raise InputError(f"model {model!r:.80}: give the path of a folder, a registered name, or a Hub id")
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


def as_id(source: Source) -> str:
    """Words on where a model that cannot be loaded was looked for: an id may be meant as a path or a name."""
    return "" if isinstance(source.place, Path) else "no such folder or registered name, and as a Hub id it "


def digest(folder: Path) -> str:
    """SHA-256 over the weights, the configuration, the tokenizer and the code of a model folder."""
    total = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), *folder.glob("*.py"), *(folder / name for name in FILES)]):
        if path.is_file():
            with path.open("rb") as stream:
                total.update(f"{path.name} {hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


def pin(source: Source, revision: str | None) -> tuple[str, dict[str, Any]]:
    """Name a model's exact version: folder and digest, or Hub id and the commit that `revision` points to now.

    Returns:
        The version, and what transformers needs in order to load just that one.

    Raises:
        OSError: the Hub does not give the model.
    """
    if isinstance(source.place, Path):
        return source.version or f"{source.place.name}@sha256:{digest(source.place)}", {}
    offline = constants.HF_HUB_OFFLINE or not hub.reachable(PATIENCE)  # else each file would be asked for, many times
    try:
        config = hf_hub_download(source.place, "config.json", revision=revision, local_files_only=offline)
    except LocalEntryNotFoundError as error:
        if not offline:
            raise
        why = (
            "HF_HUB_OFFLINE is set" if constants.HF_HUB_OFFLINE else f"the Hub ({constants.ENDPOINT}) cannot be reached"
        )
        raise OSError(f"{why}, and its cache here lacks the model") from error
    commit = Path(config).parent.name
    return f"{source.place}@{commit}", {"revision": commit, "local_files_only": offline}


def load(source: Source, revision: str | None, dtype: torch.dtype, trust_remote_code: bool) -> tuple[Any, Any, str]:
    """Load model and tokenizer, and name their exact version: a Hub commit, or a digest of the folder.

    Raises:
        InputError: the Hub does not give the model, or its files cannot be loaded.
    """
    try:
        version, pinned = pin(source, revision)  # what the branch or tag points to holds for everything that follows
        common: dict[str, Any] = {**pinned, "trust_remote_code": trust_remote_code}
        tokenizer = AutoTokenizer.from_pretrained(source.place, **common)
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            source.place,
            dtype=dtype,
            attn_implementation=BACKEND,
            use_safetensors=True,
            output_loading_info=True,
            **common,
        )
    except KeyError as error:  # its table of attentions has no place for another
        raise InputError(UNKNOWN.format(source.place)) from error
    except (OSError, ValueError, ImportError, SafetensorError) as error:
        raise InputError(f"{source.place}: {as_id(source)}cannot be loaded: {line(error)}") from error
    model, info = loaded
    if info["missing_keys"]:  # transformers would make them up at random
        raise InputError(f"{source.place}: its weights lack {', '.join(sorted(info['missing_keys'])):.200}")
    check(model)
    return model.eval(), tokenizer, version


def line(error: BaseException) -> str:
    """An error's text as one short line."""
    return f"{' '.join(str(error).split()):.300}"


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
