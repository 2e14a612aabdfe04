import itertools

import pytest

from common import likert
from common.errors import InputError
from replications.self_assessment.arrangements import ARRANGEMENTS, SHIFTS, Arrangement, messages, scale
from tests.replications.self_assessment import scripted


@pytest.mark.parametrize(("template", "order"), list(itertools.product(likert.LABELS, ["original", "reversed"])))
def test_the_papers_two_orders_are_those_of_the_lab_word_for_word(template, order):
    assert messages(template, "I seek crowds", order, "You are Abo.") == likert.messages(
        template, "I seek crowds", order, "You are Abo."
    )
    assert ARRANGEMENTS[order].agreement == likert.ratings(order)


@pytest.mark.parametrize(("template", "order"), list(itertools.product(likert.LABELS, ARRANGEMENTS)))
def test_the_prompt_says_what_the_arrangement_says(template, order):
    if template == "ENFJ" and order.startswith("shifted"):
        with pytest.raises(InputError, match="cannot be shifted"):
            messages(template, "I seek crowds", order)
        return
    text = "\n".join(message["content"] for message in messages(template, "I seek crowds", order))
    read = scripted.scale(text)
    assert tuple(read[label] for label in likert.LABELS[template]) == ARRANGEMENTS[order].agreement


def test_moved_keeps_labels_and_relabelled_keeps_places():
    shown = {name: scale("WHO", ARRANGEMENTS[name]).splitlines() for name in ("original", "moved", "relabelled")}
    assert shown["moved"] == shown["original"][::-1]
    assert [line[4:] for line in shown["relabelled"]] == [line[4:] for line in shown["original"]]
    assert shown["relabelled"][0] == "5 = Very much like me"


def test_the_anchors_of_enfj_change_places_and_labels_apart():
    assert scale("ENFJ", ARRANGEMENTS["moved"]) == "5 being disagree and 1 being agree"
    assert scale("ENFJ", ARRANGEMENTS["relabelled"]) == "5 being agree and 1 being disagree"


def test_over_the_cyclic_shifts_each_meaning_has_each_label_once():
    columns = zip(*(ARRANGEMENTS[name].agreement for name in SHIFTS), strict=True)
    assert all(sorted(column) == [1, 2, 3, 4, 5] for column in columns)


def test_labels_that_stand_elsewhere_are_found():
    assert Arrangement((1, 2, 3, 4, 5), (2, 1, 3, 5, 4)).agreement == (2, 1, 3, 5, 4)
