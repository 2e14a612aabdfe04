"""The 500 answers of MATH-500: each equal to itself however it is spelled, and to no other answer of another value."""

import re
from collections import defaultdict

import pytest

from common.datasets import math500
from common.grading.equivalence import Judge
from common.grading.grouping import group_answers
from common.grading.sandbox import Sandbox

SAME_VALUE = [["-2,1", "1,-2"], [r"15", r"15\text{cm}^2"], ["5", "x=5"]]
"""Answers of different problems that have one value in two forms, for all 124,750 pairs: a missing unit is forgiven."""

OUTSIDE_WORDS = re.compile(r"(\\(?:text|mbox|begin|end)\s*\{[^{}]*\})")


@pytest.fixture(scope="module")
def judge():
    with Judge(Sandbox(time_limit=10.0)) as judge:
        yield judge


@pytest.fixture
def answers(mirror):
    return [problem.answer for problem in math500.load()]


def outside_words(change, answer):
    return "".join(part if part.startswith("\\") and "{" in part and OUTSIDE_WORDS.fullmatch(part) else change(part)
                   for part in OUTSIDE_WORDS.split(answer))  # fmt: skip


def spaced(answer):
    """Put spaces around operators, commas, row breaks and brackets."""
    return outside_words(
        lambda part: re.sub(r"(\\\\|[+=&()\[\]|]|(?<![\\^_{])-|(?<!\\),(?![0-9\\]))", r" \1 ", part), answer
    )


def unspaced(answer):
    """Take out every space that does not end a command, part two numbers or stand after a backslash."""
    return outside_words(lambda part: re.sub(r"(?<![a-zA-Z0-9,\\]) +| +(?=[^a-zA-Z0-9\\ ])", "", part), answer)


RULES = {
    "spaces in": spaced,
    "spaces out": unspaced,
    "dfrac": lambda answer: answer.replace(r"\frac", r"\dfrac"),
    "tfrac": lambda answer: answer.replace(r"\frac", r"\tfrac"),
    "frac": lambda answer: answer.replace(r"\dfrac", r"\frac"),
    "left right": lambda answer: re.sub(
        r"(?<!\\left)(?<!\\left )\(", r"\\left(", re.sub(r"(?<!\\right)(?<!\\right )\)", r"\\right)", answer)
    ),
    "no left right": lambda answer: answer.replace(r"\left", "").replace(r"\right", ""),
    "upright": lambda answer: outside_words(
        lambda part: re.sub(r"(?<![a-zA-Z\\])([ei])(?![a-zA-Z])", r"\\mathrm{\1}", part), answer
    ),
    "dollars": lambda answer: f"${answer}$",
    "displayed": lambda answer: rf"\[ {answer} \]",
    "boxed": lambda answer: rf"\boxed{{{answer}}}",
    "full stop": lambda answer: f"{answer}.",
    "bmatrix": lambda answer: answer.replace("pmatrix", "bmatrix"),
    "text": lambda answer: answer.replace(r"\mbox", r"\text"),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_answer_equals_itself_and_its_respelling_in_both_orders(judge, answers, rule):
    respelt = [RULES[rule](answer) for answer in answers]
    wrong = [
        pair
        for pair in zip(answers, respelt, strict=True)
        if not judge.equivalent(*pair) or not judge.equivalent(*reversed(pair))
    ]
    assert wrong == []


def test_no_answer_equals_another_of_a_different_value(judge, answers):
    """Numbers of one value are held together by `test_normal_form`; here stand the classes of more than one form."""
    classes = defaultdict(set)
    for answer, number in zip(answers, group_answers(answers, judge), strict=True):
        classes[number].add(judge.form(answer).text)
    assert -1 not in classes
    assert sorted(map(sorted, (forms for forms in classes.values() if len(forms) > 1))) == SAME_VALUE


def test_every_answer_is_read_whole(judge, answers):
    unread = [
        answer
        for answer in answers
        if judge.form(answer).kind.value == "maths" and not judge.comparable(judge.form(answer))
    ]
    assert unread == []
