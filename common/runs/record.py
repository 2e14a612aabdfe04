"""What a notebook leaves behind, seen from inside the notebook.

`finish` writes `results.json` last and in one step: a run with that file is complete, a run without
it is not. The runner says where through RUN_DIR; opened by hand in JupyterLab, a notebook writes to
`outputs/<paper>/<notebook>.interactive/` instead, so it never disturbs a recorded run.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

from common import claims, figures, guards, recordings, subjects
from common.claims import Verdict
from common.datasets import registry
from common.errors import InputError
from common.files import write_whole
from common.paths import OUTPUTS, RECORDINGS, ROOT
from common.runs import cells, parameters
from common.runs.parameters import Parameters
from common.stats.estimates import Found
from common.subjects import Subject

if TYPE_CHECKING:
    from common.engines import Engine
    from common.recordings.store import RecordedStore


class Run:
    """One execution of a notebook: a folder, its parameters and the subject they name, and what it found so far."""

    def __init__(self, name: str, params: Parameters) -> None:
        self.name = name
        self.params: Any = params
        """The checked parameters, of the notebook's own class."""
        self._given = params.model_dump()
        self.verdicts: list[Verdict] = []
        self.folder = Path(os.environ.get("RUN_DIR") or OUTPUTS / f"{name}.interactive")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._captions: dict[str, str] = {}
        self._recorded: list[RecordedStore] = []

    @property
    def subject(self) -> Subject:
        """What the run is about. Raises as `subjects.find`."""
        return subjects.find(self._given["subject"])

    def engine(self, name: str = "", engine: str = "auto") -> "Engine":
        """The engine of the run's subject, or of another model by its name; a recording answers where there is one.

        Args:
            name: of a subject, as `subjects.find` takes it.
            engine: as `load_engine` takes it.

        Raises:
            InputError: as `recordings.open_engine`.
        """
        from common.recordings.engines import RecordedEngine, open_engine  # heavy, and not every run asks

        asked = subjects.find(name) if name else self.subject
        opened = open_engine(
            asked, recordings.folder_of(asked, self._paper, self._experiment, self._given["task"]), engine
        )
        if isinstance(opened, RecordedEngine):
            self._recorded.append(opened.recorded)
        return opened

    def judge(self, found: Mapping[str, Found]) -> pd.DataFrame:
        """Judge the claims that the experiment makes about the subject; the verdicts, to look at.

        Args:
            found: an estimate for each claim with a rule, or why there is none, by claim id.

        Raises:
            InputError: as `claims.judge`.
        """
        asked = [claim for claim in claims.stated(self._paper) if claim.experiment == self._experiment]
        self.verdicts = claims.judge(asked, found, self.subject, self._given["task"])
        return claims.table(self.verdicts)

    @property
    def _paper(self) -> str:
        return self.name.split("/")[0]

    @property
    def _experiment(self) -> str:
        return cells.experiment_of(self.name.split("/")[1])

    def figure(self, figure: Figure, name: str, caption: str) -> None:
        """Save a figure as SVG, PDF and PNG under `figures/`; the caption goes to the report."""
        source = f"{self.name}.ipynb, parameters {json.dumps(self._given, sort_keys=True)}"
        figures.save(figure, self.folder / "figures" / name, title=caption, source=source)
        self._captions[name] = caption
        write_whole(self.folder / "figures" / "captions.json", json.dumps(self._captions, indent=1) + "\n")

    def finish(
        self,
        metrics: Mapping[str, Any],
        tables: Mapping[str, pd.DataFrame] | None = None,
        samples: pd.DataFrame | None = None,
        cut_off: Mapping[str, float] | None = None,
    ) -> None:
        """Write the samples, and last of all `results.json`, which names data and recordings used by their hashes.

        Args:
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
            "claims": [verdict.model_dump(mode="json") for verdict in self.verdicts],
            "metrics": metrics,
            "cut_off": {what: round(float(share), 4) for what, share in (cut_off or {}).items()},
            "warnings": warnings,
            "parameters": self._given,
            "data": dict(sorted(registry.used().items())),
            **self._recordings(),
            "tables": {name: _records(table) for name, table in (tables or {}).items()},
        }
        try:
            text = json.dumps(results, indent=1, allow_nan=False) + "\n"
        except ValueError as error:
            raise InputError(f"metrics of {self.name} hold NaN or infinity: leave out what has no value") from error
        if samples is not None:
            samples.to_parquet(self.folder / "samples.parquet", index=False)
        write_whole(self.folder / "results.json", text)

    def _recordings(self) -> dict[str, dict[str, str]]:
        """What recordings were used, by the hash of their meta.json, after what is new was added to them."""
        for one in self._recorded:
            one.write()
        used = [one.recording for one in self._recorded]
        named = {one.folder.relative_to(RECORDINGS).as_posix(): one.digest for one in used if one.meta["parts"]}
        return {"recordings": dict(sorted(named.items()))} if named else {}


def open_run(name: str, values: Mapping[str, Any]) -> Run:
    """Open the run of a notebook with its parameters.

    Args:
        name: "paper/notebook", or "notebooks/notebook".
        values: the notebook's `globals()`, out of which its parameters are taken.

    Raises:
        InputError: no such notebook, or parameters that its model refuses.
    """
    paper, _, stem = name.partition("/")
    notebook = found if (found := cells.find(paper, stem)).is_file() else ROOT / f"{name}.ipynb"
    fields = parameters.model_for(notebook).model_fields
    return Run(name, parameters.validated(notebook, {field: values[field] for field in fields if field in values}))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as mappings, numbers to six decimals; through pandas' own writer, which knows its missing values."""
    records: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=6))
    return records
