import json

import pytest
import yaml

from common import readme, scoreboard, subjects
from common.claims import Verdict
from common.errors import InputError
from common.paths import REPLICATIONS, RESULTS, ROOT
from common.runs.cells import Cell

PAPER = {"title": "T <b>", "authors": "A", "year": 2024, "venue": "V", "url": "https://example.org"}
LAB, OTHER, RECORDED = (subjects.find(name) for name in ("lab-1.3m", "lab-0.15m", "chat-models"))


def stated(name, **extra):
    base = {"id": name, "text": "t", "where": "w", "paper_value": "v", "experiment": "nb"}
    return base | ({"rule": {"estimand": "e", "direction": "greater", "margin": 0.5}} | extra)


def found(name, verdict, estimate=0.7, low=0.6, high=0.8, subject=LAB, task="task"):
    judged = {"id": name, "subject": subject.id, "task": task, "route": subject.route, "verdict": verdict}
    return judged | {"estimate": estimate, "low": low, "high": high, "n": 9, "method": "m", "rule": "a" * 12}


class Paper:
    """A made-up replication: three claims, the last only for recorded subjects, and cells of three subjects."""

    def __init__(self, folder, monkeypatch):
        self.replications, self.results, self.outputs = (folder / name for name in ("replications", "results", "out"))
        (self.replications / "toy").mkdir(parents=True)
        monkeypatch.setattr(scoreboard, "RESULTS", self.results)
        monkeypatch.setattr(scoreboard, "OUTPUTS", self.outputs)
        self.state(stated("a"), stated("b"), stated("c", only=["recorded"]))
        self.cells = [
            Cell(f"toy-{one.id}", "toy", "nb", one, task)
            for one, task in ((LAB, "task"), (OTHER, "task"), (RECORDED, "other"))
        ]

    def state(self, *claims):
        text = yaml.dump({"paper": PAPER, "claims": list(claims)})
        (self.replications / "toy" / "claims.yaml").write_text(text)

    def write(self, top, subject, *verdicts, task="task"):
        folder = top / "toy" / "nb" / subject.id / task
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"claims": list(verdicts), "metrics": {}, "parameters": {"seed": 0}})
        (folder / "results.json").write_text(text)

    def publish(self, subject, *verdicts, task="task"):
        self.write(self.results, subject, *verdicts, task=task)

    def run(self, subject, *verdicts, task="task"):
        self.write(self.outputs, subject, *verdicts, task=task)

    @property
    def board(self):
        return scoreboard.boards(self.replications, self.cells)[0]

    def judged(self, claim, subject=LAB, task="task"):
        (row,) = [row for row in self.board.rows if row.claim.id == claim]
        return row.judged[subject.id, task]


@pytest.fixture
def paper(tmp_path, monkeypatch):
    return Paper(tmp_path, monkeypatch)


def test_a_quick_run_agrees_or_differs(paper):
    paper.publish(LAB, found("a", "supported"), found("b", "supported"))
    paper.run(LAB, found("a", "supported"), found("b", "inconclusive", 0.5, 0.2, 0.8))
    assert paper.judged("a").quick == "agrees"
    assert paper.judged("b").quick == "differs: inconclusive, 0.5 [0.2, 0.8]"


def test_without_results_nothing_passes_for_a_result(paper):
    assert {one.verdict for row in paper.board.rows for one in row.judged.values()} == {"not run"}
    assert paper.judged("a").quick == "not run"
    assert paper.judged("a").estimate == "–"
    assert paper.board.columns == []


def test_what_is_only_run_quickly_shows_the_quick_verdict(paper):
    paper.run(LAB, found("a", "supported"))
    assert paper.judged("a").verdict == "not run"
    assert paper.judged("a").quick == "supported, 0.7 [0.6, 0.8]"


def test_one_claim_is_judged_on_each_subject_apart(paper):
    paper.publish(LAB, found("a", "supported"), found("b", "supported"))
    paper.publish(OTHER, found("a", "contradicted", 0.1, 0.05, 0.2, OTHER), found("b", "supported", subject=OTHER))
    verdicts = [found(name, "inconclusive", subject=RECORDED, task="other") for name in "abc"]
    paper.publish(RECORDED, *verdicts, task="other")
    board = paper.board
    assert board.columns == [("lab-1.3m", "task"), ("lab-0.15m", "task"), ("chat-models", "other")]
    (row,) = [row for row in board.rows if row.claim.id == "a"]
    assert [one.verdict for one in row.judged.values()] == ["supported", "contradicted", "inconclusive"]
    assert scoreboard.counts(board.verdicts("lab-0.15m")) == [1, 1, 0, 0]
    assert list(board.rows[2].judged) == [("chat-models", "other")]
    table = readme.claims_table(board)
    assert "| claim | the paper | lab-1.3m, task | lab-0.15m, task | chat-models, other |" in table
    same = "0.7 [0.6, 0.8], n = 9"
    assert f"| **a** t | v | supported: {same} | contradicted: 0.1 [0.05, 0.2], n = 9 | inconclusive: {same} |" in table
    assert f"| **c** t | v |  |  | inconclusive: {same} |" in table
    assert "nothing is published" not in table
    matrix = readme.scoreboard_table([board])
    assert "| paper | lab-0.15m | lab-1.3m | chat-models |" in matrix
    assert matrix.endswith("| 1 / 1 / 0 / 0 | 2 / 0 / 0 / 0 | 0 / 0 / 3 / 0 |")


