"""Tables in READMEs that are written, not typed: between `<!-- begin NAME -->` and `<!-- end NAME -->`.

A replication's README holds its `claims` block, the top-level README the `scoreboard` block of all papers; so no number
can drift from the file it came from. `python -m common.readme` rewrites them; what benchmarks/ measured is written by
`python -m benchmarks.tables` in the same way.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from common import scoreboard, subjects
from common.datasets import registry
from common.errors import InputError
from common.files import write_whole
from common.paths import ANSWERS, ROOT
from common.runs.provenance import relative
from common.scoreboard import Board, Row


def claims_table(board: Board) -> str:
    """Markdown tables of one replication, one an experiment: a line a claim, a column a subject (and task) of which
    something is published.

    Why claims are not testable stands below each, and last a line for each subject of which nothing is published.
    """
    experiments = list(dict.fromkeys(row.claim.experiment for row in board.rows))
    parts: list[str] = []
    for experiment in experiments:
        heading = [f"**{experiment}**", ""] if len(experiments) > 1 else []
        parts += [*heading, *_experiment(board, experiment), ""]
    return "\n".join([*parts[:-1], *_unpublished(board)])


def _experiment(board: Board, experiment: str) -> list[str]:
    """One table, and the reasons that it names by number."""
    here = {scoreboard.column(cell) for cell in board.cells if cell.experiment == experiment}
    columns = [column for column in board.columns if column in here]
    heads = ["claim", "the paper", *(f"{subject}, {task}" for subject, task in columns)]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    reasons: dict[str, int] = {}
    for row in board.rows:
        if row.claim.experiment != experiment or (row.claim.rule and not set(row.judged) & set(columns)):
            continue
        star = "*" if row.claim.rule and row.claim.rule.primary else ""
        why = f" (needs {row.claim.needs})" if row.claim.needs else ""
        text = f"**{row.claim.id}**{star} {row.claim.text}{why}"
        cells = [text, row.claim.paper_value, *(_judged(row, column, reasons) for column in columns)]
        lines.append("| " + " | ".join(cell.replace("|", "\\|").strip() for cell in cells) + " |")
    return [*lines, *(f"\n({number}) {reason}" for reason, number in reasons.items())]


def _judged(row: Row, column: tuple[str, str], reasons: dict[str, int]) -> str:
    one = row.judged.get(column)
    if one is None or one.published is None:
        return ""
    if one.published.estimate is None:
        if row.claim.needs:
            return one.verdict
        return f"{one.verdict} ({reasons.setdefault(one.published.method, len(reasons) + 1)})"
    return f"{one.verdict}: {one.estimate}, n = {one.published.n}"


def _unpublished(board: Board) -> list[str]:
    """A line for each subject without a published result: what it would judge, and how to."""
    lines = []
    cells = [cell for cell in board.cells if cell.name not in board.published]
    for subject in {cell.subject.id: cell.subject for cell in cells}.values():
        tasks = [cell.task for cell in cells if cell.subject == subject]
        claims = [r.claim.id for r in board.rows if any(one.cell.subject == subject for one in r.judged.values())]
        given = [folder for folder in subject.answers if not folder.startswith(f"{ANSWERS.name}/")]
        pinned = any(name.startswith(f"{folder}/") for folder in given for name in registry.load_registry())
        how = "" if pinned or not given else "; its answers are fetched by `make on-demand` alone"
        lines.append(
            f"\nOn **{subject.id}** ({subject.about or subject.model}; {', '.join(tasks)}) nothing is published{how}. "
            f"It would judge: {', '.join(claims)}."
        )
    return lines


def scoreboard_table(boards: list[Board]) -> str:
    """Markdown table of papers and subjects: how many claims got which verdict."""
    published = {subject for board in boards for subject, _ in board.columns}
    columns = [name for name in subjects.listed() if name in published]
    lines = ["| paper | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for board in boards:
        counts = [scoreboard.counts(board.verdicts(subject)) for subject in columns]
        link = f"[{board.paper.title}](replications/{board.name}/README.md)"
        cells = [" / ".join(map(str, each)) if any(each) else "" for each in counts]
        lines.append(f"| {link} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def fill(text: str, blocks: Mapping[str, str]) -> str:
    """The text with the contents of these blocks replaced; others stay.

    Raises:
        InputError: the text lacks one of the blocks.
    """
    for name, content in blocks.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        before, begun, rest = text.partition(begin)
        _, ended, after = rest.partition(end)
        if not (begun and ended):
            raise InputError(f"no block {begin} ... {end} to fill")
        text = f"{before}{begin}\n{content}\n{end}{after}"
    return text


def fresh() -> dict[Path, str]:
    """Text that each README should have.

    Raises:
        InputError: a malformed claims.yaml, params.yaml or README.
    """
    boards = scoreboard.boards()
    blocks = {ROOT / "replications" / one.name / "README.md": {"claims": claims_table(one)} for one in boards}
    blocks[ROOT / "README.md"] = {"scoreboard": scoreboard_table(boards)}
    return {file: fill(file.read_text(), found) for file, found in blocks.items()}


def rewrite(fresh: Callable[[], Mapping[Path, str]]) -> int:
    """Write what is stale of the texts that `fresh` gives; bad input is one line and exit code 2."""
    try:
        texts = fresh()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for file, text in texts.items():
        if text != file.read_text():
            write_whole(file, text)
            print(f"rewrote {relative(file)}")
    return 0


if __name__ == "__main__":
    sys.exit(rewrite(fresh))
