import math

import numpy as np
import pytest

from common.errors import InputError
from common.training import rewards
from common.training.rewards import TrainerState, checked

GIVEN = {
    "prompts": ["1+1=", "1+1=", "2+2=", "2+2="],
    "completions": ["2", "3", "4", "four"],
    "completion_ids": [[2], [3], [4], [5, 6, 7]],
    "answer": ["2", "2", "4", "4"],
    "trainer_state": TrainerState(0),
}


def test_outcome_marks_what_the_grader_accepts():
    assert rewards.outcome(str.__eq__)(**GIVEN) == [1, 0, 1, 0]


def test_outcome_without_its_column_says_which():
    with pytest.raises(InputError, match="needs a column 'solution'"):
        rewards.outcome(str.__eq__, "solution")(**GIVEN)


def test_format_only_marks_form_whatever_is_said():
    assert rewards.format_only(str.isdigit)(**GIVEN) == [1, 1, 1, 0]


def test_random_marks_depend_on_seed_step_and_redraw_alone():
    many = {**GIVEN, "completions": ["x"] * 4000}
    marks = {
        key: rewards.random(key[0], 0.3)(**{**many, "trainer_state": TrainerState(*key[1:])})
        for key in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    }
    assert len({tuple(values) for values in marks.values()}) == 4
    assert rewards.random(0, 0.3)(**{**many, "completions": ["y"] * 4000}) == marks[0, 0, 0]
    assert np.mean(marks[0, 0, 0]) == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / 4000))


def test_random_takes_the_state_of_another_trainer():
    state = type("State", (), {"global_step": 0})()
    assert rewards.random(0)(**{**GIVEN, "trainer_state": state}) == rewards.random(0)(**GIVEN)


def test_soft_overlong_is_dapos_equation_13():
    reward = rewards.soft_overlong(max_tokens=10, buffer=4)
    lengths = range(1, 13)
    expected = [0 if n <= 6 else (6 - n) / 4 if n <= 10 else -1 for n in lengths]
    assert reward(completion_ids=[[0] * n for n in lengths]) == expected


@pytest.mark.parametrize("buffer", [0, 11])
def test_a_soft_overlong_buffer_lies_within_the_limit(buffer):
    with pytest.raises(InputError, match=f"buffer must be from 1 to max_tokens .10. tokens, got {buffer}"):
        rewards.soft_overlong(10, buffer)


def test_combined_adds_up_and_is_called_by_its_parts():
    both = rewards.combined(rewards.outcome(str.__eq__), rewards.soft_overlong(4, 2))
    assert both(**GIVEN) == [1, 0, 1, -0.5]
    assert rewards.name(both) == "outcome+soft_overlong"


def test_a_checked_reward_gives_floats_and_keeps_its_name():
    def flags(*, completions, **_):
        return np.array([text == "2" for text in completions])

    found = checked(flags)(**GIVEN)
    assert found == [1.0, 0.0, 0.0, 0.0]
    assert {type(value) for value in found} == {float}
    assert rewards.name(checked(flags)) == "flags"


@pytest.mark.parametrize("bad", [None, math.nan, math.inf, "much", [1.0, 2.0]])
def test_a_value_that_is_no_finite_number_is_named_with_its_completion(bad):
    def sloppy(**_):
        return [1.0, 0.0, bad, bad]

    with pytest.raises(InputError, match=r"reward sloppy returned .* for completion 2 of 4 \('4' after '2\+2='\)"):
        checked(sloppy)(**GIVEN)


@pytest.mark.parametrize(("bad", "said"), [(None, "None"), ([1.0], "1 values"), (0.5, "0.5")])
def test_anything_but_one_value_a_completion_is_refused(bad, said):
    def short(**_):
        return bad

    with pytest.raises(InputError, match=f"reward short must return 4 numbers in a list, not {said}"):
        checked(short)(**GIVEN)


def test_a_reward_that_raises_is_named_with_the_completion_it_fails_for():
    def strict(*, completions, **_):
        return [float(int(text) == 2) for text in completions]

    with pytest.raises(InputError) as caught:
        checked(strict)(**GIVEN)
    assert str(caught.value).startswith("reward strict fails for completion 3 of 4 ('four' after '2+2='): ValueError: ")
    assert "\n" not in str(caught.value)


def test_a_reward_that_fails_for_the_batch_alone_is_named_without_a_completion():
    def few(*, completions, **_):
        assert len(completions) < 2, "too many"
        return [0.0]

    with pytest.raises(InputError, match=r"^reward few fails: AssertionError: too many"):
        checked(few)(**GIVEN)
