"""Whether two answers are the same answer.

Equal normal forms are. Two different numbers are not, nor is text the same as anything else. What is left, a pair
with maths in it, is read and compared in a guarded process (`common.algebra`); the order of the two never matters.

An answer is first tried alone. One that cannot be read, or that runs into a limit, meets no other and is equivalent
only to itself; that keeps n bombs at n time limits instead of n squared and the outcome independent of the order.
"""

import atexit
from dataclasses import dataclass, field
from functools import cache
from typing import Self

from common.grading.normal_form import Kind, NormalForm, normal_form
from common.grading.sandbox import DiedError, Sandbox, TimedOutError


@dataclass
class Counts:
    """What a judge could not settle, each distinct answer or pair counted once.

    compared: pairs handed to the guarded process. timed_out: answers or pairs stopped at the time limit. died: answers
    or pairs that brought the process down otherwise. unreadable: answers that cannot be read whole. refused: answers
    too long, too deep or too large to be tried. What is not settled counts as not equivalent.
    """

    compared: int = 0
    timed_out: int = 0
    died: int = 0
    unreadable: int = 0
    refused: int = 0


@dataclass
class Judge:
    """Decides on the equivalence of answers and remembers its decisions; close it or use it in a with statement.

    Attributes:
        sandbox: the guarded process; holds the limits.
        counts: what could not be settled so far, for the record of a run.
    """

    sandbox: Sandbox = field(default_factory=Sandbox)
    counts: Counts = field(default_factory=Counts)
    _readable: dict[str, bool] = field(default_factory=dict, repr=False)
    _equal: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False)
    _refused: set[int] = field(default_factory=set, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the guarded process; decisions and counts stay."""
        self.sandbox.close()

    def equivalent(self, left: str | None, right: str | None) -> bool:
        """Say whether two answers are the same; a missing or empty one equals nothing, not even itself.

        Symmetric, and reflexive on answers that are there, but not transitive: `grouping` closes it.
        """
        forms = self.form(left), self.form(right)
        return forms[0] is not None and forms[1] is not None and self.same(forms[0], forms[1])

    def form(self, answer: str | None) -> NormalForm | None:
        """Give the normal form of an answer, None if there is no answer, and count it if it is refused."""
        form = normal_form(answer)
        if form is not None and form.kind is Kind.REFUSED:
            self._refused.add(hash(form.text))
            self.counts.refused = len(self._refused)
        return form

    def same(self, left: NormalForm, right: NormalForm) -> bool:
        """Say whether two normal forms stand for the same answer."""
        if left == right:
            return True
        if not (self.comparable(left) and self.comparable(right)) or Kind.MATHS not in (left.kind, right.kind):
            return False
        pair = (left.text, right.text) if left.text <= right.text else (right.text, left.text)
        if pair not in self._equal:
            self.counts.compared += 1
            self._equal[pair] = self._guarded(*pair)
        return self._equal[pair]

    def comparable(self, form: NormalForm) -> bool:
        """Say whether an answer can be compared: any number, a letter, and maths that can be read in time."""
        if form.kind is not Kind.MATHS:
            return form.kind is Kind.NUMBER or (form.kind is Kind.TEXT and len(form.text) == 1)
        if form.text not in self._readable:
            before = self.counts.timed_out + self.counts.died
            self._readable[form.text] = self._guarded(form.text)
            stopped = self.counts.timed_out + self.counts.died > before
            self.counts.unreadable += not (stopped or self._readable[form.text])
        return self._readable[form.text]

    def _guarded(self, *texts: str) -> bool:
        try:
            return self.sandbox.ask(*texts)
        except TimedOutError:
            self.counts.timed_out += 1
        except DiedError:
            self.counts.died += 1
        return False


@cache
def shared_judge() -> Judge:
    """Give the judge of this interpreter, with default limits; its process ends with the interpreter."""
    judge = Judge()
    atexit.register(judge.close)
    return judge
