import json

import numpy as np
import pytest

from benchmarks import arc_control

pytestmark = pytest.mark.usefixtures("mirror")


class Counting:
    """Likes options by their number of letters."""

    def logprobs(self, prompts, continuations):
        return [np.array([float(len(text)) for text in several]) for several in continuations]


@pytest.mark.parametrize("task", ["arc_easy", "arc_challenge"])
def test_both_measures_are_taken_item_by_item(task, monkeypatch):
    asked = arc_control.items(task, 20)
    monkeypatch.setattr(arc_control, "load_engine", lambda *_, **__: Counting())
    found = arc_control.ours("made up", asked)
    longest = [int(np.argmax([len(choice) for choice in one.choices])) == one.gold for one in asked]
    shortest = [int(np.argmin([len(choice) for choice in one.choices])) == one.gold for one in asked]
    assert found["acc"] == longest
    assert found["acc_norm"] == shortest  # (n + 1) / n falls with n


def test_a_document_has_the_fields_of_the_public_set():
    (one,) = arc_control.items("arc_easy", 1)
    document = arc_control._document(0, one)
    assert (
        document["choices"]["text"][document["choices"]["label"].index(document["answerKey"])] == one.choices[one.gold]
    )


def test_the_published_results_agree_to_the_digit():
    measured = json.loads(arc_control.RESULTS.read_text())
    assert "smollm2-135m" in measured
    for rows in measured.values():
        assert len(rows) == 4
        for row in rows.values():
            assert row["ours"] == row["lm-eval"]
            assert row["items that differ"] == 0
