import json
import shutil
import time
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM, LlamaConfig, Phi3Config

from common.engines import loading
from common.errors import InputError


def load(folder):
    return loading.load(loading.find(folder), None, torch.float32, False)


@pytest.fixture
def copy(llama_folder, tmp_path):
    return Path(shutil.copytree(llama_folder, tmp_path / "copy"))


@pytest.mark.parametrize("name", ["/no/where", "./no/where", "~/x", "a/b/c", "", Path("nowhere")])
def test_folder_that_does_not_exist(name):
    with pytest.raises(InputError, match="no such model folder"):
        loading.folder_or_id(name)


@pytest.mark.parametrize("model", [None, 3])
def test_what_names_no_model(model):
    with pytest.raises(InputError, match="give the path of a folder, a registered name, or a Hub id"):
        loading.folder_or_id(model)


def test_folder_without_model(tmp_path):
    with pytest.raises(InputError, match=r"not a model folder, it has no config\.json"):
        loading.folder_or_id(tmp_path)


def test_pickled_weights_are_refused(copy):
    torch.save(load_file(copy / "model.safetensors"), copy / "pytorch_model.bin")
    (copy / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"no \*\.safetensors weights in it; convert others \(such as \.bin\)"):
        load(copy)


def test_model_that_is_not_at_hand_offline():
    said = r"^nobody/nothing: no such folder or registered name, and as a Hub id it cannot be loaded: HF_HUB_OFFLINE"
    with pytest.raises(InputError, match=said):
        load("nobody/nothing")


def test_an_unreachable_hub_is_one_line_and_not_asked_again_and_again(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    start = time.monotonic()
    with pytest.raises(
        InputError, match=r"the Hub \(http://127\.0\.0\.1:9\) cannot be reached, and its cache here [^\n]+$"
    ):
        load("nobody/nothing")
    assert time.monotonic() - start < 5


def test_damaged_weights(copy):
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"cannot be loaded: [^\n]+$"):
        load(copy)


def test_weights_that_lack_a_layer(copy):
    weights = load_file(copy / "model.safetensors")
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"its weights lack model\.layers\.1\.mlp\.up_proj\.weight$"):
        load(copy)


def test_damaged_configuration(copy):
    (copy / "config.json").write_text("{")
    with pytest.raises(InputError, match=r"cannot be loaded: [^\n]+$"):
        load(copy)


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("bloom", {"hidden_size": 32, "n_layer": 1, "n_head": 2}),  # no exchangeable attention
        ("mamba", {"hidden_size": 32, "num_hidden_layers": 1}),  # no attention at all
        ("gptj", {"n_embd": 32, "n_layer": 1, "n_head": 2, "rotary_dim": 8}),
    ],
)
def test_architectures_not_known_here(copy, kind, shape):
    config = AutoConfig.for_model(kind, vocab_size=420, **shape)
    AutoModelForCausalLM.from_config(config).save_pretrained(copy)
    with pytest.raises(InputError, match="engine='hf' does not know this architecture, use engine='vllm'"):
        load(copy)


def test_digest_names_what_the_model_says(copy, llama_folder):
    before = loading.digest(copy)
    assert before == loading.digest(llama_folder)
    (copy / "training_log.json").write_text("{}")
    assert loading.digest(copy) == before
    generation = json.loads((copy / "generation_config.json").read_text()) | {"eos_token_id": 7}
    (copy / "generation_config.json").write_text(json.dumps(generation))
    changed = loading.digest(copy)
    assert changed != before
    weights = load_file(copy / "model.safetensors")
    weights["model.norm.weight"][0] += 1
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    assert loading.digest(copy) not in (before, changed)
    with_code = (copy / "modeling.py").write_text("A = 1") and loading.digest(copy)
    (copy / "modeling.py").write_text("A = 2")
    assert loading.digest(copy) != with_code


def test_every_end_token_counts(copy):
    (copy / "generation_config.json").write_text(json.dumps({"eos_token_id": [7, 9]}))
    model, tokenizer, _ = load(copy)
    named = model.generation_config.eos_token_id, tokenizer.eos_token_id
    assert loading.end_tokens(*named) == sorted([tokenizer.eos_token_id, 7, 9])


def test_context_length_stops_where_longrope_changes():
    class Model:
        config = LlamaConfig(max_position_embeddings=77)

    assert loading.context_length(Model()) == 77
    factors = {"short_factor": [1.0] * 16, "long_factor": [2.0] * 16}
    rope = {"rope_type": "longrope", "rope_theta": 1e4, **factors}
    Model.config = Phi3Config(
        hidden_size=64,
        num_attention_heads=2,
        max_position_embeddings=80,
        original_max_position_embeddings=40,
        rope_parameters=rope,
    )
    assert loading.context_length(Model()) == 40


def test_a_hub_model_is_named_by_its_commit(copy, tmp_path, monkeypatch):
    commit, repository = "c" * 40, tmp_path / "hub" / "models--somebody--tiny"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(commit)
    (repository / "snapshots").mkdir()
    shutil.copytree(copy, repository / "snapshots" / commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    _, _, version = load("somebody/tiny")
    assert version == f"somebody/tiny@{commit}"
