"""Training of one lab model: resumable at any moment, with progress, an ETA and a learning curve.

Loss is a weighted mean over taught tokens only (`packing.Rows`). The batch at each step depends on the seed and the
step alone, so a run that was killed and started again writes the same curve as one that was not (same machine, same
number of threads). Everything on disk is safetensors or JSON.
"""

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from transformers import LlamaForCausalLM

from common.errors import InputError
from common.files import write_whole
from common.progress import Progress
from common.training import checkpoints
from lab import cards, corpus, ladder, packing, tokenizer
from lab.world import build_world

LOG_EVERY = 50
"""Steps between two points of the learning curve."""
CHECKPOINT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that a lab model depends on."""

    size: str
    seed: int = 0
    dose: corpus.Dose = "high"
    tokens: int = 14_000_000
    """Tokens of the corpus, read once."""
    learning_rate: float = 2e-3
    """Of the matrices within the layers."""
    embedding_rate: float = 4e-2
    """Of embeddings and norms: twenty times as much halves the tokens that facts and reading take (docs/lab-log.md)."""
    warmup: int = 100
    """Steps of linear warm-up; the rates then stay, and fall to a fiftieth over the last 55 %."""

    @property
    def name(self) -> str:
        """Folder name of the model."""
        return (
            f"lab-{self.size}"
            + ("" if self.dose == "high" else f"-dose-{self.dose}")
            + (f"-seed{self.seed}" if self.seed else "")
        )


def prepare(recipe: Recipe) -> packing.Packed:
    """The packed corpus of a recipe."""
    world = build_world()
    return packing.pack(corpus.documents(world, recipe.tokens, recipe.dose, recipe.seed), recipe.seed)


def train(recipe: Recipe, folder: Path, *, device: str = "cpu", stop_after: int | None = None) -> LlamaForCausalLM:
    """Train, or go on training, the model of a recipe; checkpoints and `curve.jsonl` lie in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    model = ladder.build(recipe.size)
    torch.nn.Module.to(model, device)
    optimizers = build_optimizers(model)
    start = resume(folder, recipe, model, optimizers)
    packed = prepare(recipe)
    batches = packed.batches(recipe.seed)
    total = min(len(batches), stop_after or len(batches))
    curve = Curve(folder, packed.kinds)
    began = saved = time.monotonic()
    with Progress(recipe.name, total, "step", start) as bar:
        for step in range(start, total):
            losses, weights, kinds = step_losses(model, *batches[step], device)
            model.zero_grad(set_to_none=True)
            torch.autograd.backward((losses * weights).sum() / weights.sum())
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            update(optimizers, learning_rates(recipe, step, len(batches)))
            curve.add(losses.detach().cpu().numpy(), kinds)
            note = ""
            if (step + 1) % LOG_EVERY == 0:
                speed = packing.BATCH_TOKENS * (step + 1 - start) / (time.monotonic() - began)
                note = f"loss {curve.write(step + 1):.3f}, {speed:.0f} tokens/s"
                if time.monotonic() - saved > CHECKPOINT_SECONDS:
                    checkpoints.save(folder, model, optimizers, step + 1, asdict(recipe))
                    saved = time.monotonic()
            bar.update(note=note)
    checkpoints.save(folder, model, optimizers, total, asdict(recipe))
    return model


class Curve:
    """The learning curve: mean loss between two points, in all and by kind of document."""

    def __init__(self, folder: Path, kinds: Sequence[str]) -> None:
        self.path, self.kinds = folder / "curve.jsonl", kinds
        self.sums, self.counts = np.zeros(len(kinds)), np.zeros(len(kinds))

    def add(self, losses: np.ndarray, kinds: np.ndarray) -> None:
        """Count the losses of taught tokens and their kinds."""
        self.sums += np.bincount(kinds, losses, len(self.sums))
        self.counts += np.bincount(kinds, minlength=len(self.counts))

    def write(self, step: int) -> float:
        """Append one point to the file and start anew; returns the mean loss."""
        loss = float(self.sums.sum() / self.counts.sum())
        point: dict[str, Any] = {"step": step, "tokens": step * packing.BATCH_TOKENS, "loss": round(loss, 6)}
        means = zip(self.kinds, self.sums, self.counts, strict=True)
        point |= {kind: round(total / count, 6) for kind, total, count in means if count}
        with self.path.open("a") as file:
            file.write(json.dumps(point) + "\n")
        self.sums[:], self.counts[:] = 0, 0
        return loss


