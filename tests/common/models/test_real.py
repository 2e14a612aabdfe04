"""The registered models themselves, beside what transformers makes of their GGUF files directly."""

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

from common.errors import InputError
from common.models import fetch, local, registry

pytestmark = pytest.mark.slow

PROMPTS = [
    "The capital of France is",
    "def fibonacci(n):\n    ",
    "Question: What is 12 + 30?\nAnswer:",
    "Once upon a time, there was",
    "1, 1, 2, 3, 5, 8,",
    "import numpy as np\n\ndef mean(x):",
    "The three states of matter are",
    "Water boils at",
    "Translate to German: Good morning.\n",
    "To be or not to be,",
    "SELECT name FROM users WHERE",
    "The largest planet in the solar system is",
    "for i in range(10):\n    print(",
    "A triangle has",
    "My favourite colour is",
    "Python is a",
    "The opposite of hot is",
    "She opened the door and",
    "E = mc",
    "In 1969, Neil Armstrong",
]
ROUNDING = 0.03
"""How far float16 may move the log-probability of a token that was said; 0.011 at most was measured."""


@pytest.fixture(scope="module", params=["smollm2-135m", "qwen2.5-coder-0.5b"])
def pair(request, tmp_path_factory):
    """A model as converted, and as transformers dequantises its GGUF file into float32; and the tokenizer."""
    entry = registry.entry(request.param)
    gguf = tmp_path_factory.mktemp("gguf") / "model.gguf"
    try:
        folder = local.resolve(entry.name).folder
        fetch.bring(entry, gguf)
    except InputError as reason:
        pytest.skip(str(reason))
    options = {"gguf_file": gguf.name, "quantization_config": GgufConfig(dequantize=True)}
    direct = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype=torch.float32, **options)
    converted = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return converted.eval(), direct.eval(), AutoTokenizer.from_pretrained(folder)


def test_weights_are_the_dequantised_ones_rounded_to_float16(pair):
    converted, direct, _ = pair
    expected = direct.state_dict()
    assert converted.state_dict().keys() == expected.keys()
    for name, weights in converted.state_dict().items():
        assert torch.equal(weights, expected[name].half().float()), name


def test_greedy_text_is_that_of_the_dequantised_model_and_log_probabilities_agree(pair):
    converted, direct, tokenizer = pair
    largest = 0.0
    for prompt in PROMPTS:
        tokens = tokenizer(prompt, return_tensors="pt").input_ids
        texts = [
            model.generate(tokens, max_new_tokens=32, do_sample=False, pad_token_id=0) for model in (converted, direct)
        ]
        assert torch.equal(*texts), prompt
        difference = _logprobs(converted, texts[0]) - _logprobs(direct, texts[0])
        largest = max(largest, difference.abs().max().item())
    assert largest < ROUNDING


@torch.no_grad()
def _logprobs(model: torch.nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    logprobs = torch.log_softmax(model(tokens).logits[:, :-1].double(), dim=-1)
    return logprobs.gather(2, tokens[:, 1:, None])


def test_text_survives_its_tokens_and_digits_stand_alone(pair):
    *_, tokenizer = pair
    for text in [
        "list:\n\n12 34\n\n  56",
        "日本語 🙃👩‍🚀\tñ\r\n",
        "    if x:\n\n\treturn  1",
        " <|im_start|>user\nhi<|im_end|>",
    ]:
        tokens = tokenizer(text).input_ids
        assert tokenizer.decode(tokens) == text
    assert tokenizer.tokenize("\n\n123") == ["ĊĊ", "1", "2", "3"]
    assert len(tokenizer("<|im_start|><|im_end|>").input_ids) == 2
