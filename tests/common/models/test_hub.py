import time

import pytest
from huggingface_hub import constants

from common.models import hub
from common.models.registry import Hub, UnavailableError

FILE = Hub(repo="someone/model", file="model.gguf")


@pytest.fixture(autouse=True)
def online(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def test_file_comes_to_its_place(tmp_path, monkeypatch):
    def given(repo, file, local_dir):
        assert (repo, file) == ("someone/model", "model.gguf")
        local_dir.mkdir()
        (local_dir / file).write_bytes(b"content")
        return str(local_dir / file)

    monkeypatch.setattr(hub, "reachable", lambda seconds: True)
    monkeypatch.setattr(hub, "hf_hub_download", given)
    hub.download(FILE, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"content"


def test_refusal_of_whatever_kind_is_one_line(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise RuntimeError("401 Client Error.\n\nRepository Not Found")

    monkeypatch.setattr(hub, "reachable", lambda seconds: True)
    monkeypatch.setattr(hub, "hf_hub_download", refused)
    with pytest.raises(
        UnavailableError, match=r"does not give someone/model \(401 Client Error. Repository Not Found\)"
    ):
        hub.download(FILE, tmp_path / "target")


def test_offline_hub_is_not_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(UnavailableError, match="HF_HUB_OFFLINE is set"):
        hub.download(FILE, tmp_path / "target")


def test_unreachable_hub_costs_little(tmp_path, monkeypatch, silent_server):
    for endpoint in ("http://127.0.0.1:9", "http://no.such.host.invalid", silent_server):
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        start = time.monotonic()
        with pytest.raises(UnavailableError, match=f"the Hub \\({endpoint}\\) cannot be reached"):
            hub.download(FILE, tmp_path / "target")
        assert time.monotonic() - start < 3
