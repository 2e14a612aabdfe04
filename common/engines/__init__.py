"""Language models behind one interface. Three lines sample from one:

from common.engines import Sampling, load_engine
model = load_engine("models/...")
model.sample(["..."], Sampling(n=4))

Nothing heavy is imported before `load_engine` needs it.
"""

from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from typing import Any

from common.completions import Completion, LogitSums
from common.engines.base import Answers, Engine, Message, OptionScores, Prompt, Sampling
from common.errors import InputError
from common.paths import OUTPUTS

__all__ = [
    "Answers",
    "Completion",
    "Engine",
    "LogitSums",
    "Message",
    "OptionScores",
    "Prompt",
    "Sampling",
    "load_engine",
]


def load_engine(
    model: str | Path,
    *,
    engine: str = "auto",
    store: str | Path | None = OUTPUTS / "store.sqlite",
    **options: Any,
) -> Engine:
    """Load a model, from a folder, by its name in models/registry.yaml, from a GGUF file or from the Hugging Face Hub.

    `auto` is vllm on a CUDA machine that has it installed, or else hf. `options` go to the engine's class, such as
    dtype="bfloat16" or template={"enable_thinking": False}. Completions and scores are kept in the store; with
    `store=None` nothing is.

    Raises:
        InputError: an unknown engine or option, vllm where it is not installed, or a model that cannot be loaded.
    """
    if engine not in ("auto", "hf", "vllm"):
        raise InputError(f"engine {engine!r}: it is one of auto, hf, vllm")
    loaded = _vllm(model, options) if engine == "vllm" or (engine == "auto" and _has_vllm()) else _hf(model, options)
    if store is None:
        return loaded
    from common.engines.cached import CachedEngine
    from common.store import Store

    return CachedEngine(loaded, Store(Path(store)))


def _has_vllm() -> bool:
    if find_spec("vllm") is None:
        return False
    import torch

    return torch.cuda.is_available()


def _hf(model: str | Path, options: dict[str, Any]) -> Engine:
    from common.engines.hf import HFEngine

    _check_options(HFEngine, options)
    return HFEngine(model, **options)


def _vllm(model: str | Path, options: dict[str, Any]) -> Engine:
    from common.engines.vllm import VLLMEngine

    _check_options(VLLMEngine, options)
    return VLLMEngine(model, **options)


def _check_options(engine: type[Engine], options: dict[str, Any]) -> None:
    known = list(signature(engine).parameters)[1:]  # without the model
    if unknown := [name for name in options if name not in known]:
        raise InputError(f"{engine.__name__} has no option {', '.join(unknown)} (there are: {', '.join(known)})")
