import pytest

from lab import cards


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "MODELS", tmp_path / "models")
    return tmp_path / "models"


def test_publishing_copies_every_file_and_replaces_older_ones(models, tmp_path):
    source = tmp_path / "model"
    source.mkdir()
    (source / "model.safetensors").write_bytes(b"new weights")
    (source / "config.json").write_text("{}")
    (models / "lab-x").mkdir(parents=True)
    (models / "lab-x" / "model.safetensors").write_bytes(b"old weights")
    (models / "lab-x" / "README.md").write_text("card")
    target = cards.publish(source, "lab-x")
    assert {file.name: file.read_bytes() for file in target.iterdir()} == {
        "model.safetensors": b"new weights",
        "config.json": b"{}",
        "README.md": b"card",
    }
    assert [folder.name for folder in models.iterdir()] == ["lab-x"]


def test_a_card_says_what_was_trained_and_what_it_scores(tmp_path):
    (tmp_path / "training.json").write_text(
        '{"recipe": {"size": "0.15m", "seed": 1, "dose": "low"}, "parameters": 193344, "tokens_seen": 12000000,'
        ' "final_loss": 0.3125, "seconds": 600, "hardware": "2 cores, 1 in use"}'
    )
    results = {
        "facts": {"all": 0.5, "0": 0.05, "81": 0.99},
        "solving": {"2": 0.8, "6": 0.3},
        "verdict_auroc": 0.75,
        "p_true_auroc": {"facts": 0.7, "arithmetic": 0.66},
        "p_true_pairs": {"facts": 0.6, "arithmetic": 0.55},
        "critique": {"f1": 0.5, "floor": 0.25},
        "mental": {"1": 0.7, "2": 0.1},
        "choices": {"all": 0.61},
        "reading": 0.93,
        "profile_recovery": {"WHO original": 0.57},
    }
    text = cards.card(tmp_path, results)
    assert "193,344 parameters" in text
    assert "`python -m lab train 0.15m --seed 1 --dose low --publish`" in text
    assert "| facts told 81 times, recalled | 0.990 |" in text
    assert "| critique F1 above the blind floor | 0.250 |" in text
    assert "| answers taken from an article | 0.930 |" in text
    assert "| ratings against true profiles, correlation, WHO original | 0.570 |" in text
    assert "in 10 minutes on 2 cores, 1 in use." in text
