from itertools import product

import numpy as np
import pytest

from common.errors import InputError
from common.paths import ROOT
from common.training import prm
from common.training.heads import Settings
from common.training.prm import Solution
from common.training.states import Backbone
from lab import arithmetic, exam, formats
from tests.common.training import toy

SETTINGS = Settings(backbone="full", batch_size=32, learning_rate=5e-3, epochs=5)


def spelled(count, rng):
    """Solutions in letters, of which those after d are wrong."""
    found = [
        Solution("a:", tuple(toy.LETTERS[i] for i in rng.integers(5, size=rng.integers(1, 5)))) for _ in range(count)
    ]
    return found, ["".join(solution.steps).find("e") for solution in found]


def test_a_small_model_learns_to_find_the_first_wrong_step_of_new_solutions(backbone):
    rng = np.random.default_rng(0)
    head = prm.fit(backbone, *spelled(400, rng), SETTINGS, rng)
    solutions, errors = spelled(200, rng)
    said = [prm.first_error(p) for p in prm.step_probabilities(head, solutions)]
    assert np.mean(np.array(said) == errors) > 0.95


def test_the_same_seed_gives_the_same_numbers(backbone):
    solutions, errors = spelled(50, np.random.default_rng(0))
    settings = SETTINGS.model_copy(update={"epochs": 1})
    first, again = (prm.fit(backbone, solutions, errors, settings, np.random.default_rng(5)) for _ in range(2))
    pairs = zip(prm.step_probabilities(first, solutions), prm.step_probabilities(again, solutions), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def test_marks_lie_on_the_last_token_of_each_step_of_a_lab_solution():
    backbone = Backbone(ROOT / "models" / "lab-0.15m")
    chain = exam.chains("dev", 3, 1)[0]
    steps = tuple(f" {step};" for step in arithmetic.solve(chain))
    row = prm.marked(backbone, [Solution(formats.solution(chain).prompt, steps)])[0]
    tokens = backbone.codec.tokenizer.convert_ids_to_tokens(row.ids)
    assert [tokens[place] for place in row.places] == [";"] * 3
    assert row.places[-1] == len(tokens) - 1
    whole = formats.solution(chain).prompt + "".join(steps)
    assert row.ids == backbone.codec.encode([whole])[0]


def test_marks_lie_on_the_last_token_of_each_step_of_a_chat(chat_model):
    backbone = Backbone(chat_model)
    prompt = [{"role": "user", "content": "What is 12 plus 30?"}]
    row = prm.marked(backbone, [Solution(prompt, ("Step 1: add the tens.\n", "Step 2: add the ones.\n"))])[0]
    text = backbone.codec.tokenizer.decode(row.ids[: row.places[0] + 1])
    assert text.endswith("Step 1: add the tens.\n")
    assert row.places[1] == len(row.ids) - 1


def test_labels_are_right_until_the_first_error_and_end_there_for_every_index():
    for steps in range(1, 6):
        for error in range(-1, steps):
            labels = prm.step_labels(steps, error)
            assert len(labels) == (steps if error == -1 else error + 1)
            assert prm.first_error(labels) == error


def test_what_follows_an_error_is_not_learnt_from(backbone):
    solutions, errors = spelled(50, np.random.default_rng(0))
    other = [
        Solution(one.prompt, one.steps if error == -1 else (*one.steps[: error + 1], "d", "a"))
        for one, error in zip(solutions, errors, strict=True)
    ]
    assert solutions != other
    settings = SETTINGS.model_copy(update={"epochs": 1})
    heads = [prm.fit(backbone, given, errors, settings, np.random.default_rng(5)) for given in (solutions, other)]
    pairs = zip(*(prm.step_probabilities(head, solutions) for head in heads), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def test_every_pattern_of_steps_is_read_and_scored_as_defined():
    for pattern in product((0.1, 0.5, 0.9), repeat=4):
        below = [index for index, p in enumerate(pattern) if p < 0.5]
        assert prm.first_error(pattern) == (below[0] if below else -1)
        assert prm.score(pattern, "last") == pattern[3]
        assert prm.score(pattern) == prm.score(pattern, "min") == min(pattern)
        assert prm.score(pattern, "product") == pytest.approx(pattern[0] * pattern[1] * pattern[2] * pattern[3])


def test_a_higher_threshold_finds_errors_earlier_or_as_early():
    p = np.random.default_rng(0).random((200, 5))
    found = np.array([[prm.first_error(row, t) for t in (0.0, 0.3, 0.6, 1.0)] for row in p])
    found[found == -1] = 5
    assert (np.diff(found, axis=1) <= 0).all()
    assert (found[:, 0] == 5).all()
    assert (found[:, -1] == 0).all()


def test_bad_input_is_refused_in_one_line(backbone):
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="has no steps"):
        prm.fit(backbone, [Solution("a:", ())], [-1], SETTINGS, rng)
    with pytest.raises(InputError, match="first error 2 of 2 steps"):
        prm.fit(backbone, [Solution("a:", ("a", "b"))], [2], SETTINGS, rng)
    with pytest.raises(InputError, match="1 solutions but 2 first errors"):
        prm.fit(backbone, [Solution("a:", ("a", "b"))], [0, 1], SETTINGS, rng)
    with pytest.raises(InputError, match="too many for the model's context"):
        prm.marked(backbone, [Solution("a:", ("a" * 40, "b" * 40))])
    with pytest.raises(InputError, match="labels of two kinds"):
        prm.fit(backbone, [Solution("a:", ("a", "a"))], [-1], SETTINGS, rng)
    with pytest.raises(InputError, match="shape"):
        prm.first_error([])
    with pytest.raises(InputError, match="threshold"):
        prm.first_error([0.5], 1.5)
    with pytest.raises(InputError, match="one of last, min, product"):
        prm.score([0.5], "mean")
