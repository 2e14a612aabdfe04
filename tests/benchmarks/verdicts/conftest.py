import pytest

from benchmarks.verdicts import worlds
from tests.benchmarks.verdicts import known


@pytest.fixture(scope="module")
def known_worlds():
    """Worlds whose rates are known in place of the real ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worlds, "MODULES", (known,))
        worlds.every.cache_clear()
        yield known.WORLDS
    worlds.every.cache_clear()
