import json
from collections import Counter

import pandas as pd
import pytest

from common.datasets import ipip, llm_personality
from common.errors import InputError


@pytest.fixture
def answers(mirror):
    return llm_personality.load()


def test_every_cell_of_model_template_and_order_has_the_same_300_items(answers):
    assert len(answers) == 7200
    cells = Counter((row.model, row.template, row.order) for row in answers)
    assert len(cells) == 4 * 3 * 2
    assert set(cells.values()) == {300}
    assert {row.item for row in answers} == set(range(300))
    assert len({(row.item, row.item_id, row.text) for row in answers}) == 300


def test_keys_are_numbers_and_148_of_300_are_minus(answers):
    assert {type(row.key) for row in answers} == {int}
    assert Counter(row.key for row in answers) == {1: 152 * 24, -1: 148 * 24}


def test_facets_are_those_of_the_inventory_ten_items_each(answers):
    first = answers[:300]
    assert {row.item_id for row in first} == {item.id for item in ipip.load()}
    assert set(Counter(row.facet for row in first).values()) == {10}
    assert all(row.facet[0] == row.trait for row in answers)


def test_four_items_worded_otherwise_join_their_inventory_items(answers):
    inventory = {item.id: item.text for item in ipip.load()}
    changed = {row.text: inventory[row.item_id] for row in answers if row.text != inventory[row.item_id]}
    assert changed == {
        "Believe that there is no absolute right or wrong": "Believe that there is no absolute right and wrong",
        'Want everything to be "just right."': "Want everything to be 'just right'",
        "Interested in many things": "Am interested in many things",
        "Willing to try anything once": "Am willing to try anything once",
    }


def test_prompts_and_answers_are_the_recorded_ones(answers, mirror):
    for number, row in enumerate(answers):
        if number % 300 == 0:
            stem = llm_personality.TEMPLATES[row.template] + llm_personality.ORDERS[row.order]
            file = mirror / "llm_personality_300" / llm_personality.MODELS[row.model] / f"{stem}.json"
            records = json.loads(file.read_text())["responses"]
        record = records[row.item]
        assert row.answer == record["processed_response"]
        if row.model == "gpt-3.5-turbo":
            assert row.system_prompt == record["input_prompt_system"]
            assert row.user_prompt == record["input_prompt_user"]
        else:
            wrapped = f"<s>[INST] <<SYS>>\n{row.system_prompt.strip()}\n<</SYS>>\n\n{row.user_prompt.strip()} [/INST]"
            assert wrapped == record["input_prompt"]


def test_rows_make_a_table(answers):
    table = pd.DataFrame(answers)
    assert table.shape == (7200, 12)
    assert table.groupby("trait")["key"].value_counts()["O", -1] == 32 * 24


ITEM = {"id": "a", "text": "Trust others", "keyed": "plus", "domain": "A", "facet": 1}
RESPONSE = {
    "text_first_person": "Trust others",
    "label": "A",
    "key": "1",
    "response": "<s>[INST] trust? [/INST] (B) [/INST]\n\nBecause",
    "processed_response": "not read",
}


@pytest.fixture
def recorded(shelf):
    """Lay one-item recordings out, the same `response` in every file."""

    def put(response):
        shelf.put_json("ipip/ipip_neo_300_items.json", [ITEM])
        document = {"system_prompt": 'You: "{item}."', "user_prompt": "Rate {item}", "responses": [response]}
        for folder in llm_personality.MODELS.values():
            for stem in llm_personality.TEMPLATES.values():
                for suffix in llm_personality.ORDERS.values():
                    shelf.put_json(f"llm_personality_300/{folder}/{stem}{suffix}.json", document)

    return put


def test_echoed_prompt_is_cut_at_its_end_and_nothing_is_stripped(recorded):
    recorded(RESPONSE)
    rows = llm_personality.load()
    assert len(rows) == 24
    assert {row.answer for row in rows} == {" (B) [/INST]\n\nBecause"}


def test_answer_without_a_raw_response_is_the_processed_one(recorded):
    recorded({key: value for key, value in RESPONSE.items() if key != "response"})
    assert {row.answer for row in llm_personality.load()} == {"not read"}


def test_item_is_filled_in_as_a_lower_case_statement(recorded):
    recorded(RESPONSE)
    row = llm_personality.load()[0]
    assert (row.system_prompt, row.user_prompt) == ('You: "I trust others."', "Rate I trust others")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"key": 1}, "column 'responses', row 1, column 'key': Input should be '1' or '-1'"),
        ({"key": "-1"}, "item 0: trait A with key -1, but A with key 1 in IPIP-NEO-300"),
        ({"label": "N"}, "item 0: trait N with key 1, but A with key 1 in IPIP-NEO-300"),
        ({"text_first_person": "Like tea"}, "item 0: 'Like tea' is not an item of IPIP-NEO-300"),
        ({"response": "(B)"}, r"item 0: the response does not repeat the prompt up to \[/INST\]"),
        ({"processed_response": None}, "column 'processed_response': Input should be a valid string"),
    ],
)
def test_recording_that_does_not_fit_is_refused(recorded, change, problem):
    recorded(RESPONSE | change)
    with pytest.raises(InputError, match=problem):
        llm_personality.load()
