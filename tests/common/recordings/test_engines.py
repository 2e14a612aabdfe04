import numpy as np
import pytest

from common.engines import Sampling, load_engine
from common.engines.cached import CachedEngine
from common.errors import InputError
from common.paths import OUTPUTS
from common.recordings import engines
from common.recordings.engines import RecordedEngine
from common.subjects import Subject

PROMPTS = ["Question: What is 12 plus 30? Answer:", [{"role": "user", "content": "7 times 6?"}]]
SAMPLING = Sampling(n=3, max_tokens=5, seed=1, logit_sums=True)


def ask(engine):
    """Everything that an engine answers."""
    options = engine.option_scores(PROMPTS, ["A", "B"])
    layers = engine.option_scores_by_layer(PROMPTS, ["A", "B"])
    return {
        "sample": engine.sample(PROMPTS, SAMPLING),
        "skipped": engine.sample([*PROMPTS, "x " * 20_000], Sampling(max_tokens=2), too_long="skip"),
        "logprobs": [values.tolist() for values in engine.logprobs(PROMPTS, [[" yes", " no"]] * 2)],
        "options": [options.probabilities.tolist(), options.mass.tolist()],
        "layers": [layers.probabilities.tolist(), layers.mass.tolist()],
        "hidden": engine.hidden_states(PROMPTS).tolist(),
        "rendered": engine.texts(PROMPTS),
    }


def test_without_its_weights_a_model_says_what_it_said(opened, gone):
    engine = opened("keep")
    said = ask(engine)
    engine.recorded.write()
    gone()
    replayed = opened()
    assert isinstance(replayed, RecordedEngine)
    assert ask(replayed) == said
    assert (replayed.identity, replayed.context_length) == (engine.identity, engine.context_length)


def test_what_is_recorded_is_what_the_model_says(opened, chat_model):
    recorded, bare = ask(opened("keep")), ask(load_engine(chat_model, engine="hf", store=None))
    np.testing.assert_allclose(recorded.pop("hidden"), bare.pop("hidden"), rtol=1e-3, atol=1e-3)  # float16
    assert recorded == bare


def test_what_was_not_recorded_is_computed_where_the_model_is_and_only_then(opened, gone):
    engine = opened("keep")
    first = engine.sample(PROMPTS[:1], SAMPLING)
    engine.recorded.write()
    both = opened().sample(PROMPTS, SAMPLING)
    assert both[:1] == first
    gone()
    with pytest.raises(InputError, match=r"paper-experiment-task lacks an answer.*chat is not here; or take the publ"):
        opened().sample(PROMPTS, SAMPLING)


def test_an_interrupted_recording_goes_on_from_its_parts(opened, folder):
    engine = opened("keep")
    engine.sample(PROMPTS[:1], SAMPLING)
    engine.recorded.write()
    engine = opened("keep")  # with another, empty store: another machine
    said = engine.sample(PROMPTS, SAMPLING)
    engine.recorded.write()
    assert len(list(folder.glob("*.parquet"))) == 2
    assert opened().sample(PROMPTS, SAMPLING) == said


def test_a_model_that_is_not_the_recorded_one_is_refused_when_it_is_needed(opened, folder):
    opened("keep")
    meta = folder / "meta.json"
    meta.write_text(meta.read_text().replace('"float32"', '"bfloat16"'))
    with pytest.raises(InputError, match="recorded with dtype 'bfloat16', here it is 'float32'"):
        opened().sample(PROMPTS, SAMPLING)


def test_messages_are_refused_as_by_the_model_where_it_has_no_chat_template(opened, folder):
    opened("keep")
    meta = folder / "meta.json"
    text = meta.read_text()
    template = text[text.index('"chat_template": ') : text.index('"chat_template_sha256"')]
    meta.write_text(text.replace(template, '"chat_template": "",\n '))
    with pytest.raises(InputError, match="this model has no chat template"):
        opened().render(PROMPTS[1])


@pytest.mark.parametrize("mode", ["live", ""])
def test_live_or_without_a_recording_the_model_itself_is_asked(opened, folder, mode):
    if mode:
        opened("keep").recorded.write()
    engine = opened(mode)
    assert isinstance(engine, CachedEngine)
    assert engine.store.path == (engines.LIVE if mode else OUTPUTS / "store.sqlite")
    assert not isinstance(engine, RecordedEngine)
    assert folder.exists() == bool(mode)


def test_lab_models_are_never_recorded(monkeypatch, folder):
    monkeypatch.setenv(engines.MODE, "keep")
    lab = Subject(id="lab-0.05m", route="lab", model="models/lab-0.05m")
    assert not isinstance(engines.open_engine(lab, folder), RecordedEngine)
    assert not folder.exists()


def test_another_backend_than_the_recorded_one_is_asked_itself(opened, folder):
    opened("keep")
    meta = folder / "meta.json"
    meta.write_text(meta.read_text().replace('"backend": "hf"', '"backend": "vllm"'))
    assert not isinstance(opened(engine="hf"), RecordedEngine)
