import json

import pytest
import yaml

from common import subjects
from common.errors import InputError
from replications.p_true import ladder

RUNGS = {
    "lab-1.3m": ("1.3m", 0, "high", 1300),
    "lab-0.45m": ("0.45m", 0, "high", 450),
    "lab-0.45m-dose-none": ("0.45m", 0, "none", 450),
    "lab-0.05m": ("0.05m", 0, "high", 50),
    "lab-0.05m-seed1": ("0.05m", 1, "high", 50),
}


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A folder with a trained ladder."""
    monkeypatch.setattr(ladder, "MODELS", tmp_path / "models")
    monkeypatch.setattr(subjects, "ROOT", tmp_path)
    for name, (*_, parameters) in RUNGS.items():
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / "training.json").write_text(json.dumps({"parameters": parameters}))
    rungs = {
        name: {"name": name, "size": size, "seed": seed, "dose": dose} for name, (size, seed, dose, _) in RUNGS.items()
    }
    (tmp_path / "models" / "params.yaml").write_text(yaml.safe_dump({"ladder": rungs}))
    return tmp_path / "models"


def to_ask(compare, subject="lab-1.3m"):
    return ladder.models(subjects.find(subject), compare)


def test_the_model_comes_first_and_then_what_it_is_compared_with(models):
    assert [m.name for m in to_ask(compare="none")] == ["lab-1.3m"]
    assert {m.name for m in to_ask(compare="sizes")} == {"lab-1.3m", "lab-0.45m", "lab-0.05m"}
    every = to_ask(compare="all", subject="models/lab-0.05m")
    assert every[0].name == "lab-0.05m"
    assert sorted(m.name for m in every) == sorted(RUNGS)
    assert every[0].source == str(models / "lab-0.05m")


def test_sizes_hold_their_seeds_smallest_first_and_no_other_dose(models):
    sizes = ladder.sizes(to_ask(compare="all"))
    assert list(sizes) == ["0.05m", "0.45m", "1.3m"]
    assert [[m.name for m in seeds] for seeds in sizes.values()] == [
        ["lab-0.05m", "lab-0.05m-seed1"],
        ["lab-0.45m"],
        ["lab-1.3m"],
    ]


def test_a_rung_that_is_not_trained_is_named(models):
    (models / "lab-0.45m" / "training.json").unlink()
    with pytest.raises(InputError, match=r"lab-0\.45m: no trained lab model"):
        to_ask(compare="sizes")


def test_another_model_is_asked_alone_unless_it_has_a_family():
    found = to_ask("all", "some/model")
    assert [(m.name, m.source, m.rung) for m in found] == [("some--model", "some/model", False)]
    assert [m.name for m in to_ask("none", "qwen2.5-coder-1.5b")] == ["qwen2.5-coder-1.5b"]
    family = to_ask("sizes", "qwen2.5-coder-1.5b")
    assert [(m.name, m.rung) for m in family] == [("qwen2.5-coder-1.5b", True), ("qwen2.5-coder-0.5b", True)]
    assert list(ladder.sizes(family)) == ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"]
    assert family[0].parameters > family[1].parameters > 4e8


def test_recorded_answers_have_no_model_to_ask():
    with pytest.raises(InputError, match="llama is recorded and cannot be asked"):
        to_ask("none", "llama")
