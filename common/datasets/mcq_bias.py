"""Recorded option probabilities of LLaMA and Llama-2 models, base and chat, on ARC-Challenge and MMLU (Zheng et al.
2024, arXiv 2309.03882).

Source: https://github.com/chujiezheng/LLM-MCQ-Bias_data. No licence is stated there: analyse, do not redistribute.
Nothing of it is part of `make data`; `make on-demand` fetches it and pins it by first use. Paths and format were read
in the repository; that the questions are the same for all models, and their number, is checked when they are read.

What the probabilities are, as the code in https://github.com/chujiezheng/LLM-MCQ-Bias (commit da14c48) has it: softmax
over eight tokens, each of A to D with and without a space before it, the two of a letter added up; so how much
probability the letters had among all tokens is not recorded. Weights and softmax in 16 bits, which leaves some two to
three digits, ties, and sums a little off 1. Options are marked "A.", the 5 examples are the first of the development
questions, prompts start without the token that marks a beginning, chat models get the same plain text as base models,
and of long prompts only the last 1,536 tokens are seen.

    Answer(question='arc/0', probabilities=(0.34, 0.23, 0.27, 0.16), key=2)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from common.datasets import on_demand
from common.datasets.on_demand import Source
from common.datasets.records import one_of, read_jsonl
from common.datasets.registry import DataUnavailableError
from common.errors import InputError

Dataset = Literal["arc", "mmlu"]
Shots = Literal[0, 5]

COMMIT = "82ba0bf150b74c0b665eadc89a42b4f0110f5671"
MODELS = (
    "llama-7b",
    "llama-13b",
    "llama-30b",
    "llama-65b",
    "Llama-2-7b-hf",
    "Llama-2-13b-hf",
    "Llama-2-70b-hf",
    "Llama-2-7b-chat-hf",
    "Llama-2-13b-chat-hf",
    "Llama-2-70b-chat-hf",
)
SHOTS: tuple[Shots, ...] = (0, 5)
SUBJECTS: dict[Dataset, tuple[str, ...]] = {
    "arc": ("arc",),
    "mmlu": tuple(
        "abstract_algebra anatomy astronomy business_ethics clinical_knowledge college_biology college_chemistry "
        "college_computer_science college_mathematics college_medicine college_physics computer_security "
        "conceptual_physics econometrics electrical_engineering elementary_mathematics formal_logic global_facts "
        "high_school_biology high_school_chemistry high_school_computer_science high_school_european_history "
        "high_school_geography high_school_government_and_politics high_school_macroeconomics "
        "high_school_mathematics high_school_microeconomics high_school_physics high_school_psychology "
        "high_school_statistics high_school_us_history high_school_world_history human_aging human_sexuality "
        "international_law jurisprudence logical_fallacies machine_learning management marketing medical_genetics "
        "miscellaneous moral_disputes moral_scenarios nutrition philosophy prehistory professional_accounting "
        "professional_law professional_medicine professional_psychology public_relations security_studies sociology "
        "us_foreign_policy virology world_religions".split()
    ),
}
"""Files of each data set; ARC-Challenge is one."""

_LETTERS = "ABCD"
_ROUNDING = 0.02
"""How far the sum of four probabilities may be from 1; sixteen-bit rounding leaves less than half of this."""


@dataclass(frozen=True)
class Answer:
    """What one model said of one question: probabilities of its four options, adding up to 1, and the right one."""

    question: str
    probabilities: tuple[float, float, float, float]
    key: int


@dataclass(frozen=True)
class _Result:
    idx: int
    probs: tuple[float, float, float, float]
    ideal: Literal["A", "B", "C", "D"]
    sampled: Literal["A", "B", "C", "D"]
    correct: bool


@dataclass(frozen=True)
class _Metric:
    accuracy: float


@dataclass(frozen=True)
class _Line:
    type: Literal["result", "metric"]
    data: _Result | _Metric


def sources(dataset: Dataset, models: Iterable[str] = MODELS, shots: Iterable[Shots] = SHOTS) -> list[Source]:
    """The files of one data set at the pinned commit."""
    paths = [
        f"results_{dataset}/{count}s_{model}/{dataset}/{subject}.jsonl"
        for model in models
        for count in shots
        for subject in SUBJECTS[dataset]
    ]
    site = f"https://raw.githubusercontent.com/chujiezheng/LLM-MCQ-Bias_data/{COMMIT}"
    licence = "none stated: analyse, do not redistribute"
    return [Source(f"mcq_bias/{path}", f"{site}/{path}", licence) for path in paths]


def require(dataset: Dataset) -> None:
    """Check that all files of a data set were fetched.

    Raises DataUnavailableError, in one line that says how many are missing and how to get them.
    """
    wanted = sources(one_of("data set", dataset, SUBJECTS))
    if missing := on_demand.missing(wanted):
        raise DataUnavailableError(
            f"recorded probabilities of {dataset} are not here ({len(missing)} of {len(wanted)} files missing): "
            "run `make on-demand` (needs the network, or DATA_MIRROR=<folder>)"
        )


def load(dataset: Dataset, model: str, shots: Shots) -> list[Answer]:
    """What one model answered, subject after subject, in file order.

    Raises InputError on an unknown data set, model or number of shots, probabilities that do not add up to 1, a record
    that contradicts itself, and what `records.read_jsonl` raises.
    """
    one_of("data set", dataset, SUBJECTS)
    wanted = sources(dataset, [one_of("model", model, MODELS)], [one_of("number of shots", shots, SHOTS)])
    return [answer for source in wanted for answer in _read(source.path)]


def _read(path: str) -> list[Answer]:
    lines = read_jsonl(path, _Line)
    results = [line.data for line in lines if isinstance(line.data, _Result)]
    subject = path.rpartition("/")[2].removesuffix(".jsonl")
    for told in (line.data.accuracy for line in lines if isinstance(line.data, _Metric)):
        if not results or abs(told - sum(result.correct for result in results) / len(results)) > 1e-9:
            raise InputError(f"{path}: the accuracy {told} in its last line is not that of its records")
    return [_answer(result, f"{subject}/{result.idx}", path) for result in results]


def _answer(result: _Result, question: str, path: str) -> Answer:
    total = sum(result.probs)
    if not (min(result.probs) >= 0 and abs(total - 1) <= _ROUNDING):
        raise InputError(f"{path}, question {result.idx}: probabilities {result.probs} do not add up to 1")
    if result.correct != (result.sampled == result.ideal):
        raise InputError(f"{path}, question {result.idx}: `correct` is not whether `sampled` is `ideal`")
    if result.probs[_LETTERS.index(result.sampled)] < max(result.probs):
        raise InputError(f"{path}, question {result.idx}: `sampled` is not the likeliest option")
    a, b, c, d = (p / total for p in result.probs)
    return Answer(question, (a, b, c, d), _LETTERS.index(result.ideal))
