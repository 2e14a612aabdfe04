import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from common.runs.normalise import finish_notebook, normalise


def stamped(when):
    cell = new_code_cell("1", execution_count=1, outputs=[new_output("stream", text=f"<script>{1}</script>\n")])
    cell.metadata.update(papermill={"start_time": when}, execution={"iopub.status.busy": when}, tags=["keep"])
    return new_notebook(cells=[cell, new_markdown_cell("text")], metadata={"papermill": {"end_time": when}})


def test_time_stamps_and_random_ids_go_and_the_rest_stays():
    notebook = normalise(stamped("now"))
    assert notebook.metadata == {}
    assert notebook.cells[0].metadata == {"tags": ["keep"]}
    assert [cell["id"] for cell in notebook.cells] == ["cell-0", "cell-1"]
    assert notebook.cells[0].outputs[0].text == "<script>1</script>\n"


def test_runs_at_other_times_give_the_same_notebook_and_page(tmp_path):
    written = []
    for when in ("yesterday", "today"):
        path = tmp_path / f"{when}.ipynb"
        nbformat.write(stamped(when), path)
        finish_notebook(path, title="t")
        written.append((path.read_bytes(), path.with_suffix(".html").read_bytes()))
    assert written[0] == written[1]


def test_output_text_is_escaped_on_the_page(tmp_path):
    path = tmp_path / "nb.ipynb"
    nbformat.write(stamped("now"), path)
    finish_notebook(path, title="t")
    assert "&lt;script&gt;1&lt;/script&gt;" in path.with_suffix(".html").read_text()
