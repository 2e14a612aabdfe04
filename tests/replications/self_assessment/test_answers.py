import pandas as pd
import pytest

from common.errors import InputError
from replications.self_assessment.answers import FACETS, TRAITS, parse, read


@pytest.mark.parametrize(
    ("template", "model", "text", "label"),
    [
        ("MPI", "llama-2-7b", " I would choose (C) Neither Accurate Nor Inaccurate.", 3),
        ("MPI", "llama-2-7b", "(B). Moderately Accurate, as in (B).", 2),
        ("MPI", "llama-2-7b", "Either (A) or (B).", None),
        ("MPI", "llama-2-7b", "I cannot answer that.", None),
        ("MPI", "gpt-3.5-turbo", "E. Very Inaccurate", 5),
        ("MPI", "llama-2-70b", "(A) Very Accurate.\n\nNot (B), because ...", 1),
        ("MPI", "llama-2-70b", "(A), that is (A).", None),
        ("MPI", "llama-2-13b", "\n\n(D). Moderately Inaccurate\n\n(D)", 4),
        ("WHO", "gpt-3.5-turbo", "3 = Neither like nor unlike me", 3),
        ("WHO", "llama-2-7b", "Between 2 and 3", None),
        ("WHO", "llama-2-7b", "A 13 out of 45", None),
        ("ENFJ", "gpt-3.5-turbo", "4", 4),
        ("ENFJ", "llama-2-13b", "1. I take control of things. Score: 2", None),
        ("ENFJ", "llama-2-7b", "6", None),
    ],
)
def test_the_label_an_answer_names(template, model, text, label):
    assert parse(template, model, text) == label


def frame(**columns):
    base = {
        "model": "gpt-3.5-turbo", "template": "ENFJ", "order": "original", "item": [0, 1, 2, 3],
        "key": [1, -1, 1, -1], "answer": ["1", "1", "4", "I cannot say"],
    }  # fmt: skip
    return pd.DataFrame(base | columns)


def test_scores_turn_round_with_the_order_and_with_the_key():
    original, reversed_order = read(frame()), read(frame(order="reversed"))
    assert original["agreement"].tolist()[:3] == [5, 5, 2]
    assert original["keyed"].tolist()[:3] == [5, 1, 2]
    assert reversed_order["agreement"].tolist()[:3] == [1, 1, 4]
    assert reversed_order["keyed"].tolist()[:3] == [1, 5, 4]


def test_the_reason_looks_only_at_the_text_that_counts():
    answers = ["Sure!\n\n(A) or (B)", "(A), that is (A).", "(A) or (B)", "(C)"]
    scored = read(frame(model="llama-2-70b", template="MPI", answer=answers))
    assert scored["reason"].tolist()[:3] == ["no label", "several labels", "several labels"]
    assert scored["label"].tolist()[3] == 3


def test_a_dropped_answer_has_a_reason_and_no_score():
    dropped = read(frame(answer=["1", "1", "2 or 3", "I cannot say"])).iloc[2:]
    assert dropped["reason"].tolist() == ["several labels", "no label"]
    assert dropped["refusal"].tolist() == [False, True]
    assert dropped[["agreement", "keyed"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"item": [0, 1, 1, 2]}, "item 1 occurs twice"),
        ({"key": ["1", "-1", "1", "-1"]}, "keys must be the numbers"),
        ({"key": [1, 0, 1, 1]}, "keys must be the numbers"),
    ],
)
def test_bad_input_is_refused_in_one_line(columns, message):
    with pytest.raises(InputError, match=message) as error:
        read(frame(**columns))
    assert "\n" not in str(error.value)


def test_there_are_thirty_named_facets():
    assert sum(len(names) for names in FACETS.values()) == 30
    assert sorted(FACETS) == sorted(TRAITS)
