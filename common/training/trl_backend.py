"""The same data, reward and `grpo.Config` with TRL's GRPOTrainer, for large models on GPUs.

Written for TRL 1.16. It has the same loss (a test holds the two together), but no dynamic sampling: groups whose
rewards are all equal stay in the batch, where they add to the tokens that the loss is divided by, `max_redraws` has no
effect, and the learning rate stays the same however few groups differ. Minibatches divide by the mean number of tokens
of a step's minibatches, ours by their own. Random numbers are torch's.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from common.errors import InputError
from common.training import rewards
from common.training.grpo import Config


def arguments(config: Config, folder: Path, micro_batch: int | None = None, **others: Any) -> Any:
    """TRL's GRPOConfig with the same meaning, for one process.

    Args:
        config: as in `grpo.train`.
        folder: TRL's output directory.
        micro_batch: completions in one pass of the network with gradients; those of a whole minibatch by default.
        others: further settings of GRPOConfig, which go before these, such as `use_vllm=True`.

    Raises:
        InputError: TRL is not installed, completions that do not divide evenly, or stop strings, which TRL lacks.
    """
    trl = _trl()
    completions, minibatch, size = _sizes(config, micro_batch)
    updates = config.epochs * config.minibatches
    cuda = torch.cuda.is_available()
    given = {
        "output_dir": str(folder),
        "loss_type": "dapo",
        "scale_rewards": "group",
        "beta": 0.0,
        "epsilon": config.epsilon_low,
        "epsilon_high": config.epsilon_high,
        "mask_truncated_completions": config.mask_truncated,
        "num_generations": config.group_size,
        "num_iterations": config.epochs,
        "max_completion_length": config.max_new_tokens,
        "temperature": config.temperature,
        "per_device_train_batch_size": size,
        "gradient_accumulation_steps": minibatch // size,
        "steps_per_generation": completions // size,
        "max_steps": config.steps * updates,
        "learning_rate": config.learning_rate,
        "lr_scheduler_type": "constant_with_warmup",
        "warmup_steps": config.warmup * updates,
        "weight_decay": 0.0,
        "max_grad_norm": config.max_grad_norm,
        "disable_dropout": True,
        "seed": config.seed,
        "use_cpu": not cuda,
        "bf16": cuda and torch.cuda.is_bf16_supported(),
        "logging_steps": 1,
        "report_to": "none",
    }
    return trl.GRPOConfig(**{**given, **others})


def train(
    model: Any,
    tokenizer: Any,
    prompts: Mapping[str, Sequence[Any]],
    reward: rewards.Reward,
    config: Config,
    folder: Path,
    micro_batch: int | None = None,
    **others: Any,
) -> None:
    """Train a model with TRL; its checkpoints and logs lie in `folder`. Arguments as in `grpo.train` and `arguments`.

    Raises:
        InputError: as in `arguments`, or when the reward fails.
    """
    settings = arguments(config, folder, micro_batch, **others)
    trainer = trainer_of(model, tokenizer, prompts, reward, settings)
    trainer.train()


def trainer_of(
    model: Any, tokenizer: Any, prompts: Mapping[str, Sequence[Any]], reward: rewards.Reward, settings: Any
) -> Any:
    """TRL's GRPOTrainer over these prompts and this reward."""
    data = import_module("datasets").Dataset.from_dict({name: list(values) for name, values in prompts.items()})
    return _trl().GRPOTrainer(
        model=model,
        reward_funcs=rewards.checked(reward),
        args=settings,
        train_dataset=data,
        processing_class=tokenizer,
    )


def _sizes(config: Config, micro_batch: int | None) -> tuple[int, int, int]:
    """Completions in a step, in a minibatch, and in one pass of the network."""
    if config.stop:
        raise InputError("TRL ends a completion at end-of-text tokens alone: leave out stop")
    completions = config.prompts_per_step * config.group_size
    if completions % config.minibatches:
        raise InputError(f"with TRL minibatches ({config.minibatches}) must divide a step's {completions} completions")
    minibatch = completions // config.minibatches
    size = micro_batch or minibatch
    if minibatch % size:
        raise InputError(f"micro_batch ({size}) must divide the {minibatch} completions of a minibatch")
    return completions, minibatch, size


def _trl() -> Any:
    try:
        return import_module("trl")
    except ImportError as error:
        raise InputError(f"this backend needs trl ({error}): pip install trl==1.16.0, or use grpo.train") from error
