import pytest

from benchmarks.verdicts import worlds
from common import claims
from common.errors import InputError
from common.paths import REPLICATIONS

RECOUNT = "recount"


def test_every_claim_with_a_rule_names_a_kind_that_is_simulated():
    known = {world.kind for world in worlds.every()} | {RECOUNT}
    stated = [claim for file in REPLICATIONS.glob("*/claims.yaml") for claim in claims.load(file).claims]
    assert {claim.id: claim.kind for claim in stated if claim.rule and claim.kind not in known} == {}
    assert [claim.id for claim in stated if claim.kind and not claim.rule] == []


def test_no_two_worlds_are_called_alike():
    names = [(world.kind, world.shape) for world in worlds.every()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("world", worlds.every(), ids=lambda world: f"{world.kind}: {world.shape}")
def test_the_first_truth_lies_on_the_boundary_and_the_others_where_the_claim_holds(world):
    for rule in world.rules.values() if len(world.rules) == 1 else ():
        first, *others = world.truths
        if rule.direction == "within":
            assert abs(first - rule.target) == pytest.approx(rule.margin)
            assert all(abs(truth - rule.target) < rule.margin for truth in others)
        else:
            sign = 1 if rule.direction == "greater" else -1
            assert first == rule.margin
            assert all(sign * (truth - rule.margin) > 0 for truth in others)


def test_worlds_of_some_kinds_and_of_all():
    assert worlds.of([]) == list(worlds.every())
    assert {world.kind for world in worlds.of(["AUROC"])} == {"AUROC"}
    with pytest.raises(InputError, match=r"no kind 'auroc': there are .*, AUROC,"):
        worlds.of(["auroc"])
