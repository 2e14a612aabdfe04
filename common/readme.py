"""Tables in READMEs that are written, not typed: between `<!-- begin NAME -->` and `<!-- end NAME -->`.

A replication's README holds its `claims` block, the top-level README the `scoreboard` block of all
papers and the `wall-times`, docs/benchmarks.md what benchmarks/ measured; so no number can drift from
the file it came from.
`python -m common.readme` rewrites them; with `--check` it only says which are stale (exit code 2).
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common import scoreboard, subjects
from common.datasets import registry
from common.errors import InputError
from common.files import write_whole
from common.paths import ROOT
from common.runs.provenance import relative
from common.scoreboard import Board, Row

MEASURED = ROOT / "benchmarks" / "results"


def claims_table(board: Board) -> str:
    """Markdown table of one replication: a line a claim, a column a subject (and task) of which something is published.

    Below it a line for each subject of which nothing is.
    """
    columns = board.columns
    heads = ["claim", "the paper", *(f"{subject}, {task}" for subject, task in columns)]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for row in board.rows:
        if row.claim.rule and not set(row.judged) & set(columns):
            continue
        star = "*" if row.claim.rule and row.claim.rule.primary else ""
        why = f" (needs {row.claim.needs})" if row.claim.needs else ""
        text = f"**{row.claim.id}**{star} {row.claim.text}{why}"
        cells = [text, row.claim.paper_value, *(_judged(row, column) for column in columns)]
        lines.append("| " + " | ".join(cell.replace("|", "\\|").strip() for cell in cells) + " |")
    return "\n".join([*lines, *_unpublished(board)])


def _judged(row: Row, column: tuple[str, str]) -> str:
    one = row.judged.get(column)
    if one is None or one.published is None:
        return ""
    if one.published.estimate is None:
        return one.verdict if row.claim.needs else f"{one.verdict}: {one.published.method}"
    return f"{one.verdict}: {one.estimate}, n = {one.published.n}"


def _unpublished(board: Board) -> list[str]:
    """A line for each subject without a published result: what it would judge, and how to."""
    lines = []
    cells = [cell for cell in board.cells if cell.name not in board.published]
    for subject in {cell.subject.id: cell.subject for cell in cells}.values():
        tasks = [cell.task for cell in cells if cell.subject == subject]
        claims = [r.claim.id for r in board.rows if any(one.cell.subject == subject for one in r.judged.values())]
        pinned = any(name.startswith(f"{folder}/") for folder in subject.answers for name in registry.load_registry())
        how = "" if pinned or not subject.answers else "; its answers are fetched by `make on-demand` alone"
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


def wall_times_table(file: Path = MEASURED / "wall_times.json") -> str:
    """Markdown table of the wall times of the README's commands."""
    if not file.is_file():
        return "not measured yet"
    measured = json.loads(file.read_text())
    return _table(f"step ({measured['machine']})", "seconds", measured["seconds"], "{:.0f}")


def voting_tables(file: Path = MEASURED / "voting.json") -> str:
    """Markdown tables of benchmarks/voting.py: ratios of times, errors, and peak memory."""
    measured = json.loads(file.read_text())
    errors = {name: f"{error['rms_pp']:.2f} / {error['max_pp']:.2f}" for name, error in measured["errors"].items()}
    costs = {name: f"{c['median_s'] * 1e3:,.1f} / {c['peak_mib']:.1f}" for name, c in measured["cost"].items()}
    return "\n\n".join(
        [
            _table("ratio of median times", "ratio", measured["ratios_of_median_times"], "{:,.2f}"),
            _table("error over the cells", "RMS / largest, percentage points", errors, "{}"),
            _table("cost", "median ms / peak MiB", costs, "{}"),
        ]
    )


