"""Runs lm-evaluation-harness's own ARC task on documents of a file; under its own interpreter, see `arc_control`."""

import json
import sys
from pathlib import Path

import lm_eval
import yaml
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager


def main() -> None:
    """Evaluate, and write whether each document is answered right by each measure."""
    folder, task, documents, answers = sys.argv[1:]
    place = Path(lm_eval.__file__).parent / "tasks" / "arc"
    config = yaml.safe_load((place / "arc_easy.yaml").read_text())
    config |= yaml.safe_load((place / f"{task}.yaml").read_text())
    for name in ("include", "tag", "dataset_name", "training_split", "validation_split"):
        config.pop(name, None)
    config |= {"dataset_path": "json", "dataset_kwargs": {"data_files": {"test": documents}}, "test_split": "test"}
    found = lm_eval.simple_evaluate(
        model=HFLM(pretrained=folder, device="cpu", dtype="float32", batch_size=8),
        tasks=[config],
        num_fewshot=0,
        bootstrap_iters=0,
        task_manager=TaskManager(include_defaults=False),
    )
    samples = sorted(found["samples"][config["task"]], key=lambda sample: int(sample["doc"]["id"]))
    right = {measure: [bool(sample[measure]) for sample in samples] for measure in ("acc", "acc_norm")}
    Path(answers).write_text(json.dumps(right))


if __name__ == "__main__":
    main()
