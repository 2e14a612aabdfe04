"""What a notebook leaves behind, seen from inside the notebook.

`finish` writes `results.json` last and in one step: a run with that file is complete, a run without
it is not. The runner says where through RUN_DIR; opened by hand in JupyterLab, a notebook writes to
`outputs/<paper>/<notebook>.interactive/` instead, so it never disturbs a recorded run.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from pydantic import BaseModel, ConfigDict

from common import figures, guards
from common.claims import Verdict
from common.datasets import registry
from common.errors import InputError
from common.paths import OUTPUTS


class Parameters(BaseModel):
    """Base of every notebook's parameters: no coercion, no unknown names, no change after the check."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, validate_default=True)


class Run:
    """One execution of a notebook: a folder, the parameters, and the figures so far."""

    def __init__(self, name: str, params: Mapping[str, Any]) -> None:
        self.name = name
        self.params = dict(params)
        self.folder = Path(os.environ.get("RUN_DIR") or OUTPUTS / f"{name}.interactive")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._captions: dict[str, str] = {}

    def figure(self, figure: Figure, name: str, caption: str) -> None:
        """Save a figure as SVG, PDF and PNG under `figures/`; the caption goes to the report."""
        source = f"{self.name}.ipynb, parameters {json.dumps(self.params, sort_keys=True)}"
        figures.save(figure, self.folder / "figures" / name, title=caption, source=source)
        self._captions[name] = caption
        write_whole(self.folder / "figures" / "captions.json", json.dumps(self._captions, indent=1) + "\n")

    def finish(
        self,
        verdicts: Sequence[Verdict],
        metrics: Mapping[str, Any],
        tables: Mapping[str, pd.DataFrame] | None = None,
        samples: pd.DataFrame | None = None,
        cut_off: Mapping[str, float] | None = None,
    ) -> None:
        """Write the samples, and last of all `results.json`, which also names the data used by their hashes.

        Args:
            verdicts: one a claim that this notebook judges.
            metrics: headline numbers in nested mappings, few enough for `dvc metrics show`; no timings.
            tables: everything else worth publishing, by name; a missing value is written as null.
            samples: one row an observation, for whoever wants to look again.
            cut_off: share of the sampled completions that ended at `max_tokens`, by what was sampled, in words; above
                `guards.MOST_CUT_OFF` the run warns, here, in its results and in the report.

        Raises:
            InputError: a metric is NaN or infinite; leave out what could not be measured.
        """
        warnings = guards.cut_off(cut_off or {})
        for warning in warnings:
            print(f"warning: {warning}")
        results = {
            "claims": [verdict.model_dump(mode="json") for verdict in verdicts],
            "metrics": metrics,
            "cut_off": {what: round(float(share), 4) for what, share in (cut_off or {}).items()},
            "warnings": warnings,
            "parameters": self.params,
            "data": dict(sorted(registry.used().items())),
            "tables": {name: _records(table) for name, table in (tables or {}).items()},
        }
        try:
            text = json.dumps(results, indent=1, allow_nan=False) + "\n"
        except ValueError as error:
            raise InputError(f"metrics of {self.name} hold NaN or infinity: leave out what has no value") from error
        if samples is not None:
            samples.to_parquet(self.folder / "samples.parquet", index=False)
        write_whole(self.folder / "results.json", text)


def open_run(name: str, params: Parameters | Mapping[str, Any]) -> Run:
    """Open the run of notebook `name` ("folder/notebook") with its parameters."""
    return Run(name, params.model_dump() if isinstance(params, Parameters) else params)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one, never a part."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as mappings, numbers to six decimals; through pandas' own writer, which knows its missing values."""
    records: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=6))
    return records
