import json
from itertools import groupby

import numpy as np
import pytest

from common.datasets import mcq_bias, on_demand, registry
from common.errors import InputError
from tests.replications.p_true.choices import made_up

ARC = "mcq_bias/results_arc/0s_llama-7b/arc/arc.jsonl"


def line(idx=0, probs=(0.1, 0.2, 0.3, 0.4), ideal="D", sampled="D", correct=True, **others):
    data = {"idx": idx, "probs": list(probs), "ideal": ideal, "sampled": sampled, "correct": correct}
    return {"type": "result", "data": data | others}


def metric(accuracy):
    return {"type": "metric", "data": {"accuracy": accuracy, "boostrap_std": 0.01}}


@pytest.fixture
def arc(shelf, tmp_path):
    """Write records as the recorded file of one model and fetch it; gives back what `load` makes of it."""
    shelf.pin("pinned.txt", b"pinned")

    def load(*records):
        file = tmp_path / "mirror" / ARC
        file.parent.mkdir(parents=True)
        file.write_text("".join(json.dumps(record) + "\n" for record in records))
        assert on_demand.fetch_sources(mcq_bias.sources("arc", ["llama-7b"], [0]), tmp_path / "mirror") == []
        return mcq_bias.load("arc", "llama-7b", 0)

    return load


def test_every_model_has_a_file_for_each_number_of_shots_and_subject():
    arc, mmlu = mcq_bias.sources("arc"), mcq_bias.sources("mmlu")
    assert (len(arc), len(mmlu)) == (20, 1140)
    assert len({source.path for source in arc + mmlu}) == 1160
    assert len(set(mcq_bias.SUBJECTS["mmlu"])) == 57
    assert arc[0].path == ARC
    for source in arc + mmlu:
        path = source.path.removeprefix("mcq_bias/")
        repository = "https://raw.githubusercontent.com/chujiezheng/LLM-MCQ-Bias_data"
        assert source.url == f"{repository}/82ba0bf150b74c0b665eadc89a42b4f0110f5671/{path}"
        assert source.licence == "none stated: analyse, do not redistribute"


def test_answers_come_in_file_order_with_probabilities_that_add_up_to_one(arc):
    first, second = arc(line(0, (0.33, 0.21, 0.25, 0.2), "C", "A", False), line(7), metric(0.5))
    assert first.question == "arc/0"
    assert first.key == 2
    assert first.probabilities == pytest.approx([p / 0.99 for p in (0.33, 0.21, 0.25, 0.2)])
    assert (second.question, second.key, second.probabilities) == ("arc/7", 3, (0.1, 0.2, 0.3, 0.4))


def test_options_of_the_record_are_skipped_and_the_last_line_may_be_missing(arc):
    assert len(arc(line(0, options=["a", "b", "c", "d"]), line(1))) == 2


@pytest.mark.parametrize(
    ("records", "problem"),
    [
        ([line(5, (0.1, 0.2, 0.3, 0.3))], "question 5: probabilities .* do not add up to 1"),
        ([line(5, (-0.1, 0.3, 0.3, 0.5))], "question 5: probabilities .* do not add up to 1"),
        ([line(5, (float("nan"), 0.2, 0.3, 0.5))], "line 1|question 5"),
        ([line(5, correct=False)], "question 5: `correct` is not whether `sampled` is `ideal`"),
        ([line(5, sampled="C", correct=False)], "question 5: `sampled` is not the likeliest option"),
        ([line(0), metric(0.5)], "the accuracy 0.5 in its last line is not that of its records"),
        ([metric(0.5)], "the accuracy 0.5 in its last line"),
        ([line(0), line(1, ideal="E")], "line 2"),
        ([line(0, (0.5, 0.5))], "line 1"),
        ([{"type": "broken", "data": {}}], "line 1"),
    ],
)
def test_records_that_contradict_themselves_are_refused_by_name(arc, records, problem):
    with pytest.raises(InputError, match=problem) as caught:
        arc(*records)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("squad", "llama-7b", 0), "unknown data set 'squad'"),
        (("arc", "llama-8b", 0), "unknown model 'llama-8b'"),
        (("arc", "llama-7b", 1), "unknown number of shots 1"),
    ],
)
def test_unknown_names_are_refused(arguments, problem):
    with pytest.raises(InputError, match=problem):
        mcq_bias.load(*arguments)


@pytest.mark.usefixtures("shelf")
def test_absent_files_are_counted_in_one_line_that_says_what_to_do(shelf, tmp_path):
    shelf.pin("pinned.txt", b"pinned")
    with pytest.raises(registry.DataUnavailableError) as caught:
        mcq_bias.require("mmlu")
    assert str(caught.value) == (
        "recorded probabilities of mmlu are not here (1140 of 1140 files missing): "
        "run `make on-demand` (needs the network, or DATA_MIRROR=<folder>)"
    )
    made_up.write(tmp_path / "mirror", made_up.recorded("arc", made_up.calibrated, 12))
    on_demand.fetch_sources(mcq_bias.sources("arc")[:5], tmp_path / "mirror")
    with pytest.raises(registry.DataUnavailableError, match=r"of arc are not here \(15 of 20 files missing\)"):
        mcq_bias.require("arc")
    made_up.fetch(tmp_path / "mirror", "arc")
    mcq_bias.require("arc")


def test_subjects_are_read_one_after_the_other(shelf, tmp_path, monkeypatch):
    shelf.pin("pinned.txt", b"pinned")
    monkeypatch.setitem(mcq_bias.SUBJECTS, "mmlu", ("anatomy", "virology"))
    made = made_up.recorded("mmlu", made_up.calibrated, 9)
    made_up.write(tmp_path / "mirror", made)
    made_up.fetch(tmp_path / "mirror", "mmlu")
    answers = mcq_bias.load("mmlu", "Llama-2-13b-chat-hf", 5)
    subjects = {name: len(list(group)) for name, group in groupby(a.question.split("/")[0] for a in answers)}
    assert subjects == {"anatomy": 5, "virology": 4}
    assert [answer.key for answer in answers] == [*made.keys[::2], *made.keys[1::2]]
    table = made.probabilities["Llama-2-13b-chat-hf", 5]
    found = np.array([answer.probabilities for answer in answers])
    np.testing.assert_allclose(found, np.concatenate([table[::2], table[1::2]]), atol=2e-4)
