"""Grading: from what a model wrote to what it answered, which answers are the same, and what a verifier ruled.

Model output is hostile: nothing of it is evaluated in this process, and what an algebra system has to judge is judged
in a child process under limits of time, memory and rights (`sandbox`, `worker`).
"""

from common.grading.equivalence import Counts, Judge, shared_judge
from common.grading.extraction import extract_answer
from common.grading.grouping import grade, group_answers
from common.grading.normal_form import normal_form, parse_number
from common.grading.verdicts import parse_verdict, parse_verdict_strict

__all__ = [
    "Counts",
    "Judge",
    "extract_answer",
    "grade",
    "group_answers",
    "normal_form",
    "parse_number",
    "parse_verdict",
    "parse_verdict_strict",
    "shared_judge",
]
