"""Recorded answers of four chat models to the 300 IPIP-NEO items (Gupta, Song, Anumanchipalli, arXiv 2309.08163).

Source: https://github.com/akshat57/LLM_Personality, Data/Outputs_300 (no licence stated: analyse, do not
redistribute). 4 models x 3 templates x 2 option orders x 300 items = 7,200 answers, one sample each.

    Answer(model='llama-2-13b', template='MPI', order='original', item=0, item_id='43c98ce8-...',
           text='Worry about things', trait='N', facet='N1', key=1,
           system_prompt='Given a statement of you: "I worry about things."\\nPlease choose ...',
           user_prompt='Options:\\n(A). Very Accurate\\n...',
           answer=' Based on your statement "I worry about things," I would choose option (B). ...')

Notable choices:
- `key` is a string in the files; compared with the number -1 it is never equal, and no item would be reversed.
  Here it is the int +1 or -1.
- The ChatGPT files hold the answer as `processed_response`. The Llama files hold `response`, which repeats the
  prompt up to `[/INST]`; the answer is what follows, kept as it came, leading white space included.
- The files carry no facet. It is joined from IPIP-NEO-300 by item text; four items are worded otherwise there.
- The prompts are the recorded templates with the item filled in as 'I ' and the text in lower case. Llama
  models got them stripped and wrapped in their [INST] format.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from common.datasets import ipip
from common.datasets.records import read_json, require_rows, require_unique
from common.errors import InputError

Template = Literal["MPI", "WHO", "ENFJ"]
Order = Literal["original", "reversed"]

MODELS = {
    "gpt-3.5-turbo": "gpt-3.5-turbo",
    "llama-2-7b": "Llama-2-7b-chat-hf-api-llamaprompt-original-float",
    "llama-2-13b": "Llama-2-13b-chat-hf-api-llamaprompt-original-float",
    "llama-2-70b": "Llama-2-70b-chat-hf-api-llamaprompt-original",
}
"""Canonical model name -> folder of its recordings."""

TEMPLATES: dict[Template, str] = {"MPI": "mpi-gpt35", "WHO": "whoisgpt", "ENFJ": "chatgpt-an-enfj"}
"""Template -> stem of its files."""

ORDERS: dict[Order, str] = {"original": "", "reversed": "-reverse"}
"""Option order -> suffix of the stem."""

_WORDINGS = {
    "Believe that there is no absolute right or wrong": "Believe that there is no absolute right and wrong",
    'Want everything to be "just right."': "Want everything to be 'just right'",
    "Interested in many things": "Am interested in many things",
    "Willing to try anything once": "Am willing to try anything once",
}


@dataclass(frozen=True)
class Answer:
    """One recorded `answer` (raw model output, echo removed) with the prompts that asked for it.

    `item` is the place (0 to 299) in the order of asking, the same in all files; `item_id` and `facet` are those
    of `ipip.Item`; `text` is the wording recorded; `key` is +1 or -1.
    """

    model: str
    template: Template
    order: Order
    item: int
    item_id: str
    text: str
    trait: ipip.Domain
    facet: str
    key: ipip.Key
    system_prompt: str
    user_prompt: str
    answer: str


@dataclass(frozen=True)
class _Response:
    text_first_person: str
    label: ipip.Domain
    key: Literal["1", "-1"]
    processed_response: str
    response: str | None = None


@dataclass(frozen=True)
class _Recording:
    system_prompt: str
    user_prompt: str
    responses: list[_Response]


def load() -> list[Answer]:
    """All 7,200 answers, ordered by model, template, order and item (as in MODELS, TEMPLATES, ORDERS).

    Raises InputError when an item is not in IPIP-NEO-300 or keyed otherwise there, when a Llama answer does not
    repeat its prompt, on a duplicate item or another number of rows than pinned, and what `records.read_json`
    raises.
    """
    items = {item.text: item for item in ipip.load()}
    return [
        answer
        for model in MODELS
        for template in TEMPLATES
        for order in ORDERS
        for answer in _answers(model, template, order, items)
    ]


def _answers(model: str, template: Template, order: Order, items: Mapping[str, ipip.Item]) -> Iterator[Answer]:
    path = f"llm_personality_300/{MODELS[model]}/{TEMPLATES[template]}{ORDERS[order]}.json"
    recording = read_json(path, _Recording)
    require_rows(path, len(recording.responses))
    require_unique(path, "text_first_person", (row.text_first_person for row in recording.responses))
    for index, row in enumerate(recording.responses):
        where = f"data/{path}, item {index}"
        item = _item(where, row, items)
        statement = f"I {row.text_first_person.lower()}"
        yield Answer(
            model=model,
            template=template,
            order=order,
            item=index,
            item_id=item.id,
            text=row.text_first_person,
            trait=item.domain,
            facet=item.facet,
            key=item.key,
            system_prompt=recording.system_prompt.replace("{item}", statement),
            user_prompt=recording.user_prompt.replace("{item}", statement),
            answer=_answer(where, row),
        )


def _item(where: str, row: _Response, items: Mapping[str, ipip.Item]) -> ipip.Item:
    item = items.get(_WORDINGS.get(row.text_first_person, row.text_first_person))
    if item is None:
        raise InputError(f"{where}: '{row.text_first_person}' is not an item of IPIP-NEO-300")
    if (item.domain, item.key) != (row.label, int(row.key)):
        raise InputError(
            f"{where}: trait {row.label} with key {row.key}, but {item.domain} with key {item.key} in IPIP-NEO-300"
        )
    return item


def _answer(where: str, row: _Response) -> str:
    if row.response is None:
        return row.processed_response
    _, mark, answer = row.response.partition("[/INST]")
    if not mark:
        raise InputError(f"{where}: the response does not repeat the prompt up to [/INST]")
    return answer
