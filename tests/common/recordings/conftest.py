import pytest

from common.recordings import engines
from common.store import Store
from common.subjects import Subject


@pytest.fixture
def subject(chat_model) -> Subject:
    """The small random chat model as a subject."""
    return Subject(id="chat", route="model", model=str(chat_model))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "recordings" / "chat" / "paper-experiment-task"


@pytest.fixture
def opened(subject, folder, tmp_path, monkeypatch):
    """Open the subject's engine: `keep`, `live` or as everyone does, with a store of its own each time."""
    stores = iter(range(100))

    def open_(mode="", engine="hf"):
        monkeypatch.setenv(engines.MODE, mode)
        monkeypatch.setattr(engines, "LIVE", tmp_path / "live.sqlite")
        monkeypatch.setattr(engines, "Store", lambda: Store(tmp_path / f"store-{next(stores)}.sqlite"))
        return engines.open_engine(subject, folder, engine)

    return open_


@pytest.fixture
def gone(monkeypatch):
    """The model's weights are not here any more; what asks for them is told so."""

    def refuse(*_, **__):
        from common.errors import InputError

        raise InputError("chat is not here")

    return lambda: monkeypatch.setattr(engines, "load_engine", refuse)
