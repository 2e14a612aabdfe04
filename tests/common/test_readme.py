import json

import pytest

from common import readme
from common.errors import InputError


def test_every_readme_is_what_the_results_say():
    stale = [str(file) for file, text in readme.fresh_readmes().items() if text != file.read_text()]
    assert not stale, "run `make readme`"


def test_blocks_are_replaced_and_the_rest_is_kept():
    text = "before\n<!-- begin a -->\nold\n<!-- end a -->\nafter"
    filled = readme.fill(text, {"a": "new"})
    assert filled == "before\n<!-- begin a -->\nnew\n<!-- end a -->\nafter"
    assert readme.fill(filled, {"a": "new"}) == filled


def test_an_unknown_block_is_refused():
    with pytest.raises(InputError, match="'b' is unknown"):
        readme.fill("<!-- begin b --><!-- end b -->", {"a": ""})


def test_wall_times_come_from_their_file(tmp_path):
    file = tmp_path / "times.json"
    file.write_text(json.dumps({"machine": "2 cores", "seconds": {"make test": 61.4}}))
    assert "| make test | 61 |" in readme.wall_times_table(file)
