import pytest

from common import subjects
from common.errors import InputError
from common.labels import LAYOUTS, TAUGHT
from common.models.registry import load_registry


def test_every_registered_model_is_a_subject_and_a_family_shares_a_layout():
    listed = subjects.listed()
    assert set(listed) >= set(load_registry())
    families = {}
    for one in listed.values():
        if one.family:
            families.setdefault(one.family, set()).add(one.layout)
    assert all(len(layouts) == 1 for layouts in families.values())


def test_a_lab_model_is_asked_as_it_was_taught_and_no_other_way():
    assert subjects.layout_of("models/lab-1.3m") is TAUGHT
    with pytest.raises(InputError, match="lab models were taught one"):
        subjects.layout_of("models/lab-1.3m", "plain")


def test_what_is_asked_for_comes_before_the_list_and_the_list_before_the_default(tmp_path, monkeypatch):
    file = tmp_path / "subjects.yaml"
    file.write_text("one: {layout: chat, max_tokens: {ratings: 40}}\n")
    monkeypatch.setattr(subjects, "listed", lambda: subjects.read(file))
    assert subjects.layout_of("one") is LAYOUTS["chat"]
    assert subjects.layout_of("one", "whole") is LAYOUTS["whole"]
    assert subjects.layout_of("another/model") is LAYOUTS["plain"]
    assert subjects.tokens_of("one", "ratings", 120) == 40
    assert subjects.tokens_of("one", "gsm8k", 320) == 320
    assert subjects.tokens_of("another/model", "ratings", 120) == 120


def test_a_layout_that_there_is_not_is_named(tmp_path):
    with pytest.raises(InputError, match="no layout 'letters': there are plain, chat, whole"):
        subjects.layout_of("some/model", "letters")
    file = tmp_path / "subjects.yaml"
    file.write_text("one: {layout: letters}\n")
    with pytest.raises(InputError, match=r"subjects.yaml: .*no layout 'letters'"):
        subjects.read(file)
