from common.paths import REPLICATIONS, ROOT
from common.runs import provenance
from common.runs.provenance import code_digest, machine, relative

NOTEBOOK = REPLICATIONS / "self_assessment" / "reanalysis.ipynb"


def test_provenance_names_code_data_packages_and_machine():
    record = provenance.provenance(NOTEBOOK, {"seed": 1}, {"a": "b"}, 1.25)
    assert record["notebook"] == "replications/self_assessment/reanalysis.ipynb"
    assert record["parameters"] == {"seed": 1}
    assert record["data"] == {"a": "b"}
    assert record["packages"]["papermill"]
    assert len(record["git"]["commit"] or "0" * 40) == 40
    assert record["wall_seconds"] == 1.2


def test_the_machine_is_described():
    assert machine()["cores"] >= 1
    assert machine()["memory_gib"] > 0


def test_the_code_digest_follows_the_notebook_and_whatever_a_run_may_read(tmp_path, monkeypatch):
    for folder in ("common", "replications"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    seen = {code_digest(NOTEBOOK)}
    for file in ("common/a.py", "common/pins.yaml", "common/house.mplstyle", "replications/method.py"):
        (tmp_path / file).write_text("x")
        seen.add(code_digest(NOTEBOOK))
        (tmp_path / file).write_text("y")
        seen.add(code_digest(NOTEBOOK))
    assert len(seen) == 9


def test_paths_inside_the_repository_are_spelled_from_its_root(tmp_path):
    assert relative(ROOT / "common" / "runs") == "common/runs"
    assert relative(tmp_path) == str(tmp_path)
