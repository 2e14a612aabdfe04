import pytest

from common.errors import InputError
from common.models import registry


def test_registered_models_are_consistent():
    for entry in registry.load_registry().values():
        assert sum(part.bytes for part in entry.packages) == entry.bytes
        assert all("==" in part.requirement for part in entry.packages)
        hashes = [entry.sha256, *(part.wheel for part in entry.packages), *(part.sha256 for part in entry.packages)]
        assert all(len(bytes.fromhex(text)) == 32 for text in hashes)
        assert len(set(hashes[1:])) == 2 * len(entry.packages)


def test_only_models_under_terms_of_their_own_have_terms():
    bound = {entry.name for entry in registry.load_registry().values() if entry.terms}
    open_ = {entry.name for entry in registry.load_registry().values() if entry.licence == "Apache-2.0"}
    assert bound == {"gemma3-270m"}
    assert bound | open_ == set(registry.load_registry())


def test_unknown_name_lists_those_there_are():
    with pytest.raises(InputError, match="no model is registered as 'gpt-5': there are smollm2-135m, qwen2"):
        registry.entry("gpt-5")
