import pytest

from common import readme
from common.errors import InputError


def test_every_readme_is_what_the_results_say():
    stale = [str(file) for file, text in readme.fresh().items() if text != file.read_text()]
    assert not stale, "run `make readme`"


def test_blocks_are_replaced_and_the_rest_is_kept():
    text = "before\n<!-- begin a -->\nold\n<!-- end a -->\nafter\n<!-- begin b -->\nother\n<!-- end b -->"
    filled = readme.fill(text, {"a": r"new \1"})
    assert filled == text.replace("old", r"new \1")
    assert readme.fill(filled, {"a": r"new \1"}) == filled


@pytest.mark.parametrize("text", ["", "<!-- begin a -->", "<!-- end a --><!-- begin a -->"])
def test_a_block_that_is_not_there_is_refused(text):
    with pytest.raises(InputError, match="no block <!-- begin a"):
        readme.fill(text, {"a": ""})


def test_what_is_stale_is_written_and_bad_input_is_one_line(tmp_path, capsys):
    file = tmp_path / "README.md"
    file.write_text("old")
    assert readme.rewrite(lambda: {file: "new"}) == 0
    assert file.read_text() == "new"
    assert "rewrote" in capsys.readouterr().out

    def malformed():
        raise InputError("claims.yaml: paper: Field required")

    assert readme.rewrite(malformed) == 2
    assert capsys.readouterr().err == "error: claims.yaml: paper: Field required\n"
