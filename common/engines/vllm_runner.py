"""One vLLM model, loaded and running: what has to be arranged so that it is a good guest in this process.

On CPU the model runs in this process, eagerly. So it loads in seconds, obeys OMP_NUM_THREADS, and needs neither a C++
compiler nor a `__main__` guard in the caller's script. On CUDA it runs in a process of its own, as vLLM does by
default. A process holds one model at a time: loading another closes the one before.
"""

import os
import random
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError

from common.engines.loading import line
from common.errors import InputError

CPU_OPTIONS = {
    "kv_cache_memory_bytes": 2 * 2**30,  # unless VLLM_CPU_KVCACHE_SPACE says otherwise, in GiB
    "enforce_eager": True,
    "enable_chunked_prefill": False,  # vllm 0.32.0 on CPU fails where it cuts a prompt of a request with a seed
}
ENVIRONMENT = {"VLLM_LOGGING_LEVEL": "ERROR", "VLLM_NO_USAGE_STATS": "1", "VLLM_WORKER_MULTIPROC_METHOD": "spawn"}
"""Set before vllm is imported, where the user has not set it."""

_open: list["Runner"] = []


class Runner:
    """A loaded model that answers requests.

    Args:
        source: folder with safetensors weights, or Hub id.
        commit: of the Hub repository.
        dtype: of the computation.
        gpu_memory_utilization: share of the GPU's memory that vLLM takes, weights included.
        tensor_parallel_size: GPUs that share the model.
        trust_remote_code: run the Python code that comes with the model.

    Raises:
        InputError: vllm is not installed, or cannot load the model.
    """

    def __init__(
        self,
        source: Path | str,
        commit: str | None,
        *,
        dtype: str,
        gpu_memory_utilization: float,
        tensor_parallel_size: int,
        trust_remote_code: bool,
    ) -> None:
        self.vllm, self.cpu = import_vllm()
        self.dtype = dtype
        for other in list(_open):
            other.close()
        options: dict[str, Any] = CPU_OPTIONS if self.cpu else {"gpu_memory_utilization": gpu_memory_utilization}
        self._llm = self._load(
            source,
            dtype=self.dtype,
            revision=commit,
            tokenizer_revision=commit,
            tensor_parallel_size=tensor_parallel_size,
            trust_remote_code=trust_remote_code,
            **options,
        )
        _open.append(self)
        self.context_length = int(self._llm.model_config.max_model_len)

    def settings(self, **values: Any) -> Any:
        """How one request is answered: vLLM's SamplingParams."""
        return self.vllm.SamplingParams(**values)

    def run(self, requests: Sequence[tuple[list[int], Any]]) -> list[Any]:
        """Answer requests, token ids and settings each, from an empty prefix cache.

        Returns:
            vLLM's RequestOutput of each request, in their order.

        Raises:
            InputError: the model was closed.
        """
        if self not in _open:
            raise InputError("this vllm model was closed, by close() or by loading another: load it again")
        prompts = [{"prompt_token_ids": ids} for ids, _ in requests]
        with self._undisturbed():
            self._llm.reset_prefix_cache()
            try:
                outputs = self._llm.generate(prompts, [settings for _, settings in requests], use_tqdm=False)
            except BaseException:
                engine = self._llm.llm_engine  # an interrupt must leave nothing that the next request would meet
                engine.abort_request(list(engine.output_processor.request_states), internal=True)
                raise
        return list(outputs)

    def close(self) -> None:
        """Give back the model's memory."""
        if self in _open:
            _open.remove(self)
            with self._undisturbed():
                self._llm.llm_engine.engine_core.shutdown()
                del self._llm
                _release()

    def _load(self, source: Path | str, **options: Any) -> Any:
        with self._undisturbed():
            try:
                llm = self.vllm.LLM(
                    str(source),
                    load_format="safetensors",
                    max_model_len=-1,  # the model's own, or as much of it as there is memory for
                    enable_prefix_caching=True,
                    logprobs_mode="raw_logprobs",
                    use_tqdm_on_load=False,
                    **options,
                )
                trial = self.settings(max_tokens=1, temperature=0)  # some models load and fail only when they run
                llm.generate([{"prompt_token_ids": [0]}], trial, use_tqdm=False)
                return llm
            except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
                _release()
                raise InputError(f"{source}: vllm cannot load it: {line(error)}") from error

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """Put back what vLLM changes in its own process, hide its warnings, and compile nothing on CPU."""
        threads, state, numpys = torch.set_num_threads, random.getstate(), np.random.get_state()  # noqa: NPY002  # vLLM seeds it
        try:
            with ExitStack() as stack:
                stack.enter_context(warnings.catch_warnings())
                stack.enter_context(torch.random.fork_rng(devices=[]))
                warnings.simplefilter("ignore")
                if self.cpu:
                    stack.enter_context(torch.compiler.set_stance("force_eager"))
                yield
        finally:
            torch.set_num_threads = threads
            random.setstate(state)
            np.random.set_state(numpys)  # noqa: NPY002  # as above


def import_vllm() -> tuple[Any, bool]:
    """Import vllm; say whether it computes on CPU.

    Raises:
        InputError: it is not installed, or lacks something.
    """
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import vllm
            from vllm.platforms import current_platform

            _ = vllm.LLM, vllm.SamplingParams  # these are imported when they are first asked for
            cpu = bool(current_platform.is_cpu())
    except ImportError as error:
        raise InputError(
            f"engine='vllm' needs vllm ({line(error)}): say `make setup-vllm` on CPU or `pip install vllm` on CUDA, "
            "or use engine='hf'"
        ) from error
    if cpu:
        os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
    return vllm, cpu


def _release() -> None:
    """Take down what vLLM keeps open beside a model."""
    from vllm.distributed import cleanup_dist_env_and_memory

    cleanup_dist_env_and_memory()
