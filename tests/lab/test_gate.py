import copy

import pytest

from lab import gate

LARGEST = {
    "solving": {"2": 0.85, "6": 0.4},
    "facts": {"all": 0.55},
    "verdict_auroc": 0.8,
    "p_true_auroc": {"facts": 0.7, "arithmetic": 0.7},
    "p_true_pairs": {"facts": 0.7, "arithmetic": 0.7},
    "critique": {"f1": 0.4, "floor": 0.25},
}
SMALLEST = {
    "solving": {"2": 0.3, "6": 0.05},
    "facts": {"all": 0.2},
    "verdict_auroc": 0.55,
    "p_true_auroc": {"facts": 0.52, "arithmetic": 0.5},
    "p_true_pairs": {"facts": 0.52, "arithmetic": 0.5},
    "critique": {"f1": 0.1, "floor": 0.25},
}
UNTAUGHT = {
    "solving": {"2": 0.85, "6": 0.4},
    "facts": {"all": 0.55},
    "verdict_auroc": 0.5,
    "p_true_auroc": {"facts": 0.47, "arithmetic": 0.53},
    "p_true_pairs": {"facts": 0.47, "arithmetic": 0.53},
    "critique": {"f1": 0.0, "floor": 0.25},
}


def missed(largest=LARGEST, smallest=SMALLEST, untaught=UNTAUGHT):
    return [check.what for check in gate.checks(largest, smallest, untaught) if not check.passed]


def test_a_good_lab_passes():
    assert missed() == []


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        (("solving", "2"), 0.79, "largest: 2-step chains solved"),
        (("solving", "6"), 0.61, "largest: 6-step chains solved"),
        (("solving", "6"), 0.19, "largest: 6-step chains solved"),
        (("facts", "all"), 0.71, "largest: facts recalled"),
        (("verdict_auroc",), 0.69, "largest: AUROC of verdicts on others' traces"),
        (("p_true_auroc", "facts"), 0.64, "largest: AUROC of P(True), others' facts"),
        (("critique", "f1"), 0.29, "largest: critique F1 above the blind floor"),
    ],
)
def test_each_bound_of_the_largest_model_is_held(path, value, what):
    exam = copy.deepcopy(LARGEST)
    inner = exam
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert what in missed(largest=exam)


def test_a_smallest_model_near_the_largest_misses_everything():
    assert len([what for what in missed(smallest=LARGEST) if what.startswith("smallest")]) == 7


def test_an_untaught_model_that_judges_is_noticed():
    assert missed(untaught=UNTAUGHT | {"verdict_auroc": 0.6}) == ["dose none: AUROC of verdicts on others' traces"]
    pairs = {"p_true_pairs": {"facts": 0.6, "arithmetic": 0.4}}
    assert [what.split(", ")[-1] for what in missed(untaught=UNTAUGHT | pairs)] == ["same fact", "same problem"]


def test_the_table_has_a_line_a_check():
    text = gate.table(gate.checks(LARGEST, SMALLEST, UNTAUGHT))
    assert len(text.splitlines()) == 18
    assert all(line.startswith("pass") for line in text.splitlines())


def test_a_miss_that_is_known_is_told_from_a_new_one():
    known = next(iter(gate.KNOWN_MISSES))
    verdicts = [gate.Check(what, 0.0, "", passed).verdict for what in (known, "new") for passed in (True, False)]
    assert verdicts == ["pass", "known", "pass", "MISS"]


def test_known_misses_are_checks_of_the_gate():
    assert {check.what for check in gate.checks(LARGEST, SMALLEST, UNTAUGHT)} >= gate.KNOWN_MISSES
