import subprocess
import sys
from importlib.util import find_spec

import pytest

from common.engines import Sampling, load_engine
from common.engines.cached import CachedEngine
from common.engines.hf import HFEngine
from common.errors import InputError


def test_importing_the_package_imports_no_backend():
    code = "import sys, common.engines; print([m for m in ('torch', 'transformers', 'vllm') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_default_is_hf_with_a_store_here(llama_folder, tmp_path):
    engine = load_engine(llama_folder, engine="hf", store=tmp_path / "store.sqlite", device="cpu", batch_size=4)
    assert isinstance(engine, CachedEngine)
    assert isinstance(engine.engine, HFEngine)
    assert engine.engine.batch_size == 4
    drawn = engine.sample(["Question:"], Sampling(n=2, max_tokens=3))
    assert drawn == engine.engine.sample(["Question:"], Sampling(n=2, max_tokens=3))
    assert (tmp_path / "store.sqlite").is_file()


def test_without_store(llama_folder):
    assert isinstance(load_engine(str(llama_folder), engine="hf", store=None, device="cpu"), HFEngine)


def test_unknown_engine(llama_folder):
    with pytest.raises(InputError, match="engine 'tgi': it is one of auto, hf, vllm"):
        load_engine(llama_folder, engine="tgi")


def test_unknown_option_names_those_there_are(llama_folder):
    with pytest.raises(InputError, match=r"HFEngine has no option chunk_size \(there are: device, dtype, template,"):
        load_engine(llama_folder, engine="hf", store=None, chunk_size=3)


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vllm is installed")
def test_vllm_where_it_is_not_installed(llama_folder):
    with pytest.raises(InputError, match="make setup-vllm"):
        load_engine(llama_folder, engine="vllm")
    assert isinstance(load_engine(llama_folder, store=None, device="cpu"), HFEngine)
