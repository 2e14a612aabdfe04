import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from lab import arithmetic
from lab.arithmetic import MODULUS, Chain, Step, apply, corrupt, draw, first_error, rework, solve

seeds = st.integers(0, 2**32)


def test_a_worked_example():
    chain = Chain(10, (("+", 12), ("*", 3), ("-", 18)))
    assert str(chain) == "10 + 12 * 3 - 18"
    assert [str(step) for step in solve(chain)] == ["10 + 12 = 22", "22 * 3 = 8", "8 - 18 = 19"]
    assert arithmetic.answer(chain) == 19
    assert chain.rare_steps == 2


@given(seeds, st.integers(1, 6))
def test_a_problem_is_read_from_its_text(seed, steps):
    chain = draw(np.random.default_rng(seed), steps, 0.5)
    assert arithmetic.chain_of(str(chain)) == chain


@pytest.mark.parametrize("text", ["What is 2 + 2?", "7", "7 + 5 =?", ""])
def test_what_is_no_problem_is_refused(text):
    with pytest.raises(InputError, match="no problem of the lab"):
        arithmetic.chain_of(text)


@given(seeds, st.integers(1, 6))
def test_the_answer_is_the_formula_taken_modulo_once(seed, steps):
    chain = draw(np.random.default_rng(seed), steps, 0.5)
    value = chain.start
    for operator, right in chain.operations:
        value = {"+": value + right, "-": value - right, "*": value * right}[operator]
    assert arithmetic.answer(chain) == value % MODULUS


@given(seeds, st.integers(1, 6))
def test_right_solutions_have_no_first_error(seed, steps):
    chain = draw(np.random.default_rng(seed), steps, 0.5)
    assert first_error(chain, solve(chain)) == -1
    assert rework(chain, solve(chain)) == solve(chain)


@pytest.mark.parametrize("kind", ["result", "operand", "carry", "operator"])
@given(seed=seeds, steps=st.integers(1, 6))
def test_a_corrupted_solution_is_wrong_exactly_from_its_corruption_on(kind, seed, steps):
    chain = draw(np.random.default_rng(seed), steps, 0.5)
    written = corrupt(chain, np.random.default_rng(seed + 1), kind)
    at = first_error(chain, written)
    assert 0 <= at < steps
    assert written[:at] == solve(chain)[:at]
    assert written[at].result != solve(chain)[at].result
    for before, after in zip(written[at:], written[at + 1 :], strict=False):
        assert after.left == before.result
        assert after.result == apply(after.left, after.operator, after.right)


def test_a_missing_and_a_surplus_step_are_errors_where_they_are_missed():
    chain = Chain(1, (("+", 2), ("+", 3)))
    assert first_error(chain, solve(chain)[:1]) == 1
    assert first_error(chain, [*solve(chain), Step(6, "+", 2, 8)]) == 2


def test_operands_are_rare_as_often_as_asked():
    rng = np.random.default_rng(0)
    drawn = [draw(rng, 6, 0.3) for _ in range(2000)]
    assert sum(chain.rare_steps for chain in drawn) / 12000 == pytest.approx(0.3, abs=0.02)
