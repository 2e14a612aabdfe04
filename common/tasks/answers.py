"""When two answers are the same, by `common.grading`: answers in words, and values."""

from functools import lru_cache

from common.grading import normal_form, shared_judge


def words(text: str) -> str | None:
    """A short answer is the whole text; None if it is blank."""
    return text.strip() or None


@lru_cache(100_000)
def form(answer: str) -> str | None:
    """Normal form: no case, no signs around it, one spelling a number; None if nothing is left."""
    found = normal_form(answer)
    return found.text if found else None


def same_words(left: str, right: str) -> bool:
    """Whether two answers in words have one normal form."""
    return form(left) is not None and form(left) == form(right)


def same_value(left: str, right: str) -> bool:
    """Whether two answers are the same number or expression (see `common.grading.equivalence`)."""
    return shared_judge().equivalent(left, right)
