"""Question answering with known answers: TriviaQA (3,000 questions), ARC easy and challenge, BoolQ, LAMBADA.

Source: https://github.com/mosaicml/llm-foundry (Apache-2.0; each benchmark keeps its own licence),
scripts/eval/local_data. The files frame each question for a prompt ("Question: ...\\nAnswer:"); the loaders take
the frame off, so that a replication can put its own.

    TriviaQuestion(id='triviaqa/0', question='Brunswick, Lancastrian and Pearl Pickler are types of ...?',
                   answer='Onion', aliases=('Onion skins', 'Allium angolense', 'Onion', ...))
    ChoiceQuestion(id='arc_easy/0', passage=None, question='Which statement best explains why ...?',
                   choices=('Sunlight is the source of energy ...', ...), gold=0)
    Cloze(id='lambada/0', context="In my palm is a clear stone, ... I don't care about", word='signs')

A few questions of ARC (same text, other choices) and passages of LAMBADA come twice, so `id` is name/line from 0.
"""

from dataclasses import dataclass
from typing import Literal

from common.datasets.records import one_of, read_jsonl
from common.errors import InputError


@dataclass(frozen=True)
class TriviaQuestion:
    """An open question; `aliases` are all accepted answers and contain `answer`."""

    id: str
    question: str
    answer: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class ChoiceQuestion:
    """A multiple-choice question; `gold` is the index (from 0) of the right choice, `passage` only BoolQ has."""

    id: str
    passage: str | None
    question: str
    choices: tuple[str, ...]
    gold: int


@dataclass(frozen=True)
class Cloze:
    """A passage without its last word, and that `word` (in six rows two words with a line break between)."""

    id: str
    context: str
    word: str


@dataclass(frozen=True)
class _TriviaLine:
    context: str
    answer: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class _ChoiceLine:
    query: str
    choices: tuple[str, ...]
    gold: int


@dataclass(frozen=True)
class _ClozeLine:
    context: str
    continuation: str


def triviaqa() -> list[TriviaQuestion]:
    """3,000 questions of TriviaQA, in file order. Raises what `records.read_jsonl` raises."""
    return [
        TriviaQuestion(
            f"triviaqa/{index}",
            line.context.removeprefix("Question: ").removesuffix("\nAnswer:"),
            line.answer,
            line.aliases,
        )
        for index, line in enumerate(read_jsonl("qa/triviaqa_sm_sub.jsonl", _TriviaLine))
    ]


def arc(level: Literal["easy", "challenge"]) -> list[ChoiceQuestion]:
    """ARC, test questions with four choices: 2,376 easy ones, 1,172 of the challenge set, in file order.

    Raises InputError on an unknown level or a `gold` that is no choice, and what `records.read_jsonl` raises.
    """
    return _choice_questions(f"arc_{one_of('ARC level', level, ('easy', 'challenge'))}")


def boolq() -> list[ChoiceQuestion]:
    """BoolQ, 3,270 yes/no questions on a passage; choices are ('no', 'yes'). Raises as `arc` does."""
    return _choice_questions("boolq")


def lambada() -> list[Cloze]:
    """LAMBADA in OpenAI's wording, 5,153 passages, in file order. Raises what `records.read_jsonl` raises."""
    lines = read_jsonl("qa/lambada_openai.jsonl", _ClozeLine)
    return [Cloze(f"lambada/{index}", line.context, line.continuation.strip()) for index, line in enumerate(lines)]


def _choice_questions(name: str) -> list[ChoiceQuestion]:
    lines = read_jsonl(f"qa/{name}.jsonl", _ChoiceLine)
    return [_choice_question(f"{name}/{index}", line) for index, line in enumerate(lines)]


def _choice_question(name: str, line: _ChoiceLine) -> ChoiceQuestion:
    if not 0 <= line.gold < len(line.choices):
        raise InputError(f"{name}: gold {line.gold} is not the index of one of {len(line.choices)} choices")
    passage, _, question = line.query.rpartition("Question: ")
    passage = passage.removeprefix("Passage: ").rstrip("\n")
    return ChoiceQuestion(name, passage or None, question, line.choices, line.gold)
