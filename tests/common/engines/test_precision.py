import logging

import pytest
import torch

from common.engines import precision
from common.engines.hf import HFEngine
from common.errors import InputError


@pytest.fixture
def measured(monkeypatch):
    """Let a narrow format take so many times as long as float32."""

    def set_to(times):
        monkeypatch.setattr(precision, "slowdown", lambda name: times)

    return set_to


def test_float32_is_the_default_on_every_device():
    assert precision.choose(None, None, "cpu") == precision.choose(None, None, "cuda") == "float32"


def test_the_registered_dtype_counts_before_the_default_and_what_is_asked_for_before_both(measured):
    measured(0.5)
    assert precision.choose(None, "bfloat16", "cpu") == "bfloat16"
    assert precision.choose("float32", "bfloat16", "cpu") == "float32"


@pytest.mark.parametrize(("times", "warns"), [(0.5, False), (1.1, False), (6.04, True)])
def test_an_emulated_dtype_is_reported_with_its_cost(measured, caplog, times, warns):
    measured(times)
    assert precision.choose("bfloat16", None, "cpu") == "bfloat16"
    said = ["bfloat16 is emulated by this processor: it takes 6.0 times as long as float32"]
    assert caplog.messages == (said if warns else [])


@pytest.mark.parametrize(("times", "name"), [(0.53, "bfloat16"), (3.2, "float32")])
def test_auto_takes_the_faster_and_says_so(measured, caplog, times, name):
    measured(times)
    assert precision.choose("auto", "float32", "cpu") == name
    assert caplog.messages == [f"dtype='auto' is {name}: bfloat16 takes {times:.2f} times as long as float32 here"]


@pytest.mark.parametrize(("native", "name"), [(True, "bfloat16"), (False, "float32")])
def test_auto_on_a_gpu(monkeypatch, caplog, native, name):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: native)
    assert precision.choose("auto", None, "cuda") == name
    assert caplog.messages[0].startswith(f"dtype='auto' is {name}: this GPU ")


def test_the_slowdown_is_measured():
    assert 0.02 < precision.slowdown("bfloat16") < 200
    assert precision.slowdown("float32") == pytest.approx(1, rel=0.9)


def test_unknown_names():
    with pytest.raises(InputError, match="dtype 'int8': it is one of float32, bfloat16, float16, auto"):
        precision.choose("int8", None, "cpu")


def test_an_engine_computes_in_what_auto_chose(llama_folder, measured, caplog):
    measured(2.0)
    caplog.set_level(logging.WARNING)
    assert HFEngine(llama_folder, device="cpu", dtype="auto").identity["dtype"] == "float32"
    assert len(caplog.messages) == 1
