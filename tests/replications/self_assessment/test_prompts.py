import pytest

from common.errors import InputError
from replications.self_assessment import prompts
from replications.self_assessment.inventories import inventory, respondents
from replications.self_assessment.shifts import CONDITIONS
from tests.replications.self_assessment import scripted
from tests.replications.self_assessment.scripted import Scripted

PEOPLE = respondents("lab", 2, "dev")
ITEMS = inventory("lab", 2)
MAIN = prompts.questions(ITEMS, PEOPLE, CONDITIONS)


def test_every_item_is_asked_of_everybody_under_every_prompt():
    assert len(MAIN) == 10 * 2 * 6
    assert not MAIN.duplicated(["model", "template", "order", "item"]).any()
    first = MAIN.iloc[0]
    assert first["messages"][0]["content"].startswith(f"You are {PEOPLE[0].name}.\n")


def test_a_negation_is_asked_under_the_items_own_name_and_key():
    turned = prompts.questions(ITEMS, PEOPLE, CONDITIONS[:1], negated=True)
    assert set(zip(turned["item"], turned["key"], strict=True)) == set(zip(MAIN["item"], MAIN["key"], strict=True))
    assert all("I do not " in row.messages[0]["content"] for row in turned.itertuples())


def test_a_template_without_system_role_gets_one_message_and_one_without_chat_gets_text():
    asked = MAIN["messages"][:2].tolist()
    joined = "\n".join(message["content"] for message in asked[0])
    assert prompts.rendered(Scripted(scripted.honest), asked)[0] == asked[0]
    refuses = scripted.without_system_role(Scripted(scripted.honest))
    assert prompts.rendered(refuses, asked)[0] == [{"role": "user", "content": joined}]
    assert prompts.rendered(scripted.without_chat(), asked)[0] == joined


def test_nothing_to_ask_is_refused():
    with pytest.raises(InputError, match="nothing to ask"):
        prompts.rendered(Scripted(scripted.honest), [])
