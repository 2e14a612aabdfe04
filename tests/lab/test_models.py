"""The published weights: within budget, what their cards say they are, and read alike by both engines."""

import json
from importlib.util import find_spec

import pytest
import torch
import yaml
from transformers import AutoConfig

from common import layouts
from common.engines.hf import HFEngine
from common.paths import MODELS
from lab import exam, formats, ladder, train
from lab.world import build_world
from tests.common.engines import conformance
from tests.common.engines.conformance import Reference

FOLDERS = sorted(MODELS.glob("lab-*"))
SMALLEST, LARGEST = MODELS / "lab-0.05m", MODELS / "lab-1.3m"
FACTS = build_world().facts_of["dev"]
CHAINS = exam.chains("dev", 3, 3)
PROMPTS = [
    *(layouts.open_question(formats.fact_question(fact.relation, fact.person)).prompt for fact in FACTS[:3]),
    *(formats.solution(chain).prompt for chain in CHAINS),
    layouts.true_or_false(formats.chain_question(CHAINS[0]), "5").prompt,
]
OPTIONS = [formats.TRUE_LABEL, formats.FALSE_LABEL]
every_model = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def load(folder, backend):
    if backend == "hf":
        return HFEngine(folder, device="cpu", batch_size=4), Reference(folder)
    from common.engines.vllm import VLLMEngine

    return VLLMEngine(folder, chunk_size=8), Reference(folder)


@pytest.fixture
def one_thread(monkeypatch):
    """Two threads wait for each other where another program has a core."""
    if find_spec("vllm") is not None:
        from common.engines.vllm_runner import CPU_OPTIONS

        monkeypatch.setitem(CPU_OPTIONS, "kv_cache_memory_bytes", 2**28)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_every_rung_of_the_ladder_is_here_and_nothing_else():
    declared = yaml.safe_load((MODELS / "params.yaml").read_text())["ladder"].values()
    assert {folder.name for folder in FOLDERS} == {rung["name"] for rung in declared}
    assert {rung["name"] for rung in declared} == {
        train.Recipe(rung["size"], rung["seed"], rung["dose"]).name for rung in declared
    }


def test_weights_are_within_their_budget():
    assert sum(file.stat().st_size for folder in FOLDERS for file in folder.glob("*.safetensors")) < 40e6


@every_model
def test_a_model_is_what_its_training_says(folder):
    trained = json.loads((folder / "training.json").read_text())
    recipe = train.Recipe(**trained["recipe"])
    assert recipe.name == folder.name
    assert recipe == train.Recipe(recipe.size, recipe.seed, recipe.dose)  # the recipe as it is now
    config = AutoConfig.from_pretrained(folder)
    assert (config.hidden_size, config.num_hidden_layers) == (
        ladder.LADDER[recipe.size].width,
        ladder.LADDER[recipe.size].layers,
    )
    points = [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]
    assert trained["final_loss"] == train.final_loss(points)
    assert trained["tokens_seen"] == points[-1]["tokens"] >= recipe.tokens
    assert json.loads((folder / "exam.json").read_text())["facts"]


@pytest.mark.parametrize("folder", [SMALLEST, LARGEST], ids=lambda folder: folder.name)
@pytest.mark.parametrize(
    "backend",
    ["hf", pytest.param("vllm", marks=pytest.mark.skipif(find_spec("vllm") is None, reason="make setup-vllm"))],
)
def test_both_engines_read_it_as_transformers_does(folder, backend, one_thread):
    engine, reference = load(folder, backend)
    conformance.greedy_tokens_are_those_of_generate(engine, reference, PROMPTS)
    conformance.sampled_logprobs_are_those_of_a_full_forward(engine, reference, PROMPTS, atol=1e-4)
    conformance.options_score_as_in_a_full_forward(engine, reference, PROMPTS, OPTIONS, 1e-4)
    conformance.text_is_what_follows_the_prompt(engine, reference, PROMPTS)


def test_the_smallest_trained_anew_begins_as_its_recorded_curve(tmp_path, one_thread):
    train.run(train.Recipe("0.05m"), tmp_path, device="cpu", steps=2 * train.LOG_EVERY)
    anew = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    recorded = [json.loads(line) for line in (SMALLEST / "curve.jsonl").read_text().splitlines()][: len(anew)]
    assert [point["tokens"] for point in anew] == [point["tokens"] for point in recorded]
    # Equal on the machine that recorded it; elsewhere float32 sums in another order.
    assert [point["loss"] for point in anew] == pytest.approx([point["loss"] for point in recorded], rel=0.01)