def hostile_answers_table(file: Path = MEASURED / "hostile_answers.json") -> str:
    """Markdown table of benchmarks/hostile_answers.py: what became of hostile answer strings."""
    measured = json.loads(file.read_text())
    names = ["answers", "equivalent", "not_equivalent", "anything_executed", "time_limit_seconds", "seconds"]
    shown = {name.replace("_", " "): measured[name] for name in [*names, "slowest_seconds"]}
    shown |= {f"distinct, {name.replace('_', ' ')}": n for name, n in measured["distinct_answers_or_pairs"].items()}
    return _table("hostile answers", "", shown, "{}")


def engines_tables(file: Path = MEASURED / "engines.json") -> str:
    """Markdown tables of benchmarks/engines: ratios of times, and the times; what was not measured says why."""
    measured = json.loads(file.read_text())
    cases = {
        f"{part}: {name}": case for part in ("questions", "samples", "store") for name, case in measured[part].items()
    }
    ratios = {
        f"{name}: {pair}": f"{r['wall']:,.2f} ({r['lowest']:,.2f} to {r['highest']:,.2f}) / {r['cpu']:,.2f}"
        for name, case in cases.items()
        for pair, r in case["ratios"].items()
    }
    seconds = {
        f"{name}: {way}": f"{cost['wall_s']:,.3f} / {cost['cpu_s']:,.3f}"
        for name, case in cases.items()
        for way, cost in case.get("cost", {}).items()
    }
    rates = {
        f"{name}: {way}": rate for name, case in cases.items() for way, rate in case.get("tokens_per_s", {}).items()
    }
    return "\n\n".join(
        [
            _table("ratio of times", "wall, median (range) / CPU", ratios, "{}"),
            _table("seconds, median", "wall / CPU", seconds, "{}"),
            _table("many samples", "tokens per second", rates, "{:,.0f}"),
            _table("elsewhere", "", _vllm(measured["vllm"]) | _gpu(measured["gpu"]), "{}"),
        ]
    )


def real_engines_tables(file: Path = MEASURED / "engines_real.json") -> str:
    """Markdown tables of benchmarks/engines/real.py: ratios, rates, and where our time and memory go, by model."""
    models = json.loads(file.read_text())["models"]
    ratios, rates, ours = {}, {}, {}
    for name, parts in models.items():
        cases = {what: parts[part] for what, part in (("sampling", "samples"), ("store", "store")) if part in parts}
        cases |= {f"options after {shots}": case for shots, case in parts.get("questions", {}).items()}
        for what, case in cases.items():
            for pair, r in case["ratios"].items():
                ratios[f"{name}, {what}: {pair}"] = f"{r['wall']:,.2f} ({r['lowest']:,.2f} to {r['highest']:,.2f})"
        for way, rate in parts["samples"]["tokens_per_s"].items():
            rates[f"{name}: {way}"] = rate
        for what, value in parts["samples"]["ours"].items():
            ours[f"{name}: {what}"] = f"{value:.1%}" if what.startswith("share") else f"{value:,.2f}"
    return "\n\n".join(
        [
            _table("ratio of times", "wall, median (range)", ratios, "{}"),
            _table("sampling", "tokens per second", rates, "{:,.1f}"),
            _table("our sampling", "", ours, "{}"),
        ]
    )


def cards_table(file: Path = MEASURED / "cards.json", fetches: Path = MEASURED / "fetches.json") -> str:
    """Markdown tables of benchmarks/cards.py and benchmarks/fetches.py: what the registered models can do, and cost."""
    lines = ["| on dev questions | " + " | ".join(cards := json.loads(file.read_text())) + " |"]
    lines.append("|---" * (len(cards) + 1) + "|")
    for test in ("ARC-easy", "ARC-challenge", "MultiArith"):
        for what in next(iter(cards.values()))[test]:
            values = (card[test][what] for card in cards.values())
            lines.append(f"| {test}: {what} | " + " | ".join(map(_shown, values)) + " |")
    costs = json.loads(fetches.read_text())
    lines += ["", "| to have one | " + " | ".join(costs) + " |", "|---" * (len(costs) + 1) + "|"]
    for what in next(iter(costs.values())):
        if what != "machine":
            label = what.replace("_bytes", ", MB").replace("_s", ", seconds").replace("_", " ")
            cells = (cost[what] / 1e6 if what.endswith("_bytes") else cost[what] for cost in costs.values())
            lines.append(f"| {label} | " + " | ".join(map(_shown, cells)) + " |")
    return "\n".join(lines)


