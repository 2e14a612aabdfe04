import os

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when huggingface_hub is imported
os.environ.setdefault("TQDM_DISABLE", "1")

import pytest
import torch

from common.training.states import Backbone
from tests.common.training import toy


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # tiny matrices gain nothing from more, and sums come out the same
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tokenizer():
    return toy.tokenizer()


@pytest.fixture
def model():
    return toy.llama()


@pytest.fixture(scope="module")
def backbone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    toy.llama().save_pretrained(folder)
    toy.tokenizer().save_pretrained(folder)
    return Backbone(folder)
