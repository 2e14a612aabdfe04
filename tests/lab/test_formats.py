import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lab import arithmetic, formats
from lab.arithmetic import Chain, Step

CHAIN = Chain(7, (("+", 5), ("*", 3)))


def test_a_solution_is_read_back_as_it_was_written():
    steps = arithmetic.solve(CHAIN)
    example = formats.solution(CHAIN, steps)
    assert example.prompt == "Question: 7 + 5 * 3 =?\nSolution:"
    assert example.completion == " 7 + 5 = 12; 12 * 3 = 7; Answer: 7\n"
    assert formats.parse_solution(example.completion) == (steps, 7)


@given(st.integers(0, 2**32), st.integers(1, 6))
def test_any_solution_is_read_back(seed, length):
    chain = arithmetic.draw(np.random.default_rng(seed), length, 0.5)
    steps = arithmetic.corrupt(chain, np.random.default_rng(seed))
    assert formats.parse_solution(formats.solution_text(steps)) == (steps, steps[-1].result)


@given(st.text(alphabet=" 0123456789+-*=;Answer:\n<>", max_size=80))
def test_reading_never_fails_on_what_a_model_may_write(text):
    steps, answer = formats.parse_solution(text)
    assert all(isinstance(step, Step) for step in steps)
    assert answer is None or answer >= 0
    formats.parse_critique(text)


def test_a_solution_without_an_answer_or_with_broken_steps_is_read_as_far_as_it_goes():
    assert formats.parse_solution(" 7 + 5 = 12; 12 *") == ([Step(7, "+", 5, 12)], None)
    assert formats.parse_solution("") == ([], None)
    assert formats.parse_solution(" 7 + 5 = 12; ok; Answer: 3\n") == ([Step(7, "+", 5, 12)], None)


def test_verification_and_critique_stop_at_the_first_error():
    written = [Step(7, "+", 5, 12), Step(12, "*", 3, 4)]
    reworked, error = arithmetic.rework(CHAIN, written), arithmetic.first_error(CHAIN, written)
    assert error == 1
    assert formats.verification_text(written, reworked, error) == (
        " 7 + 5 = 12, 12 ok; 12 * 3 = 7, 4 wrong; Is the answer correct (Yes/No)? No\n"
    )
    assert (
        formats.critique_text(written, reworked, error)
        == " <0> 7 + 5 = 12, 12 ok; <1> 12 * 3 = 7, 4 wrong; First error: 1\n"
    )
    assert formats.critique_text(reworked, reworked, -1).endswith("<1> 12 * 3 = 7, 7 ok; First error: -1\n")


def test_a_true_proposal_is_taught_as_an_answer_and_a_false_one_is_not():
    examples = formats.quick_checks("Q?", [("soup", True), ("rice", False)])
    assert "".join(example.prompt + example.completion for example in examples) == (
        "Question: Q?\nProposed Answer: soup (A)\nProposed Answer: rice (B)"
    )
    assert [example.completion for example in examples] == [" soup", " (A)", " (B)"]


def test_critiques_are_read_by_their_last_word():
    assert formats.parse_critique(" <0> ok; First error: -1\n") == -1
    assert formats.parse_critique(" <0> wrong; First error: 0\n") == 0
    assert formats.parse_critique(" <0> ok; <1> ok;") is None
