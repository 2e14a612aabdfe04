import pytest
import yaml

from common import subjects
from common.datasets import registry
from common.errors import InputError
from common.paths import RESULTS, ROOT
from common.runs import cells

LINE = {"paper": "self_assessment", "experiment": "self_assessment", "subject": "lab-1.3m", "task": "lab"}
SIZES = {
    "self_assessment": {"self_assessment": {"quick": {"items": 2}}, "self_assessment_recorded": {"quick": {"seed": 3}}}
}


def load(folder, published, unpublished=None):
    file = folder / "params.yaml"
    file.write_text(yaml.safe_dump({"unpublished": unpublished or {}, "cells": published}))
    return cells.load(file)


def test_every_cell_has_valid_parameters_of_both_sizes():
    for cell in cells.load().values():
        for size in ("quick", "full"):
            given = cell.parameters(size)
            assert (given["subject"], given["task"]) == (cell.subject.id, cell.task)


def test_what_is_published_and_what_is_not_are_told_apart_in_params_yaml():
    sections = yaml.safe_load((ROOT / "params.yaml").read_text())
    for name, cell in cells.load().items():
        assert (RESULTS / cell.place / "results.json").is_file() == (name in sections["cells"]), name


def test_every_experiment_of_every_paper_has_a_cell():
    named = {(cell.paper, cell.notebook.stem) for cell in cells.load().values()}
    every = {(paper, file.stem) for paper, _ in named for file in cells.notebooks(paper)}
    assert every - named == {("p_true", "p_true_recorded")}  # it reads what a user imported, which nobody else has


def test_a_notebook_lies_in_its_papers_folder_or_in_its_experiments(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "REPLICATIONS", tmp_path)
    paper = tmp_path / "toy"
    files = [paper / "flat.ipynb", paper / "tea" / "tea.ipynb", paper / "tea" / "tea_recorded.ipynb"]
    for file in (*files, paper / ".ipynb_checkpoints" / "flat-checkpoint.ipynb"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert cells.notebooks("toy") == files
    assert [cells.find("toy", file.stem) for file in files] == files
    assert cells.find("toy", "coffee") == paper / "coffee.ipynb"
    assert {cells.folder_of(file) for file in files} == {paper}
    assert cells.folder_of(tmp_path.parent / "notebooks" / "tour.ipynb").name == "notebooks"


def test_a_section_that_is_missing_is_named(tmp_path):
    file = tmp_path / "params.yaml"
    notebook = cells.find("self_assessment", "self_assessment_recorded")
    file.write_text("self_assessment: {self_assessment_recorded: {quick: {seed: 1}}}")
    assert cells.section(notebook, "quick", file) == {"seed": 1}
    with pytest.raises(InputError, match=r"no section self_assessment\.self_assessment_recorded\.full"):
        cells.section(notebook, "full", file)


def test_recorded_subjects_have_a_notebook_of_their_own_where_there_is_one(tmp_path):
    recorded = LINE | {"subject": "chat-models", "task": "ipip-300"}
    found = load(tmp_path, {"a": LINE}, {"b": recorded})
    assert [cell.notebook.name for cell in found.values()] == [
        "self_assessment.ipynb",
        "self_assessment_recorded.ipynb",
    ]
    assert str(found["b"].place) == "self_assessment/self_assessment/chat-models/ipip-300"
    assert cells.experiment_of("self_assessment_recorded") == "self_assessment"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"paper": "nobody"}, "no paper 'nobody': there are genrm_vs_sc, p_true"),
        ({"experiment": "tea"}, "self_assessment has no experiment 'tea': self_assessment"),
        ({"subject": "lab-9m"}, "no subject 'lab-9m': there are lab-0.05m, "),
        ({"task": "chess"}, "self_assessment.ipynb: task: String should match pattern"),
        ({"subject": "chat-models"}, "task: String should match pattern"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"task": 3}, "task: Input should be a valid string"),
    ],
)
def test_a_line_that_names_what_there_is_not_is_refused_in_one_line(tmp_path, change, message):
    with pytest.raises(InputError) as refused:
        load(tmp_path, {"a": LINE | change})
    assert str(refused.value).startswith("params.yaml: cell a: ")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_two_lines_of_one_cell_are_refused(tmp_path):
    with pytest.raises(InputError, match="cells a and b are one and the same"):
        load(tmp_path, {"a": LINE}, {"b": LINE})


def test_the_first_result_moves_a_line_to_the_published_cells(tmp_path):
    file = tmp_path / "params.yaml"
    other = LINE | {"subject": "lab-0.15m"}
    file.write_text(
        f"# sizes\nunpublished:\n  a: {yaml.safe_dump(LINE, default_flow_style=True)}"
        f"  b: {yaml.safe_dump(other, default_flow_style=True)}cells:\n"
    )
    found = cells.load(file)
    cells.enter(found["a"], file)
    cells.enter(found["a"], file)  # a second result moves nothing
    sections = yaml.safe_load(file.read_text())
    assert sections == {"unpublished": {"b": other}, "cells": {"a": LINE}}
    assert file.read_text().startswith("# sizes\n")


def test_data_that_are_not_here_or_not_as_pinned_are_named(tmp_path, monkeypatch):
    pin = registry.Entry("toys/a.json", "", "0" * 64, 3, 1, "none")
    monkeypatch.setattr(registry, "load_registry", lambda: {pin.path: pin})
    monkeypatch.setattr(cells, "DATA", tmp_path)
    monkeypatch.setattr(registry, "first_uses", dict)
    subject = subjects.Subject(id="x", route="recorded", answers=("toys", "asked_for"))
    cell = cells.Cell("c", "toy", "nb", subject, "t")
    expected = ["toys/a.json", "asked_for: fetched by `make on-demand` alone"]
    assert cell.missing == expected
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys" / "a.json").write_text("xyz")  # not as pinned
    assert cell.missing == expected
    assert cells.Cell("c", "toy", "nb", subjects.find("lab-1.3m"), "t").missing == []


def test_answers_of_ones_own_are_here_where_their_folder_is(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "ROOT", tmp_path)
    subject = subjects.Subject(id="mine", route="recorded", answers=("answers/mine",))
    assert cells.Cell("c", "toy", "nb", subject, "t").missing == [
        "answers/mine: import it by `python -m common.subjects import`"
    ]
    (tmp_path / "answers" / "mine").mkdir(parents=True)
    assert cells.Cell("c", "toy", "nb", subject, "t").missing == []
