"""A probability read from a language model's states: one logit at marked tokens of a text, trained by cross-entropy.

With the mark at a prompt's last token this is the P(IK) head of Kadavath et al. 2022 (section 5): one more logit of
the language model, read before it answers. `prm` marks the last token of every step instead. Labels may be shares: the
cross-entropy of a share is the mean of those of the single outcomes, so thirty graded samples of a question make one
row. The backbone stays frozen (a linear probe, its states computed once) or is trained along, as in the paper.

The generator gives initial weights, held-out rows and order. Same seed, same numbers.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from common.engines.base import Prompt
from common.errors import InputError
from common.progress import Progress
from common.training.loss import NotANumberError
from common.training.states import Backbone, Features, Marked, parts

INITIAL = 0.02
"""Standard deviation of the initial weights: the first probabilities lie near one half."""
MAX_GRAD_NORM = 1.0

Labels = Sequence[Sequence[float]]


class Settings(BaseModel):
    """How a head is trained. AdamW without weight decay; the rate falls linearly to 0 over all epochs.

    Raises:
        InputError: a value out of its bounds or of the wrong type, an unknown name, or one that is missing.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    backbone: Literal["frozen", "full"]
    """Train the head alone, or the whole model with it (the paper's way)."""
    batch_size: int = Field(ge=1)
    """Rows a step. A row labelled with a share of thirty samples stands for thirty."""
    learning_rate: float = Field(gt=0, le=1)
    epochs: int = Field(ge=1)
    """At most, where some rows are held out."""
    held_out: float = Field(default=0.0, ge=0, lt=1)
    """Share of the rows that says after which epoch the head is best; it is left as it was then."""
    patience: int = Field(default=3, ge=1)
    """Epochs without a new best on the held-out rows, after which training ends."""

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            details = error.errors()[0]
            raise InputError(f"{'.'.join(map(str, details['loc']))}: {details['msg']}") from error


class Head:
    """A backbone, and weight [width] and bias of one logit on its states; made by `fit`."""

    def __init__(self, backbone: Backbone | Features, weight: Tensor, bias: Tensor) -> None:
        self.backbone, self.weight, self.bias = backbone, weight, bias

    def logits(self, states: Tensor) -> Tensor:
        """[marks] logits of states [marks, width]."""
        return states @ self.weight + self.bias

    @torch.no_grad()
    def probabilities(self, rows: Sequence[Marked]) -> list[np.ndarray]:
        """Probability at each mark: one float64 array a row, of shape [marks].

        Raises:
            NotANumberError: the model's output is not a number.
        """
        states = self.backbone.fixed_states(rows)
        found = [torch.sigmoid(self.logits(given).double()).cpu().numpy() for given in states]
        if any(np.isnan(p).any() for p in found):
            raise NotANumberError("the head's output is not a number: the model's states are none")
        return found


def fit(
    backbone: Backbone | Features,
    rows: Sequence[Marked],
    labels: Labels,
    settings: Settings,
    rng: np.random.Generator,
) -> Head:
    """Train a head. The backbone given stays as it is: a full fine-tune changes a copy.

    Args:
        backbone: the model; one to train is a `Backbone`.
        rows: texts with their marks.
        labels: of each row, one at each mark: what came true, or the share that did, in [0, 1].
        settings: how.
        rng: initial weights, held-out rows, order.

    Raises:
        InputError: labels that do not fit or lie outside [0, 1], all labels alike, or a backbone to train that is not
            in float32.
        NotANumberError: loss or gradient is not a number.
    """
    _check(rows, labels)
    if settings.backbone == "full":
        _check_trainable(backbone)
    training = _Training(backbone, rows, labels, settings, rng)
    training.run(rng)
    return training.head


def fit_at_end(
    backbone: Backbone | Features,
    prompts: Sequence[Prompt],
    labels: ArrayLike,
    settings: Settings,
    rng: np.random.Generator,
) -> Head:
    """Train a P(IK) head: one logit at the last token of each prompt (Kadavath et al. 2022, section 5.1).

    Args:
        backbone: the model.
        prompts: strings or chat messages.
        labels: share of each prompt's samples that are right, or `hard` of it, shape [prompts].
        settings: how.
        rng: initial weights, held-out rows, order.

    Raises:
        InputError: as in `fit` and `at_end` of the backbone.
    """
    each = [[float(label)] for label in np.asarray(labels, dtype=np.float64)]
    return fit(backbone, backbone.at_end(prompts), each, settings, rng)


def read(head: Head, prompts: Sequence[Prompt]) -> np.ndarray:
    """Probability at the last token of each prompt, float64 [prompts].

    Raises:
        InputError: as in `Backbone.at_end`.
    """
    found = head.probabilities(head.backbone.at_end(prompts))
    return np.concatenate(found) if found else np.zeros(0)


def hard(shares: ArrayLike) -> np.ndarray:
    """1 where more than half of the samples are right, else 0: shares as hard labels (section 5, Table 1)."""
    return (np.asarray(shares, dtype=np.float64) > 0.5).astype(np.float64)


