"""The benchmark's own model; no download, no network."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when huggingface_hub is imported
os.environ.setdefault("TQDM_DISABLE", "1")

import pytest

from benchmarks.engines import samples, setting


@pytest.fixture(scope="session")
def fixed_folder(tmp_path_factory):
    return setting.build(tmp_path_factory.mktemp("fixed"))


@pytest.fixture(scope="session")
def varied_folder(tmp_path_factory):
    return setting.build(tmp_path_factory.mktemp("varied"), samples.ENDS)
