import json

import pytest
import yaml

from common import scoreboard
from common.claims import Verdict
from common.paths import REPLICATIONS, ROOT

PAPER = {"title": "T <b>", "authors": "A", "year": 2024, "venue": "V", "url": "https://example.org"}


def stated(name, **extra):
    base = {"id": name, "text": "t", "where": "w", "paper_value": "v", "notebook": "nb", "route": "lab"}
    return base | ({"rule": {"estimand": "e", "direction": "greater", "margin": 0.5}} | extra)


def found(name, verdict, estimate=0.7, low=0.6, high=0.8):
    return {"id": name, "route": "lab", "verdict": verdict, "estimate": estimate, "low": low, "high": high} | {
        "n": 9,
        "method": "m",
    }


@pytest.fixture
def paper(tmp_path, monkeypatch):
    """A made-up replication with three claims, published and quick results."""
    folder = tmp_path / "replications" / "toy"
    (folder / "results").mkdir(parents=True)
    untestable = stated("c") | {"needs": "people"}
    del untestable["rule"]
    (folder / "claims.yaml").write_text(yaml.dump({"paper": PAPER, "claims": [stated("a"), stated("b"), untestable]}))
    outputs = tmp_path / "outputs"
    monkeypatch.setattr(scoreboard, "OUTPUTS", outputs)

    def write(where, *verdicts):
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(json.dumps({"claims": list(verdicts), "metrics": {}, "parameters": {"seed": 0}}))

    write.published = folder / "results" / "nb.json"
    write.quick = outputs / "toy" / "nb" / "results.json"
    write.replications = tmp_path / "replications"
    return write


def rows(paper):
    return {row.claim.id: row for row in scoreboard.boards(paper.replications)[0].rows}


def test_a_quick_run_agrees_or_differs(paper):
    paper(paper.published, found("a", "supported"), found("b", "supported"))
    paper(paper.quick, found("a", "supported"), found("b", "inconclusive", 0.5, 0.2, 0.8))
    assert rows(paper)["a"].quick == "agrees"
    assert rows(paper)["b"].quick == "differs: inconclusive, 0.5 [0.2, 0.8]"
    assert rows(paper)["c"].verdict == "not testable here"


def test_without_results_nothing_passes_for_a_result(paper):
    assert {row.verdict for row in rows(paper).values()} == {"not run", "not testable here"}
    assert rows(paper)["a"].quick == "not run"
    assert rows(paper)["a"].estimate == "–"


def test_what_is_only_run_quickly_shows_the_quick_verdict(paper):
    paper(paper.quick, found("a", "supported"))
    assert rows(paper)["a"].verdict == "not run"
    assert rows(paper)["a"].quick == "supported, 0.7 [0.6, 0.8]"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(0.6, 0.8, "0.7 [0.6, 0.8]"), (0.7, 0.7, "0.7"), (0.6, None, "0.7 [0.6, ∞]"), (None, 0.8, "0.7 [−∞, 0.8]")],
)
def test_intervals_as_text(low, high, text):
    assert scoreboard.interval_text(Verdict.model_validate(found("a", "supported", 0.7, low, high))) == text


@pytest.mark.parametrize("file", sorted(REPLICATIONS.glob("*/claims.yaml")), ids=lambda p: p.parent.name)
def test_no_rule_changed_after_its_published_result_without_a_note(file):
    board = next(b for b in scoreboard.boards() if b.name == file.parent.name)
    for row in board.rows:
        if row.published is None or row.claim.rule is None:
            continue
        allowed = {row.claim.rule.sha, *(change.was for change in row.claim.changes)}
        assert row.published.rule in allowed, f"{row.claim.id}: rule changed after its result; add a dated note"


def test_published_results_answer_every_claim_of_their_notebook():
    for board in scoreboard.boards():
        for row in board.rows:
            if row.claim.notebook in board.published:
                assert row.published is not None, f"{board.name}: {row.claim.id} has no published verdict"


def test_published_figures_are_those_with_captions():
    for index in ROOT.glob("replications/*/figures/*/captions.json"):
        assert {p.stem for p in index.parent.glob("*.svg")} == set(json.loads(index.read_text()))