class _Training:
    """One training: the head so far, the rows it learns from, and those that say when it is best."""

    def __init__(
        self,
        backbone: Backbone | Features,
        rows: Sequence[Marked],
        labels: Labels,
        settings: Settings,
        rng: np.random.Generator,
    ) -> None:
        self.settings, self.rows, self.labels = settings, rows, labels
        order, apart = rng.permutation(len(rows)), round(settings.held_out * len(rows))
        self.held_out, self.learned = order[:apart].tolist(), order[apart:]
        _check_varied([labels[i] for i in self.learned])
        self.trained = backbone.copy() if settings.backbone == "full" and isinstance(backbone, Backbone) else None
        self.head = _begin(self.trained or backbone, rng)
        self.weights = [*(self.trained.model.parameters() if self.trained else []), self.head.weight, self.head.bias]
        for weight in self.weights:
            weight.requires_grad_(True)
        self.optimizer = torch.optim.AdamW(self.weights, lr=settings.learning_rate, weight_decay=0.0)
        self.fixed = [] if self.trained else backbone.fixed_states(rows)

    def run(self, rng: np.random.Generator) -> None:
        """Do all epochs, or as many as the held-out rows allow, and leave the best weights."""
        size, epochs = self.settings.batch_size, self.settings.epochs
        total, step, best, since = epochs * math.ceil(len(self.learned) / size), 0, math.inf, 0
        kept = self.weights
        with Progress("train head", total, "step") as bar:
            for _ in range(epochs):
                order = rng.permutation(self.learned).tolist()
                for start in range(0, len(order), size):
                    loss = self.step(order[start : start + size], 1 - step / total)
                    step += 1
                    bar.update(note=f"loss {loss:.3f}")
                if not self.held_out:
                    continue
                found, since = self.held_out_loss(), since + 1
                if found < best:
                    best, since, kept = found, 0, [weight.detach().clone() for weight in self.weights]
                if since >= self.settings.patience:
                    break
        self.finish(kept)

    def step(self, batch: list[int], rate: float) -> float:
        """One step on a batch of rows at a share of the learning rate; returns the mean loss before it."""
        total, marks = 0.0, sum(len(self.labels[i]) for i in batch)
        for part in self.parts(batch):
            loss = self.loss(part) / marks
            torch.autograd.backward(loss)
            total += float(loss.detach())
        norm = float(torch.nn.utils.clip_grad_norm_(self.weights, MAX_GRAD_NORM))
        if not (math.isfinite(total) and math.isfinite(norm)):
            raise NotANumberError(
                f"the head's loss is {total} with a gradient of norm {norm}: take a learning_rate below "
                f"{self.settings.learning_rate}, or a model whose states are numbers"
            )
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return total

    @torch.no_grad()
    def held_out_loss(self) -> float:
        """Cross-entropy summed over the marks of the held-out rows."""
        return sum(float(self.loss(part)) for part in self.parts(self.held_out))

    def loss(self, part: Sequence[int]) -> Tensor:
        """Cross-entropy summed over the marks of some rows."""
        if self.trained:
            states = self.trained.states([self.rows[i] for i in part])
        else:
            states = torch.cat([self.fixed[i] for i in part])
        targets = torch.tensor([label for i in part for label in self.labels[i]], device=states.device)
        return binary_cross_entropy_with_logits(self.head.logits(states), targets, reduction="sum")

    def parts(self, batch: Sequence[int]) -> list[list[int]]:
        """A batch in pieces that are computed together; a larger batch adds up gradients."""
        return [[batch[i] for i in part] for part in parts([self.rows[i] for i in batch])]

    @torch.no_grad()
    def finish(self, kept: Sequence[Tensor]) -> None:
        """Leave these weights in the head, and no gradients."""
        for weight, best in zip(self.weights, kept, strict=True):
            weight.copy_(best)
            weight.requires_grad_(False)


def _begin(backbone: Backbone | Features, rng: np.random.Generator) -> Head:
    weight = torch.from_numpy(rng.normal(0, INITIAL, backbone.width)).float().to(backbone.device)
    return Head(backbone, weight, torch.zeros((), device=weight.device))


def _check_trainable(backbone: Backbone | Features) -> None:
    if not isinstance(backbone, Backbone):
        raise InputError("a model cannot be trained through the states that an engine gives: take backbone='frozen'")
    if backbone.model.dtype != torch.float32:
        raise InputError(f"a backbone in {backbone.model.dtype} is too coarse to be trained: load it as float32")


def _check(rows: Sequence[Marked], labels: Labels) -> None:
    if len(rows) != len(labels):
        raise InputError(f"{len(rows)} texts but labels for {len(labels)}: give each text its own")
    for number, (row, given) in enumerate(zip(rows, labels, strict=True)):
        if len(row.places) != len(given) or not given:
            raise InputError(f"text {number} has {len(row.places)} marks and {len(given)} labels: give one a mark")
        if wrong := [label for label in given if not 0 <= label <= 1]:
            raise InputError(f"a label must lie in [0, 1], got {wrong[0]}: give the share that came true")
    _check_varied(labels)


def _check_varied(labels: Labels) -> None:
    distinct = {label for given in labels for label in given}
    if len(distinct) < 2:
        found = f"all labels are {distinct.pop():g}" if distinct else "there are no labels"
        raise InputError(f"a head needs labels of two kinds to learn from, but {found}: add rows of the other kind")
