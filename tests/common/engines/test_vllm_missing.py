import sys

import pytest

from common.engines.vllm import VLLMEngine
from common.errors import InputError


def test_without_vllm_one_line_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(
        InputError, match=r"needs vllm .*`make setup-vllm` on CPU or `pip install vllm` on CUDA"
    ) as caught:
        VLLMEngine(tmp_path)
    assert "\n" not in str(caught.value)
