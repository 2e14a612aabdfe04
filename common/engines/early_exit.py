"""What each layer of a model would answer: its state at the last token, through the model's final norm and unembedding.

The model's own head does the rest, so that whatever it does to its logits (a scale, a cap) is done to these too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from common.errors import InputError


@contextmanager
def early_exits(model: Any) -> Iterator[None]:
    """While it lasts, a causal language model gives the logits of every layer at the last token: [B, layers + 1, V].

    Layer 0 is the embedding, the last one the model's own output.

    Raises:
        InputError: which norm is the model's final one is not known here.
    """
    base = model.base_model
    norms = [part for part in base.children() if "Norm" in type(part).__name__]
    if len(norms) != 1:
        raise InputError(f"engine='hf' does not know the final norm of {type(model).__name__}: layers cannot be read")

    def with_states(module: Any, given: Any, named: dict[str, Any]) -> Any:
        return given, named | {"output_hidden_states": True}

    def stacked(module: Any, given: Any, output: Any) -> Any:
        *inner, last = (states[:, -1] for states in output.hidden_states)  # the last has been through the norm
        output.last_hidden_state = torch.stack([*map(norms[0], inner), last], dim=1)
        return output

    hooks = [base.register_forward_pre_hook(with_states, with_kwargs=True), base.register_forward_hook(stacked)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
