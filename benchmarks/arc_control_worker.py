"""Runs lm-evaluation-harness on documents of a file: its own ARC task, or lettered prompts as they are.

Under the harness's own interpreter; see `arc_control`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import lm_eval
import yaml
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

LETTERED: dict[str, Any] = {
    "task": "letters",
    "output_type": "multiple_choice",
    "doc_to_text": "{{prompt}}",
    "doc_to_choice": "{{letters}}",
    "doc_to_target": "{{key}}",
    "metric_list": [{"metric": "acc"}],
}
"""A letter follows the prompt after a space, which is the harness's default."""


def own(task: str) -> dict[str, Any]:
    """The harness's own task, less where it gets its documents."""
    place = Path(lm_eval.__file__).parent / "tasks" / "arc"
    config: dict[str, Any] = yaml.safe_load((place / "arc_easy.yaml").read_text())
    config |= yaml.safe_load((place / f"{task}.yaml").read_text())
    for name in ("include", "tag", "dataset_name", "training_split", "validation_split"):
        config.pop(name, None)
    return config


def main() -> None:
    """Evaluate, and write whether each document is answered right by each measure."""
    folder, task, documents, answers = sys.argv[1:]
    given = {"dataset_path": "json", "dataset_kwargs": {"data_files": {"test": documents}}, "test_split": "test"}
    config = (LETTERED if task == "letters" else own(task)) | given
    found = lm_eval.simple_evaluate(
        model=HFLM(pretrained=folder, device="cpu", dtype="float32", batch_size=8),
        tasks=[config],
        num_fewshot=0,
        bootstrap_iters=0,
        task_manager=TaskManager(include_defaults=False),
    )
    samples = sorted(found["samples"][config["task"]], key=lambda sample: int(sample["doc"]["id"]))
    measures = [measure for measure in ("acc", "acc_norm") if measure in samples[0]]
    right = {measure: [bool(sample[measure]) for sample in samples] for measure in measures}
    Path(answers).write_text(json.dumps(right))


if __name__ == "__main__":
    main()
