import matplotlib.pyplot as plt
import pytest

from common import figures


@pytest.fixture(autouse=True)
def _clean_style():
    with plt.rc_context():
        yield
    plt.close("all")


def draw(folder):
    figures.house_style()
    figure, ax = plt.subplots()
    ax.plot([1, 2, 3], label="a")
    figures.save(figure, folder / "line", title="A line", source="test.ipynb")
    plt.close(figure)


def test_the_same_figure_gives_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    draw(tmp_path / "a")
    draw(tmp_path / "b")
    for suffix in ("svg", "pdf", "png"):
        first, second = (tmp_path / folder / f"line.{suffix}" for folder in "ab")
        assert first.read_bytes() == second.read_bytes()


def test_figures_carry_title_and_source_and_no_date(tmp_path):
    draw(tmp_path)
    svg = (tmp_path / "line.svg").read_text()
    assert "A line" in svg
    assert "test.ipynb" in svg
    assert "<dc:date>" not in svg


def test_house_colours_are_the_palette():
    figures.house_style()
    assert [f"#{c.lstrip('#')}" for c in plt.rcParams["axes.prop_cycle"].by_key()["color"]] == figures.PALETTE