def layouts_table(file: Path = MEASURED / "layouts.json") -> str:
    """Markdown tables of benchmarks/layouts.py: the mass of the labels in every layout, and which was chosen."""
    measured = json.loads(file.read_text())
    models: dict[str, list[dict[str, Any]]] = measured["models"]
    lines = ["| mass of the labels (accuracy) | " + " | ".join(models) + " |", "|---" * (len(models) + 1) + "|"]
    for places in zip(*models.values(), strict=True):
        first = places[0]
        cells = (
            f"{row['mass']:.3f} ({row['accuracy']:.2f})" if row["accuracy"] is not None else "refused" for row in places
        )
        lines.append(f"| {first['layout']}, {first['kind']}, {first['shots']} shots | " + " | ".join(cells) + " |")
    lines += ["", "| model or family | layout | its least mass |", "|---|---|---|"]
    lines += [f"| {who} | {c['layout']} | {c['least mass']:.3f} |" for who, c in measured["chosen"].items()]
    return "\n".join(lines)


def arc_control_table(file: Path = MEASURED / "arc_control.json") -> str:
    """Markdown table of benchmarks/arc_control.py: accuracy by our engine and by lm-evaluation-harness."""
    columns = ("questions", "ours", "lm-eval", "items that differ", "published")
    lines = ["| accuracy | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, rows in json.loads(file.read_text()).items():
        for what, row in rows.items():
            shown = row | {"ours": f"{row['ours']:.4f} [{row['low']:.3f}, {row['high']:.3f}]"}
            cells = (str(shown.get(column, "–")) for column in columns)
            lines.append(f"| {name}: {what.replace('_', '-', 1)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['value']:.3f} [{value['low']:.2f}, {value['high']:.2f}]"
    if isinstance(value, float):
        return f"{value:,.3f}" if value < 1 else f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|")


def _vllm(entry: Mapping[str, Any]) -> dict[str, str]:
    if "measured" not in entry:
        here = {"VLLMEngine over vLLM": f"not measured: {entry['not measured']}"}
        return here | {f"{k}, earlier": v for k, v in _vllm(entry["earlier"]).items()} if "earlier" in entry else here
    run, where = entry["measured"], f"{entry['machine']['cpu']}, {entry['machine']['cores']} cores"
    ways = {"as in its examples": "vllm", "lean (flat log-probabilities, no text)": "lean_vllm"}
    return {
        f"VLLMEngine over vLLM {way} ({where})": f"{run[f'percent_over_{name}']:+.1f}% time a token, "
        f"{run['engine_tokens_per_s']:,.0f} and {run[f'{name}_tokens_per_s']:,.0f} tokens per second"
        for way, name in ways.items()
    }


def _gpu(entry: Mapping[str, Any]) -> dict[str, str]:
    if "not measured" in entry:
        return {"tokens per second and peak memory on a GPU": f"not measured: {entry['not measured']}"}
    return {
        f"{engine} on a GPU": f"{run['tokens_per_s']:,.0f} tokens per second, {run['peak_gib']:.1f} GiB"
        for engine, run in entry.items()
    }


def store_tables(file: Path = MEASURED / "store.json") -> str:
    """Markdown tables of benchmarks/store.py: ratios, and what each phase of each way costs."""
    measured = json.loads(file.read_text())
    phases = {
        f"{method}: {phase}": f"{cost['seconds']:,.2f} / {cost['peak_mib']:,.0f}"
        for method, several in measured["methods"].items()
        for phase, cost in several.items()
    }
    return "\n\n".join(
        [
            _table("measured", "ratio", measured["ratios"], "{:,.2f}"),
            _table("cost", "seconds / peak MiB", phases, "{}"),
            _table("size", "bytes a completion", measured["bytes_a_completion"], "{:,.0f}"),
        ]
    )


def verifications_tables(file: Path = MEASURED / "verifications.json") -> str:
    """Markdown tables of benchmarks/verifications.py: a shared prefix against one for each verification."""
    measured = json.loads(file.read_text())
    cases = {f"{size}, {v}": case for size, several in measured["sizes"].items() for v, case in several.items()}
    ratios = {
        f"{name}: {pair}": f"{r['wall']:,.2f} ({r['lowest']:,.2f} to {r['highest']:,.2f}) / {r['cpu']:,.2f}"
        for name, case in cases.items()
        for pair, r in case["ratios"].items()
    }
    rates = {
        name: f"{case['verifications_per_second']['shared']:,.1f} / {case['verifications_per_second']['alone']:,.1f}"
        for name, case in cases.items()
    }
    return "\n\n".join(
        [
            _table("ratio of times", "wall, median (range) / CPU", ratios, "{}"),
            _table("verifications per second", "shared / alone", rates, "{}"),
        ]
    )


def prm_training_table(file: Path = MEASURED / "prm_training.json") -> str:
    """Markdown table of benchmarks/prm_training.py: seconds a step beside TRL."""
    measured = json.loads(file.read_text())
    low, high = measured["trl_over_ours_range"]
    seconds = {f"seconds a step, {name.replace('_', ' ')}": v for name, v in measured["seconds_a_step"].items()}
    work = f"{measured['completions_a_step']} completions of up to {measured['tokens_a_completion']} tokens"
    return _table(
        f"{measured['model']}, {work}",
        f"median of {measured['rounds']} rounds",
        {"TRL / ours": f"{measured['trl_over_ours']:.2f} ({low:.2f} to {high:.2f})"} | seconds,
        "{}",
    )


def _table(left: str, right: str, rows: Mapping[str, Any], form: str) -> str:
    return "\n".join([f"| {left} | {right} |", "|---|---|"] + [f"| {k} | {form.format(v)} |" for k, v in rows.items()])


def fill(text: str, blocks: dict[str, str]) -> str:
    """Replace the contents of the named blocks.

    Raises:
        InputError: the text has a block that nothing fills.
    """

    def block(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in blocks:
            raise InputError(f"README block {name!r} is unknown; there are: {', '.join(blocks)}")
        return f"<!-- begin {name} -->\n{blocks[name]}\n<!-- end {name} -->"

    return re.sub(r"<!-- begin (?P<name>[\w-]+) -->.*?<!-- end (?P=name) -->", block, text, flags=re.DOTALL)


def fresh_readmes() -> dict[Path, str]:
    """Text that each README should have."""
    boards = scoreboard.boards()
    blocks = {board.name: {"claims": claims_table(board)} for board in boards}
    files = {ROOT / "replications" / name / "README.md": found for name, found in blocks.items()}
    files[ROOT / "README.md"] = {"scoreboard": scoreboard_table(boards), "wall-times": wall_times_table()}
    files[ROOT / "docs" / "benchmarks.md"] = {
        "voting": voting_tables(),
        "hostile-answers": hostile_answers_table(),
        "engines": engines_tables(),
        "engines-real": real_engines_tables(),
        "store": store_tables(),
        "verifications": verifications_tables(),
        "prm-training": prm_training_table(),
    }
    files[ROOT / "docs" / "models.md"] = {
        "cards": cards_table(),
        "layouts": layouts_table(),
        "arc-control": arc_control_table(),
    }
    return {file: fill(file.read_text(), found) for file, found in files.items()}


def main() -> int:
    """Rewrite the READMEs, or check them; a malformed claims.yaml or README is one line and exit code 2."""
    try:
        fresh = fresh_readmes()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    stale = {file: text for file, text in fresh.items() if text != file.read_text()}
    if "--check" in sys.argv[1:]:
        for file in stale:
            print(f"error: {relative(file)} is stale: run `make readme`", file=sys.stderr)
        return 2 if stale else 0
    for file, text in stale.items():
        write_whole(file, text)
        print(f"rewrote {relative(file)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
