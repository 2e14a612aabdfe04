import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from common.engines import Sampling, load_engine
from common.errors import InputError
from common.models import convert, converted
from tests.common.models import tiny

TEXTS = [
    *tiny.CORPUS,
    "list:\n\n12 34\n\n  56   789",
    "  leading spaces, trailing ones  ",
    "cafe\u0301 and A\u030angstro\u0308m",
    "½ ² ٣ Ⅷ 12,345.67",
    "I'M here, they'LL see",
    "\t\r\n\r\n \n",
    "日本語のテキスト 🙃👩‍🚀",
]


@pytest.fixture(scope="module", params=["llama", "qwen2", "gemma3"])
def pair(request, tmp_path_factory):
    """An original, and the folder converted from its GGUF file."""
    folder = tmp_path_factory.mktemp(request.param)
    original = tiny.write(folder / "a.gguf", request.param)
    convert.convert(folder / "a.gguf", folder / "made", "tiny", "0" * 64, "MIT")
    return original, folder / "made"


def test_converted_model_computes_what_the_original_does(pair):
    original, folder = pair
    made = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokens = torch.arange(40)[None] * 7 % original.model.config.vocab_size
    with torch.no_grad():
        expected, found = (torch.log_softmax(model(tokens).logits, -1) for model in (original.model, made))
    torch.testing.assert_close(found, expected, atol=0.05, rtol=0)


def test_each_weight_is_the_dequantised_one_rounded_to_float16(pair):
    original, folder = pair
    made = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).state_dict()
    for name, weights in original.model.state_dict().items():
        torch.testing.assert_close(made[name], weights.half().float(), rtol=2**-10, atol=1e-6)


def test_tied_embeddings_are_stored_once_and_as_those_of_the_input(pair):
    original, folder = pair
    with safe_open(folder / "model.safetensors", "pt") as stored:
        names = {"model.embed_tokens.weight", "lm_head.weight"} & set(stored.keys())
    assert ("lm_head.weight" in names) == (not original.model.config.tie_word_embeddings)
    assert "model.embed_tokens.weight" in names


def test_tokens_are_those_of_the_original(pair):
    original, folder = pair
    loaded, bare = AutoTokenizer.from_pretrained(folder), Tokenizer.from_file(str(folder / "tokenizer.json"))
    for text in TEXTS:
        tokens = original.tokenizer.encode(text).ids
        assert loaded(text).input_ids == tokens, text
        assert bare.encode(text).ids == tokens, text


def test_text_survives_its_tokens(pair):
    original, folder = pair
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        tokens = tokenizer(text).input_ids
        expected = original.tokenizer.normalizer.normalize_str(text) if "qwen2" in str(folder) else text
        assert tokenizer.decode(tokens, skip_special_tokens=True) == expected


def test_engine_takes_the_folder(pair):
    _, folder = pair
    ((completion,),) = load_engine(folder, engine="hf", store=None).sample(["list"], Sampling(max_tokens=4))
    assert completion.finish_reason in ("stop", "length")


def test_all_end_tokens_end_a_completion(pair):
    original, folder = pair
    ends = ["<eos>"] if "gemma3" in str(folder) else ["<|endoftext|>", "<|im_end|>"]
    found = GenerationConfig.from_pretrained(folder).eos_token_id
    assert found == [original.tokenizer.token_to_id(token) for token in ends]


def test_chat_template_is_kept(tmp_path, tiny_gguf):
    convert.convert(tiny_gguf, tmp_path / "made", "tiny", "0" * 64, None)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "made")
    assert tokenizer.chat_template == tiny.TEMPLATE
    (chat,) = tokenizer.apply_chat_template([[{"role": "user", "content": "a"}]])["input_ids"]
    assert [chat[0], chat[-1]] == [1, 2]


def test_folder_says_what_it_was_made_from(tmp_path, tiny_gguf):
    convert.convert(tiny_gguf, tmp_path / "made", "tiny", "0" * 64, "MIT")
    assert json.loads((tmp_path / "made" / "source.json").read_text()) == {
        "name": "tiny",
        "sha256": "0" * 64,
        "bytes": tiny_gguf.stat().st_size,
        "licence": "MIT",
        "convert": converted.CONVERT,
        "weights": (tmp_path / "made" / "model.safetensors").stat().st_size,
    }
    config = json.loads((tmp_path / "made" / "config.json").read_text())
    assert (config["architectures"], config["dtype"]) == (["LlamaForCausalLM"], "bfloat16")
    assert "quantization_config" not in config


def test_older_folder_and_what_a_kill_left_are_replaced(tmp_path, tiny_gguf):
    for name in ("made", "made.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "old").touch()
    convert.convert(tiny_gguf, tmp_path / "made", "tiny", "0" * 64, None)
    assert [path.name for path in tmp_path.iterdir()] == ["made"]
    assert not (tmp_path / "made" / "old").exists()


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"architecture": "starcoder"}, "architecture 'starcoder' is not known here, only gemma3, llama, qwen2"),
        ({"pre": "tekken"}, "tokenizer 'gpt2/tekken' is not known here, only gpt2/qwen2, gpt2/smollm, llama/default"),
        ({"llama.rope.scaling.type": "yarn"}, "its positions are scaled (rope.scaling), which is not known"),
    ],
)
def test_model_of_an_unchecked_kind_is_refused(tmp_path, fields, refusal):
    tiny.write(tmp_path / "a.gguf", **fields)
    with pytest.raises(InputError) as caught:
        convert.convert(tmp_path / "a.gguf", tmp_path / "made", "tiny", "0" * 64, None)
    assert str(caught.value).startswith(f"{tmp_path / 'a.gguf'}: {refusal}")
    assert [path.name for path in tmp_path.iterdir()] == ["a.gguf"]


def test_tensor_that_would_be_left_out_is_refused(tmp_path):
    tiny.write(tmp_path / "a.gguf", **{"rope_freqs.weight": np.ones(8, np.float32)})
    with pytest.raises(InputError, match="transformers takes 20 of its 21 tensors"):
        convert.convert(tmp_path / "a.gguf", tmp_path / "made", "tiny", "0" * 64, None)


@pytest.mark.parametrize("kept", [0, 3, 40, 5000, 0.5, 0.999], ids=str)
def test_truncated_file_is_refused_in_one_line(tmp_path, tiny_gguf, kept):
    content = tiny_gguf.read_bytes()
    (tmp_path / "a.gguf").write_bytes(content[: kept if isinstance(kept, int) else int(kept * len(content))])
    with pytest.raises(InputError, match="not a whole GGUF file, or not one that transformers reads") as caught:
        convert.convert(tmp_path / "a.gguf", tmp_path / "made", "tiny", "0" * 64, None)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["a.gguf"]


def test_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "a.gguf").write_text("<html>Sign in to go on</html>" * 99)
    with pytest.raises(InputError, match="not a whole GGUF file"):
        convert.convert(tmp_path / "a.gguf", tmp_path / "made", "tiny", "0" * 64, None)


def test_weights_beyond_float16_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tiny, "NOISE", 1e5)
    tiny.write(tmp_path / "a.gguf")
    with pytest.raises(InputError, match="some of its weights are not finite, or too large for float16"):
        convert.convert(tmp_path / "a.gguf", tmp_path / "made", "tiny", "0" * 64, None)
