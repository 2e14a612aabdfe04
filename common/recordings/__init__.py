"""What real models said in published runs, kept so that everyone can re-derive each verdict without their weights.

Notebooks say `run.engine()`, which reads the recording where there is one (`engines.open_engine`). A prompt that was
not recorded is computed where the model is at hand, and refused in one line where it is not. Full runs record
(`python -m common.runs cells NAME --size full`), `python -m common.runs rederive` reads all back and compares what
comes out with what is published, and `rederive --live` computes it anew.
"""

from pathlib import Path

from common.paths import RECORDINGS
from common.subjects import Subject

META = "meta.json"


def folder_of(subject: Subject, paper: str, experiment: str, task: str) -> Path:
    """Where a model's answers in an experiment on a task are recorded, if they are."""
    return RECORDINGS / subject.id / f"{paper}-{experiment}-{task}"


def recorded(folder: Path) -> bool:
    """Whether there is a recording in the folder."""
    return (folder / META).is_file()


__all__ = ["META", "folder_of", "recorded"]
