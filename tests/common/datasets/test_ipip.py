from collections import Counter

import pytest

from common.datasets import ipip
from common.errors import InputError

RECORD = {"id": "a", "text": "Trust others", "keyed": "plus", "domain": "A", "facet": 1}


@pytest.mark.usefixtures("mirror")
def test_long_form_has_148_minus_keyed_items_and_thirty_facets_of_ten():
    items = ipip.load()
    assert Counter(item.key for item in items) == {1: 152, -1: 148}
    minus = Counter(item.domain for item in items if item.key == -1)
    assert minus == {"N": 27, "E": 24, "O": 32, "A": 36, "C": 29}
    assert set(Counter(item.facet for item in items).values()) == {10}
    assert len({item.facet for item in items}) == 30


@pytest.mark.usefixtures("mirror")
def test_short_form_is_a_subset_of_the_long_form_with_four_items_a_facet():
    items = ipip.load(120)
    assert len(items) == 120
    assert set(items) <= set(ipip.load(300))
    assert set(Counter(item.facet for item in items).values()) == {4}


def test_keying_becomes_a_number_and_the_facet_carries_its_domain(shelf):
    minus = {"id": "b", "text": "Distrust people", "keyed": "minus", "domain": "A", "facet": 1}
    shelf.put_json("ipip/ipip_neo_120_items.json", [RECORD, minus], rows=2)
    assert ipip.load(120) == [
        ipip.Item("a", "Trust others", 1, "A", "A1"),
        ipip.Item("b", "Distrust people", -1, "A", "A1"),
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"keyed": "-1"}, "row 1, column 'keyed': Input should be 'plus' or 'minus'"),
        ({"domain": "X"}, "row 1, column 'domain': Input should be 'O', 'C', 'E', 'A' or 'N'"),
        ({"facet": 7}, "row 1, column 'facet': Input should be 1, 2, 3, 4, 5 or 6"),
    ],
)
def test_value_outside_the_inventory_is_refused(shelf, change, problem):
    shelf.put_json("ipip/ipip_neo_300_items.json", [RECORD | change])
    with pytest.raises(InputError, match=problem):
        ipip.load()


@pytest.mark.parametrize(("column", "other"), [("id", "text"), ("text", "id")])
def test_duplicate_id_or_text_is_refused(shelf, column, other):
    shelf.put_json("ipip/ipip_neo_300_items.json", [RECORD, RECORD | {other: "else"}], rows=2)
    with pytest.raises(InputError, match=f"{column} '.*' comes 2 times"):
        ipip.load()


def test_other_lengths_are_refused():
    with pytest.raises(InputError, match=r"^unknown length 60: one of 300, 120$"):
        ipip.load(60)
