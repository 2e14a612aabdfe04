import json

import numpy as np
import pytest

from common.engines import load_engine
from common.paths import ROOT
from common.training import loop
from lab import formats
from lab.arithmetic import chain_of
from lab.exam import VERDICT
from replications.genrm_vs_sc import finetune, tasks
from replications.genrm_vs_sc.finetune import Config, Trace
from tests.replications.genrm_vs_sc.scripted import Scripted

LAB = tasks.named("lab")
MODEL = str(ROOT / "models" / "lab-0.15m")


def traces(yes, no):
    return [Trace(f"p{k}", (k,), k < yes) for k in range(yes + no)]


def test_balanced_takes_all_of_the_rarer_verdict_and_as_many_of_the_other():
    chosen = finetune.balanced(traces(3, 20), np.random.default_rng(0))
    assert sum(trace.yes for trace in chosen) == 3
    assert len(set(chosen)) == len(chosen) == 6
    assert finetune.balanced(traces(0, 20), np.random.default_rng(0)) == []


def test_only_true_verdicts_are_learned_from_and_each_text_once_a_solution():
    item = LAB.draw("taught", 1, 0)[0]
    question = item.prompt

    def say(prompt, sample):
        if prompt == question:
            return f" Answer: {item.answer if sample < 4 else (int(item.answer) + 1) % 29}"
        return f" {VERDICT} {['Yes', 'No', 'perhaps'][sample % 3]}"

    engine = Scripted(say)
    rows = finetune.solve(engine, LAB, [item], 8, 0)
    found = finetune.agreeing(engine, LAB, [item], rows, 0)
    assert sorted(trace.yes for trace in found) == [False, True]
    assert all(trace.prompt.endswith("\nVerification:") for trace in found)


def test_a_model_without_true_verdicts_of_both_kinds_gives_a_reason_and_no_verifier(tmp_path):
    tuned = finetune.fine_tune(Scripted(lambda prompt, sample: " ok;"), MODEL, LAB, 5, 1e-3, 0, tmp_path)
    assert tuned.folder is None
    assert "no true Yes or no true No" in tuned.reason
    assert tuned.counts.iloc[0]["kept"] == 0
    assert not list(tmp_path.iterdir())


def test_no_problems_mean_no_verifier(tmp_path):
    assert (
        "tune_problems is 0" in finetune.fine_tune(Scripted(lambda p, s: ""), MODEL, LAB, 0, 1e-3, 0, tmp_path).reason
    )


@pytest.fixture(scope="module")
def examples():
    """Verdicts at odds with what the model would say: easy to see learned."""
    items = LAB.draw("taught", 6, 0)
    vocabulary = load_engine(MODEL, store=None).codec
    text = f" {VERDICT} Yes\n"
    prompts = [formats.verification(chain_of(item.id), f" Answer: {item.answer}").prompt for item in items]
    ids = vocabulary.continuation(prompts[0], vocabulary.encode([prompts[0]])[0], text)
    return [Trace(prompt, tuple(ids), True) for prompt in prompts]


def config(steps):
    return Config(steps=steps, learning_rate=3e-3, max_new_tokens=16, batch_size=4)


def test_tuning_lowers_the_loss_and_leaves_a_model_that_loads_and_says_so(examples, tmp_path):
    folder, last = finetune.tune(MODEL, examples, config(8), tmp_path)
    curve = [json.loads(line)["loss"] for line in (folder.parent / loop.CURVE).read_text().splitlines()]
    assert len(curve) == 8
    assert last == curve[-1] < curve[0] / 2
    prompts = [trace.prompt for trace in examples]
    said = {
        name: np.concatenate(load_engine(model, store=None).logprobs(prompts, [[f" {VERDICT} Yes"]] * len(prompts)))
        for name, model in (("before", MODEL), ("after", folder))
    }
    assert np.all(said["after"] > said["before"])


def test_tuning_again_gives_the_same_folder_and_weights(examples, tmp_path):
    first, _ = finetune.tune(MODEL, examples, config(2), tmp_path / "a")
    weights = (first / "model.safetensors").read_bytes()
    other, _ = finetune.tune(MODEL, examples, config(2), tmp_path / "b")
    assert (other / "model.safetensors").read_bytes() == weights
    again, _ = finetune.tune(MODEL, examples, config(2), tmp_path / "a")
    assert (again / "model.safetensors").read_bytes() == weights
    assert first.name == other.name


def test_every_trace_is_seen_once_an_epoch(examples, monkeypatch, tmp_path):
    seen = []

    def watched(policy, groups):
        seen.extend(tuple(group.prompt) for group in groups)
        return finetune_backward(policy, groups)

    finetune_backward = finetune.backward
    monkeypatch.setattr(finetune, "backward", watched)
    finetune.tune(MODEL, examples, config(4), tmp_path)  # two epochs of two batches
    assert sorted(seen[:6]) == sorted(seen[6:]) == sorted(set(seen))
