import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from common.engines import load_engine
from common.errors import InputError
from common.training.states import Backbone, Features, Marked
from tests.common.training import toy


@pytest.fixture(scope="module", params=["llama", "qwen"])
def folder(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    getattr(toy, request.param)().save_pretrained(folder)
    toy.tokenizer().save_pretrained(folder)
    return folder


def test_states_are_those_the_engine_reads_at_the_end_of_prompts_of_any_length(folder):
    prompts = ["a:", "abcdefgh:", "c", "hgab:"]
    backbone = Backbone(folder)
    found = backbone.states(backbone.at_end(prompts)).detach().numpy()
    expected = load_engine(folder, engine="hf", store=None).hidden_states(prompts)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_state_depends_on_what_comes_before_its_mark_alone(folder):
    backbone = Backbone(folder)
    whole, begun = [backbone.codec.encode([text])[0] for text in ("abcdef", "abc")]
    at = [0, 2]
    torch.testing.assert_close(
        backbone.states([Marked(whole, at)]), backbone.states([Marked(begun, at), Marked(whole, [5])])[:2]
    )


def test_fixed_states_come_in_the_order_of_the_rows_and_without_gradients(folder):
    backbone = Backbone(folder)
    rows = [Marked(ids, [0, len(ids) - 1]) for ids in backbone.codec.encode(["abcdefgh", "a", "abc"])]
    for row, fixed in zip(rows, backbone.fixed_states(rows), strict=True):
        assert not fixed.requires_grad
        torch.testing.assert_close(fixed, backbone.states([row]).detach())


def test_features_are_the_states_at_the_ends_of_prompts_in_the_order_of_the_rows(folder):
    features, backbone = Features(load_engine(folder, engine="hf", store=None)), Backbone(folder)
    first, second = features.at_end(["a:", "abc"]), features.at_end(["hgab:"])
    assert features.at_end([]) == []
    found = torch.cat(features.fixed_states([*second, *first]))
    expected = torch.cat(backbone.fixed_states(backbone.at_end(["hgab:", "a:", "abc"])))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)
    assert features.width == backbone.width


def test_a_copy_has_weights_of_its_own(folder):
    backbone = Backbone(folder)
    copied, before = backbone.copy(), backbone.model.embed_tokens.weight.clone()
    with torch.no_grad():
        copied.model.embed_tokens.weight.zero_()
    assert torch.equal(backbone.model.embed_tokens.weight, before)


def test_chat_messages_are_read_through_the_template(chat_model):
    backbone = Backbone(chat_model)
    messages = [{"role": "user", "content": "What is 12 plus 30?"}]
    assert backbone.at_end([messages]) == backbone.at_end([backbone.codec.render(messages)])


def test_weights_come_from_safetensors_alone(tmp_path):
    model = toy.llama()
    model.save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    torch.save(model.state_dict(), tmp_path / "pytorch_model.bin")
    with pytest.raises(InputError, match="safetensors"):
        Backbone(tmp_path)


def test_bad_input_is_refused_in_one_line(folder, tmp_path):
    backbone = Backbone(folder)
    with pytest.raises(InputError, match="too many for the model's context of 64"):
        backbone.at_end(["a" * 65])
    with pytest.raises(InputError, match="has no tokens"):
        backbone.at_end([""])
    with pytest.raises(InputError, match="float32, bfloat16, float16"):
        Backbone(folder, dtype="int8")
    with pytest.raises(InputError, match="no such model folder"):
        Backbone(tmp_path / "nowhere")


def test_the_models_outputs_are_as_before_for_who_loads_it_again(folder):
    Backbone(folder)
    assert AutoModelForCausalLM.from_pretrained(folder).config.model_type in ("llama", "qwen2")
