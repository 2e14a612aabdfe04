"""The IPIP-NEO personality items: 300 (Goldberg 1999) and the 120 of them that Johnson (2014) chose.

Source: https://github.com/Alheimsins/b5-costa-mccrae-300-ipip-neo-pi-r and .../b5-johnson-120-ipip-neo-pi-r
(MIT; the items are public domain, ipip.ori.org).

    Item(id='c283c5bd-...', text='Am not easily bothered by things', key=-1, domain='N', facet='N1')

`key` is +1 where agreeing means more of the trait and -1 where it means less; 148 of the 300 are minus-keyed.
Each domain (O, C, E, A, N) has six facets of ten items (four in the short form), in the order of the NEO PI-R.
"""

from dataclasses import dataclass
from typing import Literal

from common.datasets.records import one_of, read_json, require_rows, require_unique

Domain = Literal["O", "C", "E", "A", "N"]
Key = Literal[1, -1]

_KEYS: dict[str, Key] = {"plus": 1, "minus": -1}


@dataclass(frozen=True)
class Item:
    """One statement in the first person without its "I"; `facet` is the domain's letter and 1 to 6, such as 'O6'."""

    id: str
    text: str
    key: Key
    domain: Domain
    facet: str


@dataclass(frozen=True)
class _Record:
    id: str
    text: str
    keyed: Literal["plus", "minus"]
    domain: Domain
    facet: Literal[1, 2, 3, 4, 5, 6]


def load(length: Literal[300, 120] = 300) -> list[Item]:
    """The items of the long or the short form, in file order (long: facet by facet; short: as administered).

    Raises InputError on another length, a duplicate id or text, or another number of rows than pinned, and
    what `records.read_json` raises.
    """
    path = f"ipip/ipip_neo_{one_of('length', length, (300, 120))}_items.json"
    records = read_json(path, list[_Record])
    require_rows(path, len(records))
    require_unique(path, "id", (record.id for record in records))
    require_unique(path, "text", (record.text for record in records))
    return [
        Item(record.id, record.text, _KEYS[record.keyed], record.domain, f"{record.domain}{record.facet}")
        for record in records
    ]
