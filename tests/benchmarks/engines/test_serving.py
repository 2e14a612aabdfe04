import pytest
import torch

from benchmarks.engines import serving

MEASURED = {"measured": {"percent_over_vllm": 1.0}, "machine": {"cpu": "x"}}


@pytest.fixture(autouse=True)
def neither_here(monkeypatch):
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


def test_without_vllm_the_earlier_measurement_is_kept_from_run_to_run(tmp_path):
    second = serving.vllm_overhead(tmp_path, 1, MEASURED)
    assert second == {"not measured": "vllm is not installed", "earlier": MEASURED}
    assert serving.vllm_overhead(tmp_path, 1, second) == second


def test_without_vllm_and_without_an_earlier_measurement_there_is_none(tmp_path):
    first = serving.vllm_overhead(tmp_path, 1, {})
    assert first == {"not measured": "vllm is not installed"}
    assert serving.vllm_overhead(tmp_path, 1, first) == first


def test_without_a_gpu_the_result_says_so(tmp_path):
    assert serving.gpu(tmp_path) == {"not measured": "no GPU"}
