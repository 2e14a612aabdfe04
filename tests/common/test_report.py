import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from common import report, scoreboard
from common.errors import InputError
from common.paths import ROOT


@pytest.fixture(scope="module")
def page():
    return report.render(scoreboard.boards())


def test_every_published_claim_is_on_the_page(page):
    for board in scoreboard.boards():
        assert board.name in page
        for row in board.rows:
            assert f"<b>{row.claim.id}</b>" in page


def test_the_matrix_of_papers_and_subjects_comes_first(page):
    matrix = page[: page.index("<h2")]
    for board in scoreboard.boards():
        assert f'<a href="#{board.name}">' in matrix
        for subject, _ in board.columns:
            assert f"<th>{subject}<br>" in matrix
    assert re.search(r"\d+ supported", matrix)


def test_the_page_is_self_contained(page):
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    outside = [s for s in sources if not s.startswith(("data:", "../", "#", "https://"))]
    assert not outside
    assert not re.findall(r'(?:src="https?:|<script|<link)', page)


def test_the_page_is_well_formed(page):
    class Checker(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open = []

        def handle_starttag(self, tag, attributes):
            if tag not in ("meta", "img", "br"):
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    checker = Checker()
    checker.feed(page)
    assert not checker.open


def test_text_from_outside_is_escaped():
    board = scoreboard.boards()[0]
    claim = board.rows[0].claim.model_copy(update={"text": "<script>alert(1)</script>"})
    row = scoreboard.Row(claim, board.rows[0].judged)
    hostile = scoreboard.Board(board.name, board.paper, [row], [], {}, {})
    assert "<script>" not in report.render([hostile])


def test_a_malformed_claims_file_is_one_line(monkeypatch, capsys):
    def malformed():
        raise InputError("claims.yaml: paper: Field required")

    monkeypatch.setattr(scoreboard, "boards", malformed)
    assert report.main() == 2
    assert capsys.readouterr().err == "error: claims.yaml: paper: Field required\n"


def test_the_command_writes_the_page(tmp_path):
    command = [sys.executable, "-m", "common.report"]
    done = subprocess.run(
        command, cwd=ROOT, env={"OUTPUTS_DIR": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "report" / "index.html").read_text()
    assert "no quick run on this machine" in text
