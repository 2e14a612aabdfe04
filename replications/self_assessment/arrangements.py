"""The options of each template, laid out in more ways than the paper's two.

Reversing the options, as the paper does, moves meanings under fixed labels and fixed places at once. Three further
layouts take this apart. `relabelled` leaves the options where they are and turns the labels round; `moved` turns the
list round, labels and all; `shifted1` to `shifted4` push the options round in a circle under fixed labels (after Zheng
et al. 2024, arXiv 2309.03882), so that over the five shifts each meaning has each label and place once. ENFJ has no
list, only two anchors: there the place is the order of mention, and there are no shifts.

The text is that of `common.likert`, which holds the three templates word for word; only its scale is exchanged.
"""

from dataclasses import dataclass

from common import likert
from common.errors import InputError

LABELS = (1, 2, 3, 4, 5)
AGREE_FIRST = (5, 4, 3, 2, 1)
ANCHORS = {5: "agree", 1: "disagree"}
TEXTS: dict[str, tuple[str, ...]] = {"MPI": likert.MPI_OPTIONS, "WHO": likert.WHO_OPTIONS}


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What stands at each of the five places from the top: its meaning (agreement, 5 most) and its label (1 for A)."""

    meanings: tuple[int, ...]
    labels: tuple[int, ...] = LABELS

    @property
    def agreement(self) -> tuple[int, ...]:
        """Agreement that each label stands for, from the first label to the last."""
        return tuple(self.meanings[self.labels.index(label)] for label in LABELS)


ARRANGEMENTS: dict[str, Arrangement] = {
    "original": Arrangement(AGREE_FIRST),
    "reversed": Arrangement(AGREE_FIRST[::-1]),
    "relabelled": Arrangement(AGREE_FIRST, LABELS[::-1]),
    "moved": Arrangement(AGREE_FIRST[::-1], LABELS[::-1]),
    **{f"shifted{k}": Arrangement(AGREE_FIRST[k:] + AGREE_FIRST[:k]) for k in range(1, 5)},
}
"""By name; the first two are the paper's orders."""

SHIFTS = ["original", "shifted1", "shifted2", "shifted3", "shifted4"]
REARRANGED = [(template, arm) for arm in ("relabelled", "moved") for template in ("MPI", "WHO", "ENFJ")]
SHIFTED = [(template, arm) for arm in SHIFTS[1:] for template in TEXTS]


def scale(template: likert.Template, arrangement: Arrangement) -> str:
    """The lines that list a template's options, or ENFJ's half sentence that names its anchors.

    Raises:
        InputError: the options of ENFJ in an arrangement that has no anchor at one end.
    """
    written = likert.LABELS[template]
    places = [
        (written[label - 1], meaning) for label, meaning in zip(arrangement.labels, arrangement.meanings, strict=True)
    ]
    if template in TEXTS:
        sign = "." if template == "MPI" else " ="
        return "\n".join(f"{label}{sign} {TEXTS[template][5 - meaning]}" for label, meaning in places)
    if {places[0][1], places[-1][1]} != set(ANCHORS):
        raise InputError("ENFJ names two ends only: its options cannot be shifted")
    return " and ".join(f"{label} being {ANCHORS[meaning]}" for label, meaning in (places[0], places[-1]))


def messages(template: likert.Template, item: str, order: str = "original", persona: str = "") -> list[dict[str, str]]:
    """System and user message for one item in any arrangement (`likert.messages` for the paper's two)."""
    usual, wanted = (scale(template, ARRANGEMENTS[name]) for name in ("original", order))
    paper_order = likert.messages(template, item, "original", persona)
    return [{**message, "content": message["content"].replace(usual, wanted)} for message in paper_order]
