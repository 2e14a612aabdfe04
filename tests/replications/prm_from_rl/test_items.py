from collections import Counter

import numpy as np
import pytest

from common.errors import InputError
from lab import arithmetic
from lab.world import split_of
from replications.prm_from_rl import items
from replications.prm_from_rl.items import SteppedSolution

# subset: items, with an error, with a right final answer, of these with an error (counted in the published files)
PROCESSBENCH = {
    "processbench-gsm8k": (400, 207, 200, 7),
    "processbench-math": (1000, 594, 500, 94),
    "processbench-olympiadbench": (1000, 661, 500, 161),
    "processbench-omnimath": (1000, 759, 500, 259),
}


def item(steps=("7 + 5 = 12",), label=-1):
    return SteppedSolution("a", "random", "right", "7 + 5", tuple(steps), label, True)


@pytest.mark.parametrize("label", [1, 5, -2])
def test_a_label_that_is_no_step_is_refused(label):
    with pytest.raises(InputError, match=f"item a: label {label} is neither -1 nor one of its 1 steps"):
        item(label=label)


def test_a_solution_without_steps_is_refused():
    with pytest.raises(InputError, match="item a has no steps: leave it out"):
        item(steps=())


@pytest.mark.parametrize("task", items.REAL)
def test_the_real_subsets_have_the_published_counts(task, mirror):
    rows = items.real(task)
    wrong = [row for row in rows if row.label != -1]
    right_answer = [row for row in rows if row.answer_right]
    both = [row for row in right_answer if row.label != -1]
    assert (len(rows), len(wrong), len(right_answer), len(both)) == PROCESSBENCH[task]


def test_a_part_of_the_real_items_is_half_wrong(mirror):
    rows = items.real("processbench-gsm8k", 10)
    assert Counter(row.label == -1 for row in rows) == {True: 5, False: 5}


def test_lab_items_have_their_quotas_and_true_labels(witness):
    found = items.lab("dev", 80, 0, [witness])
    assert Counter(row.kind for row in found) == items.quotas(80)
    assert sum(row.label == -1 for row in found) == 40
    for row in found:
        chain, steps = arithmetic.chain_of(row.problem), items.steps_of(row)
        assert tuple(map(str, steps)) == row.steps
        assert arithmetic.first_error(chain, steps) == row.label
        assert (steps[-1].result == arithmetic.answer(chain)) == row.answer_right
        assert split_of(chain) == "dev"
    assert len({row.problem for row in found}) == 80
    assert {row.generator for row in found if row.kind.startswith("model")} == {"witness"}
    assert items.lab("dev", 80, 0, [witness]) == found
    assert items.lab("dev", 80, 1, [witness]) != found


def test_witnesses_that_write_too_little_are_named(witness):
    witness.completion = lambda number, prompt: type(witness).completion(witness, 2, prompt)
    with pytest.raises(InputError, match="wrote 0 of 20 'model right' solutions"):
        items.lab("dev", 80, 0, [witness])
    with pytest.raises(InputError, match="at least one witness"):
        items.lab("dev", 80, 0, [])


def test_lucky_solutions_go_wrong_before_they_end_right():
    rng = np.random.default_rng(0)
    for chain in items.problems("dev", 50, 0):
        steps = items.lucky(chain, rng)
        assert steps[-1].result == arithmetic.answer(chain)
        assert 0 <= arithmetic.first_error(chain, steps) < len(steps) - 1


def test_problems_are_distinct_and_leave_out_those_taken():
    some = items.problems("test", 30, 0)
    others = items.problems("test", 30, 0, taken=some)
    assert len({*some, *others}) == 60
    assert Counter(len(chain.operations) for chain in some) == dict.fromkeys(items.LENGTHS, 6)