def test_a_subject_without_results_is_a_line_and_not_a_column(paper):
    paper.publish(LAB, found("a", "supported"), found("b", "not testable here", None, None, None))
    table = readme.claims_table(paper.board)
    assert "| **b** t | v | not testable here (1) |\n\n(1) m\n" in table
    assert "**c**" not in table
    assert "On **lab-0.15m** (models/lab-0.15m; task) nothing is published. It would judge: a, b." in table
    assert "On **chat-models** (ChatGPT" in table


def test_what_needs_something_else_says_so(paper):
    needy = stated("d") | {"needs": "people"}
    del needy["rule"]
    paper.state(stated("a"), needy)
    paper.publish(LAB, found("a", "supported"), found("d", "not testable here", None, None, None) | {"rule": None})
    assert "| **d** t (needs people) | v | not testable here |" in readme.claims_table(paper.board)
    assert paper.judged("d").quick == "–"


def test_two_results_for_one_claim_subject_and_task_are_refused(paper):
    paper.publish(LAB, found("a", "supported"))
    paper.publish(OTHER, found("a", "contradicted"))  # speaks of another subject than its folder
    with pytest.raises(InputError) as refused:
        paper.board  # noqa: B018
    said = "two results for claim a on lab-1.3m, task: in the cells toy-lab-1.3m and toy-lab-0.15m; remove one"
    assert str(refused.value) == said


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
        for one in row.judged.values():
            if one.published and one.published.rule and row.claim.rule:
                allowed = {row.claim.rule.sha, *(sha for change in row.claim.changes for sha in change.was)}
                assert one.published.rule in allowed, f"{row.claim.id}: rule changed after its result; add a dated note"


def test_published_results_answer_every_claim_of_their_cell_and_lie_in_its_folder():
    for board in scoreboard.boards():
        for row in board.rows:
            for one in row.judged.values():
                if one.cell.name in board.published:
                    assert one.published is not None, f"{board.name}: {row.claim.id} has no verdict of {one.cell.name}"
        for cell in board.cells:
            for claim in board.published.get(cell.name, {"claims": []})["claims"]:
                assert (claim["subject"], claim["task"]) == scoreboard.column(cell)


def test_every_published_result_is_a_cells():
    published = {file.parent for file in RESULTS.rglob("results.json")}
    assert published == {RESULTS / cell.place for board in scoreboard.boards() for cell in board.cells} & published
    assert len(published) >= 8


def test_published_figures_are_those_with_captions():
    indices = list(ROOT.glob("results/**/captions.json"))
    assert len(indices) >= 8
    for index in indices:
        assert {p.stem for p in index.parent.glob("*.svg")} == set(json.loads(index.read_text()))


def test_a_table_an_experiment_with_its_own_columns_and_why_claims_are_not_testable_below(paper):
    paper.state(stated("a"), stated("b"), stated("d", experiment="other"))
    paper.cells.append(Cell("toy-other", "toy", "other", OTHER, "else"))
    nothing = {"estimate": None, "low": None, "high": None}
    paper.publish(LAB, found("a", "not testable here", **nothing), found("b", "not testable here", **nothing))
    folder = paper.results / "toy" / "other" / OTHER.id / "else"
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(
        json.dumps({"claims": [found("d", "supported", subject=OTHER, task="else")], "metrics": {}, "parameters": {}})
    )
    first, second = readme.claims_table(paper.board).split("**other**")
    assert first.startswith("**nb**\n\n| claim | the paper | lab-1.3m, task |\n")
    assert first.count("| not testable here (1) |") == 2
    assert first.rstrip().endswith("(1) m")
    assert second.startswith("\n\n| claim | the paper | lab-0.15m, else |\n")
    assert "**d** t | v | supported: 0.7 [0.6, 0.8], n = 9 |" in second
