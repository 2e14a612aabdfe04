import json
import subprocess

import numpy as np
import pytest

from benchmarks import arc_control
from common.engines import OptionScores
from common.labels import LAYOUTS
from replications.p_true.choices import prompts

pytestmark = pytest.mark.usefixtures("mirror")


class Counting:
    """Likes options by their number of letters, and B."""

    def logprobs(self, prompts, continuations):
        return [np.array([float(len(text)) for text in several]) for several in continuations]

    def option_scores(self, prompts, options):
        assert options == [" A", " B", " C", " D"]
        shares = np.tile([0.1, 0.7, 0.1, 0.1], (len(prompts), 1))
        return OptionScores(shares, np.ones(len(prompts)))


@pytest.mark.parametrize("task", ["arc_easy", "arc_challenge"])
def test_both_measures_are_taken_item_by_item(task):
    asked = arc_control.items(task, 20)
    found = arc_control.ours(Counting(), asked)
    longest = [int(np.argmax([len(choice) for choice in one.choices])) == one.gold for one in asked]
    shortest = [int(np.argmin([len(choice) for choice in one.choices])) == one.gold for one in asked]
    assert found["acc"] == longest
    assert found["acc_norm"] == shortest  # (n + 1) / n falls with n


def test_a_document_has_the_fields_of_the_public_set():
    (one,) = arc_control.items("arc_easy", 1)
    document = arc_control.document(one)
    assert (
        document["choices"]["text"][document["choices"]["label"].index(document["answerKey"])] == one.choices[one.gold]
    )


def test_the_harness_is_given_the_very_prompts():
    exam = arc_control.exam(12)
    asked = []

    class Recording(Counting):
        def option_scores(self, prompts, options):
            asked.extend(prompts)
            return super().option_scores(prompts, options)

    found = arc_control.ours_lettered(Recording(), exam)
    documents = arc_control.lettered_documents(exam)
    assert [document["prompt"] for document in documents] == asked
    assert found["acc"] == [document["key"] == 1 for document in documents]
    assert documents[0]["prompt"].count("Answer:") == prompts.SHOTS + 1
    assert documents[0]["prompt"].endswith(prompts.put(exam.questions[0], "letters", LAYOUTS["plain"].lettering)[0])


def test_a_harness_that_fails_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(arc_control, "interpreter", lambda: "false")
    with pytest.raises(subprocess.CalledProcessError):
        arc_control.theirs(tmp_path, "letters", [])


def test_the_published_results_agree_to_the_digit():
    measured = json.loads(arc_control.RESULTS.read_text())
    assert {"smollm2-135m", "qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"} <= set(measured)
    for rows in measured.values():
        assert len(rows) == 5
        for row in rows.values():
            assert row["ours"] == row["lm-eval"]
            assert row["items that differ"] == 0
