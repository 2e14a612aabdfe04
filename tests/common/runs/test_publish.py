import json

import pytest

from common.errors import InputError
from common.runs import publish as module
from common.runs.publish import publish


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A finished run of replications/toy/nb.ipynb."""
    monkeypatch.setattr(module, "REPLICATIONS", tmp_path / "replications")
    (tmp_path / "replications" / "toy").mkdir(parents=True)
    folder = tmp_path / "run"
    (folder / "figures").mkdir(parents=True)
    for name in ("a.svg", "a.png", "a.pdf"):
        (folder / "figures" / name).write_text(name)
    (folder / "figures" / "captions.json").write_text('{"a": "caption"}')
    (folder / "results.json").write_text('{"metrics": 1}')
    return folder


def test_results_svgs_and_captions_are_published_and_old_figures_go(run, tmp_path):
    paper = tmp_path / "replications" / "toy"
    old = paper / "figures" / "nb" / "old.svg"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    publish(paper / "nb.ipynb", run)
    assert {p.name for p in old.parent.iterdir()} == {"a.svg", "captions.json"}
    assert json.loads((paper / "results" / "nb.json").read_text()) == {"metrics": 1}
    assert {p.name for p in paper.rglob("*.partial")} == set()


def test_a_publication_that_fails_leaves_what_was_published_before(run, tmp_path, monkeypatch):
    paper = tmp_path / "replications" / "toy"
    publish(paper / "nb.ipynb", run)
    (run / "results.json").write_text('{"metrics": 2}')
    copy = module.shutil.copy

    def full_disk(source, target):
        if source.name == "results.json":
            raise OSError(28, "No space left on device")
        return copy(source, target)

    monkeypatch.setattr(module.shutil, "copy", full_disk)
    with pytest.raises(OSError, match="No space"):
        publish(paper / "nb.ipynb", run)
    assert json.loads((paper / "results" / "nb.json").read_text()) == {"metrics": 1}
    assert (paper / "figures" / "nb" / "a.svg").is_file()
    assert not list(paper.rglob(".*"))


def test_only_replications_publish(run, tmp_path):
    with pytest.raises(InputError, match="only notebooks under replications"):
        publish(tmp_path / "notebooks" / "nb.ipynb", run)
