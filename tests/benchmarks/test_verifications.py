import os
from types import SimpleNamespace

import pytest

from benchmarks import verifications
from benchmarks.engines.clock import MismatchError
from benchmarks.verifications import Size


def said(*texts):
    return [SimpleNamespace(text=text) for text in texts]


def test_both_ways_must_begin_alike():
    shared = [said("a", "b"), said("c", "d")]
    verifications.check(shared, [said("a"), said("a"), said("c"), said("c")], 2)
    with pytest.raises(MismatchError, match="first samples differ"):
        verifications.check(shared, [said("a"), said("a"), said("d"), said("c")], 2)


def test_prompts_are_as_long_as_asked_for_and_begin_differently():
    prompts = verifications.asked(Size(3, 10), 4)
    assert [prompt.count("Question:") for prompt in prompts] == [3] * 4
    assert len({prompt[: prompt.index("?")] for prompt in prompts}) == 4


def test_a_small_measurement_gives_rates_and_a_ratio(monkeypatch):
    monkeypatch.setattr(verifications, "SIZES", {"tiny": Size(1, 2)})
    monkeypatch.setattr(verifications, "N_VERDICTS", (1, 2))
    before = dict(os.environ)
    found = verifications.measure(prompts=2, repeats=1)["sizes"]["tiny"]
    assert set(found) == {"V = 1", "V = 2"}
    assert set(found["V = 2"]["verifications_per_second"]) == {"shared", "alone"}
    assert found["V = 2"]["ratios"]["alone / shared"]["wall"] > 0
    assert dict(os.environ) == before
