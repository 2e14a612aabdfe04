"""Tables of what was measured, written into README.md and docs/ between marks, as `common.readme` does.

``python -m benchmarks.tables`` rewrites them from benchmarks/results/.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common import readme, scoreboard
from common.claims import Status
from common.paths import ROOT

MEASURED = ROOT / "benchmarks" / "results"


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


def real_cells_table(file: Path = MEASURED / "real_cells.json") -> str:
    """Markdown table of benchmarks/real_cells.py: what the published cells on real models cost, and what they left."""
    columns = ("minutes", "completions", "tokens", "prompts scored", "recorded, kB", "machine")
    lines = ["| cell | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in json.loads(file.read_text()).items():
        numbers = (row["minutes"], row["completions"], row["tokens"], row["prompts_scored"], round(row["bytes"] / 1e3))
        lines.append(f"| {name} | " + " | ".join([*(f"{number:,}" for number in numbers), row["machine"]]) + " |")
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


def verdicts_table(former: bool = False, file: Path = MEASURED / "verdicts.json") -> str:
    """Markdown table of benchmarks/verdicts: how often each kind of rule errs, and what it takes to find something.

    With `former` of the intervals that the simulation did away with, else of those of now.
    """
    columns = ("false support", "false contradiction", "interval covers", "power", "n for 80%")
    lines = ["| kind: data | n | " + " | ".join(columns) + " |", "|---" * (len(columns) + 2) + "|"]
    for row in _rates(file):
        if row["kind"].startswith("former ") != former:
            continue
        at, beyond = row["boundary"], row["beyond"]
        cells = [_rate(at, "supported"), _rate(at, "contradicted"), _rate(at, "covered")]
        cells.append(", ".join(f"{one['supported']:.2f} at {one['truth']:g}" for one in beyond) or "–")
        cells.append(", ".join(f"{one['n_for_80']:,}" if one["n_for_80"] else "–" for one in beyond) or "–")
        mark = " **(!)**" if row["too_often"] else ""
        lines.append(f"| {row['kind']}: {row['shape']}{mark} | {row['n']:,} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def chance_table(file: Path = MEASURED / "verdicts.json") -> str:
    """Markdown table, a subject a column: verdicts by a rule, how many support, and how many chance would support.

    By chance as if every true value lay on the boundary of its rule: the sum of the rates of false support of the
    kinds, each the largest of its shapes.
    """
    false: dict[str, float] = {}
    for row in _rates(file):
        false[row["kind"]] = max(row["boundary"]["supported"], false.get(row["kind"], 0.0))
    found: dict[str, list[tuple[Status, float]]] = {}
    for board in scoreboard.boards():
        for stated in board.rows:
            kind = stated.claim.kind
            for one in stated.judged.values():
                if kind in false and one.published and one.published.verdict != Status.NOT_TESTABLE:
                    found.setdefault(one.cell.subject.id, []).append((one.published.verdict, false[kind]))
    lines = ["| | " + " | ".join(found) + " |", "|---" * (len(found) + 1) + "|"]
    lines.append("| verdicts by a rule | " + " | ".join(f"{len(several)}" for several in found.values()) + " |")
    supported = (sum(verdict == Status.SUPPORTED for verdict, _ in several) for several in found.values())
    lines.append("| supported | " + " | ".join(map(str, supported)) + " |")
    chance = (sum(rate for _, rate in several) for several in found.values())
    lines.append("| supported by chance | " + " | ".join(f"{expected:.1f}" for expected in chance) + " |")
    return "\n".join(lines)


def _rates(file: Path) -> list[dict[str, Any]]:
    return list(json.loads(file.read_text())) if file.is_file() else []


def _rate(at: Mapping[str, Any], name: str) -> str:
    return f"{at[name]:.3f} ± {at[f'{name}_se']:.3f}" if name in at else "–"


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


def fresh() -> dict[Path, str]:
    """Text that each page with measured tables should have. Raises as `readme.fill`."""
    blocks = {
        ROOT / "README.md": {"wall-times": wall_times_table(), "chance": chance_table()},
        ROOT / "docs" / "benchmarks.md": {
            "voting": voting_tables(),
            "hostile-answers": hostile_answers_table(),
            "engines": engines_tables(),
            "engines-real": real_engines_tables(),
            "store": store_tables(),
            "verifications": verifications_tables(),
            "prm-training": prm_training_table(),
        },
        ROOT / "docs" / "method.md": {"verdicts": verdicts_table(), "former": verdicts_table(former=True)},
        ROOT / "docs" / "models.md": {
            "cards": cards_table(),
            "layouts": layouts_table(),
            "arc-control": arc_control_table(),
            "real-cells": real_cells_table(),
        },
    }
    return {file: readme.fill(file.read_text(), found) for file, found in blocks.items()}


if __name__ == "__main__":
    sys.exit(readme.rewrite(fresh))