def update(optimizers: Sequence[torch.optim.Optimizer], rates: Sequence[float]) -> None:
    """One step of each optimizer at its learning rate."""
    for optimizer, rate in zip(optimizers, rates, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()


def build_optimizers(model: LlamaForCausalLM) -> list[torch.optim.Optimizer]:
    """Muon for the matrices within the layers, AdamW for embeddings and norms."""
    inner = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    outer = [p for name, p in model.named_parameters() if p.ndim != 2 or "embed" in name]
    return [
        torch.optim.Muon(inner, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(outer, betas=(0.9, 0.98), weight_decay=0.01),
    ]


def learning_rates(recipe: Recipe, step: int, total: int) -> tuple[float, float]:
    """Linear warm-up, a plateau, and a linear fall to a fiftieth over the last 55 %: the long judging layouts, which
    come last, are learned only while the rates fall.
    """
    rise = (step + 1) / recipe.warmup
    fall = 0.02 + 0.98 * (total - step) / (0.55 * total)
    share = min(1.0, rise, fall)
    return share * recipe.learning_rate, share * recipe.embedding_rate


def step_losses(
    model: LlamaForCausalLM, rows: packing.Rows, numbers: np.ndarray, device: str
) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """Loss, weight and kind of each taught token of a batch. Logits are computed for taught tokens only."""
    ids = torch.from_numpy(rows.ids[numbers].astype(np.int64)).to(device)
    kinds = rows.kinds[numbers][:, 1:]
    taught = torch.from_numpy(kinds >= 0).to(device)
    mask = own_document(torch.from_numpy(rows.documents[numbers]).to(device))
    states = model.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state[:, :-1][taught]
    losses = torch.nn.functional.cross_entropy(model.lm_head(states), ids[:, 1:][taught], reduction="none")
    weights = torch.from_numpy(rows.weights[numbers][:, 1:]).to(device)[taught]
    return losses, weights, kinds[kinds >= 0]


def own_document(documents: torch.Tensor) -> torch.Tensor:
    """Attention mask (rows, 1, tokens, tokens): a token sees the tokens before it in its own document, so that a name
    or an option in the next document of the row is no false trail.
    """
    return (documents[:, None, :, None] == documents[:, None, None, :]).tril()


def resume(folder: Path, recipe: Recipe, model: LlamaForCausalLM, optimizers: Sequence[torch.optim.Optimizer]) -> int:
    """Load the checkpoint if there is one, and cut the curve back to it; returns the step to go on from."""
    step, curve = checkpoints.load(folder, model, optimizers, asdict(recipe)), folder / "curve.jsonl"
    points = curve.read_text().splitlines() if curve.exists() else []
    curve.write_text("".join(f"{point}\n" for point in points if json.loads(point)["step"] <= step))
    return step


def run(recipe: Recipe, folder: Path, *, device: str = "auto", steps: int | None = None, publish: bool = False) -> None:
    """Train a recipe and write the finished model to `folder/model`; with `publish`, to models/ as well.

    Raises:
        InputError: unknown size, damaged or foreign checkpoint, or `publish` of a training cut short by `steps`.
    """
    if publish and steps is not None:
        raise InputError("only a whole training can be published: leave out --steps")
    device = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    began = time.monotonic()
    model = train(recipe, folder, device=device, stop_after=steps)
    export(model, folder / "model")
    curve = (folder / "curve.jsonl").read_text()
    points = [json.loads(line) for line in curve.splitlines()]
    summary = {
        "recipe": asdict(recipe),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "tokens_seen": points[-1]["tokens"],
        "final_loss": final_loss(points),
        "seconds": round(time.monotonic() - began),
        "hardware": f"{os.cpu_count()} cores, {torch.get_num_threads()} in use"
        if device == "cpu"
        else torch.cuda.get_device_name(),
        "packages": {"torch": torch.__version__, "transformers": transformers.__version__},
    }
    write_whole(folder / "model" / "training.json", json.dumps(summary, indent=1) + "\n")
    write_whole(folder / "model" / "curve.jsonl", curve)
    print(f"final loss {summary['final_loss']:.4f}; model: {folder / 'model'}")
    if publish:
        print(f"published: {cards.publish(folder / 'model', recipe.name)}")


def final_loss(points: Sequence[Mapping[str, float]]) -> float:
    """Mean loss over the last ten points of a curve."""
    last = [point["loss"] for point in points[-10:]]
    return round(sum(last) / len(last), 4)


def export(model: LlamaForCausalLM, folder: Path) -> None:
    """Write weights, config and tokenizer as transformers and vLLM load them."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_tokenizer(folder, ladder.CONTEXT)
