from common.paths import REPLICATIONS, ROOT
from common.runs import cells, provenance
from common.runs.provenance import code_digest, machine, relative

NOTEBOOK = REPLICATIONS / "self_assessment" / "self_assessment_recorded.ipynb"


def test_provenance_names_code_data_packages_and_machine():
    record = provenance.provenance(NOTEBOOK, {"seed": 1}, {"a": "b"}, 1.25)
    assert record["notebook"] == "replications/self_assessment/self_assessment_recorded.ipynb"
    assert record["parameters"] == {"seed": 1}
    assert record["data"] == {"a": "b"}
    assert record["packages"]["papermill"]
    assert len(record["git"]["commit"] or "0" * 40) == 40
    assert record["wall_seconds"] == 1.2


def test_the_machine_is_described():
    assert machine()["cores"] >= 1
    assert machine()["memory_gib"] > 0


def test_the_code_digest_follows_the_notebook_and_whatever_a_run_may_read(tmp_path, monkeypatch):
    paper = tmp_path / "replications" / "toy"
    for folder in (tmp_path / "common", paper, paper.with_name("other"), tmp_path / "models" / "lab-x"):
        folder.mkdir(parents=True)
    notebook = paper / "experiment" / "nb.ipynb"
    notebook.parent.mkdir()
    notebook.write_bytes(NOTEBOOK.read_bytes())
    (tmp_path / "subjects.yaml").write_text("")
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    for module in (cells, provenance):
        monkeypatch.setattr(module, "REPLICATIONS", tmp_path / "replications")
    seen = {code_digest(notebook)}
    files = ["common/a.py", "common/pins.yaml", "common/house.mplstyle", "replications/toy/method.py", "subjects.yaml"]
    files += ["replications/toy/trained.parquet", "models/lab-x/training.json"]
    for file in files:
        for text in ("x", "y"):
            (tmp_path / file).write_text(text)
            seen.add(code_digest(notebook))
    assert len(seen) == 1 + 2 * len(files)
    for file in ("replications/other/method.py", "replications/toy/README.md"):
        (tmp_path / file).write_text("x")
        assert code_digest(notebook) in seen


def test_paths_inside_the_repository_are_spelled_from_its_root(tmp_path):
    assert relative(ROOT / "common" / "runs") == "common/runs"
    assert relative(tmp_path) == str(tmp_path)
