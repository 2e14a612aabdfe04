import pytest

from benchmarks.verdicts import code


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """a imports b, b imports from the package c, whose module c.d imports a back; e is on its own."""
    sources = {
        "a.py": "import numpy\nimport b\n",
        "b.py": "from c import d\n",
        "c/__init__.py": "",
        "c/d.py": "import a\n",
        "e.py": "x = 1\n",
    }
    for name, source in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    monkeypatch.setattr(code, "ROOT", tmp_path)
    code.digest.cache_clear()
    yield tmp_path
    code.digest.cache_clear()


@pytest.mark.parametrize("file", ["a.py", "b.py", "c/__init__.py", "c/d.py"])
def test_a_change_of_anything_imported_changes_the_digest(repository, file):
    before = code.digest("a")
    (repository / file).write_text((repository / file).read_text() + "# changed\n")
    code.digest.cache_clear()
    assert code.digest("a") != before


def test_what_is_not_imported_does_not_count(repository):
    before = code.digest("a")
    (repository / "e.py").write_text("x = 2\n")
    code.digest.cache_clear()
    assert code.digest("a") == before
    assert code.digest("e") != before
