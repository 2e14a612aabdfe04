"""Every paper has the same rooms, so that a reader finds a procedure and a statistic where the last paper had them."""

import re
from pathlib import Path

import pytest
import yaml

from common.paths import REPLICATIONS

PAPERS = sorted(path.parent for path in REPLICATIONS.glob("*/claims.yaml"))
GENERATED = re.compile(r"<!-- begin .*?<!-- end [^\n]*\n?", re.DOTALL)

every_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)


@every_paper
def test_a_paper_says_what_it_claims_and_what_was_known(paper):
    for name in ("claims.yaml", "registration.md", "README.md"):
        assert (paper / name).is_file(), name
    registration = (paper / "registration.md").read_text()
    assert [line for line in registration.splitlines() if line.startswith("## ")] == [
        "## What was known",
        "## Terms",
        "## Amendments",
    ]


@every_paper
def test_claims_start_with_data(paper):
    text = (paper / "claims.yaml").read_text()
    head = next(at for at, line in enumerate(text.splitlines()) if not line.startswith("#"))
    assert head <= 3
    assert list(yaml.safe_load(text)) == ["paper", "claims"]


@every_paper
def test_a_readme_is_short_and_leads_to_the_registration(paper):
    for file in paper.rglob("README.md"):
        assert len(GENERATED.sub("", file.read_text()).splitlines()) <= 120, file
    assert "(registration.md)" in (paper / "README.md").read_text()


@every_paper
@pytest.mark.parametrize("room", ["params.py", "estimates.py"])
def test_parameters_and_estimates_have_a_room(paper, room):
    assert list(paper.rglob(room)), (
        f"{paper.name} has no {room}, neither beside its notebooks nor in a folder an experiment"
    )


@every_paper
def test_a_paper_names_a_positive_and_a_negative_control(paper):
    tests = (Path(__file__).parent / paper.name / "test_controls.py").read_text()
    assert "def test_positive_control_" in tests
    assert "def test_negative_control_" in tests
    assert "**Controls**" in (paper / "README.md").read_text()
