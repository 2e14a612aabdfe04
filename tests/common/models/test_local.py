import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from common.errors import InputError
from common.models import converted, fetch, local


@pytest.fixture
def entry(shelf, tiny_gguf):
    return shelf.put("m", tiny_gguf.read_bytes())


def test_registered_name_is_its_converted_folder(entry, cache):
    fetch.fetch(entry)
    assert local.resolve("m") == (cache / "m", f"m@gguf:{entry.sha256}+convert{converted.CONVERT}", "float32")


def test_absent_model_names_the_command_that_fetches_it(entry):
    with pytest.raises(InputError, match=r"^m is not here: run `python -m common.models fetch m`$"):
        local.resolve("m")


def test_absent_model_under_terms_names_the_option(shelf):
    shelf.put("m", b"1", terms="any")
    with pytest.raises(InputError, match=r"fetch m --accept-terms`$"):
        local.resolve("m")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"sha256": "ab" * 32}, r"was made from another GGUF file, abababababab\.\.\., "),
        ({"convert": 0}, f"was made by conversion 0, {converted.CONVERT} is current"),
        ({"weights": 1}, r"is damaged: model.safetensors has [\d,]+ bytes, 1 expected"),
        ({"bytes": "many"}, "is damaged: source.json or model.safetensors cannot be read"),
    ],
)
def test_folder_that_is_not_the_present_conversion_is_refused_and_fetched_anew(entry, cache, change, refusal):
    fetch.fetch(entry)
    record = cache / "m" / "source.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | change))
    with pytest.raises(InputError, match=f"^m {refusal}.*: run `python -m common.models fetch m`$"):
        local.resolve("m")
    fetch.fetch(entry)
    assert local.resolve("m")


def test_half_a_weights_file_is_refused(entry, cache):
    fetch.fetch(entry)
    os.truncate(cache / "m" / "model.safetensors", 1000)
    with pytest.raises(InputError, match=r"is damaged: model.safetensors has 1,000 bytes"):
        local.resolve("m")


def test_folder_of_that_name_wins(entry, tmp_path, monkeypatch):
    (tmp_path / "m").mkdir()
    monkeypatch.chdir(tmp_path)
    assert local.resolve("m") is None


@pytest.mark.parametrize("model", ["someone/model", "/no/such/folder", Path("m"), "", None, 7])
def test_anything_else_is_left_to_others(entry, model):
    assert local.resolve(model) is None


def test_gguf_file_is_converted_when_first_used(cache, tiny_gguf, capsys):
    sha256 = hashlib.sha256(tiny_gguf.read_bytes()).hexdigest()
    found = local.resolve(str(tiny_gguf))
    assert found == (cache / f"gguf-{sha256[:16]}", f"tiny@gguf:{sha256}+convert{converted.CONVERT}", None)
    assert capsys.readouterr().err == f"{tiny_gguf}: converting into {found.folder}, once; about 20 s\n"
    assert local.resolve(tiny_gguf) == found
    assert capsys.readouterr().err == ""


def test_gguf_file_is_hashed_once_and_again_when_it_changes(cache, tmp_path, tiny_gguf, monkeypatch):
    file = tmp_path / "a.gguf"
    file.write_bytes(tiny_gguf.read_bytes())
    first = local.resolve(file)
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("hashed again"))
    assert local.resolve(file) == first
    monkeypatch.undo()
    monkeypatch.setenv("MODELS_CACHE", str(cache))
    file.write_bytes(b"no longer one")
    with pytest.raises(InputError, match="not a whole GGUF file"):
        local.resolve(file)


def test_missing_gguf_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"a.gguf: no such file"):
        local.resolve(tmp_path / "a.gguf")


def test_damaged_conversion_of_a_file_is_made_again(cache, tiny_gguf):
    folder = local.resolve(tiny_gguf).folder
    (folder / "source.json").unlink()
    assert local.resolve(tiny_gguf).folder == folder
    assert (folder / "source.json").is_file()


def test_nothing_heavy_is_imported_to_resolve_a_name():
    program = "import sys; from common.models import local; print({'torch', 'transformers'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
