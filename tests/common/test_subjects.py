import pytest

from common import subjects
from common.errors import InputError
from common.labels import LAYOUTS, TAUGHT
from common.models.registry import load_registry
from common.paths import ROOT


def read(folder, text):
    file = folder / "subjects.yaml"
    file.write_text(text)
    return subjects.read(file)


def test_every_registered_model_is_a_subject_and_a_family_shares_a_layout():
    listed = subjects.listed()
    assert set(listed) >= set(load_registry())
    families = {}
    for one in listed.values():
        if one.family:
            families.setdefault(one.family, set()).add(one.layout)
    assert all(len(layouts) == 1 for layouts in families.values())


def test_families_are_listed_from_small_to_large():
    assert [one.id for one in subjects.family(subjects.find("lab-0.15m"))] == [
        "lab-0.05m",
        "lab-0.15m",
        "lab-0.45m",
        "lab-1.3m",
    ]
    sizes = [load_registry()[one.model].parameters for one in subjects.family(subjects.find("qwen2.5-coder-1.5b"))]
    assert sizes == sorted(sizes)
    assert len(sizes) == 2
    assert subjects.family(subjects.find("smollm2-135m")) == [subjects.find("smollm2-135m")]


@pytest.mark.parametrize("name", ["lab-1.3m", "models/lab-1.3m", str(ROOT / "models" / "lab-1.3m")])
def test_a_listed_subject_is_found_by_its_id_and_by_its_folder(name):
    assert subjects.find(name) is subjects.listed()["lab-1.3m"]
    assert subjects.find(name).source == str(ROOT / "models" / "lab-1.3m")


@pytest.mark.parametrize(
    ("name", "id", "route"),
    [
        ("some/model-7B", "some--model-7B", "model"),
        ("models/lab-0.15m-seed1", "models--lab-0.15m-seed1", "lab"),
        ("/tmp/a_folder/", "tmp--a_folder", "model"),
        ("https://host:8000/v1", "https-host-8000--v1", "model"),
    ],
)
def test_what_is_not_listed_is_a_subject_too(name, id, route):
    found = subjects.find(name)
    assert (found.id, found.route, found.family, found.layout) == (id, route, "", "plain")
    assert found.id not in subjects.listed()


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("./qwen2.5-coder-0.5b", "own--qwen2.5-coder-0.5b"),
        ("qwen2.5-coder-0.5b/", "own--qwen2.5-coder-0.5b"),
        ("/lab-1.3m", "own--lab-1.3m"),
        ("chat-models/", "own--chat-models"),
    ],
)
def test_a_folder_does_not_pass_for_the_listed_subject_whose_name_it_has(name, id):
    found = subjects.find(name)
    assert (found.id, found.model) == (id, name)


def test_a_folder_in_the_place_of_a_registered_model_is_not_asked_in_its_name(tmp_path, monkeypatch):
    listed = subjects.find("smollm2-135m")
    assert listed.source == "smollm2-135m"
    monkeypatch.setattr(subjects, "ROOT", tmp_path)
    (tmp_path / "smollm2-135m").mkdir()
    with pytest.raises(InputError, match=r"smollm2-135m has the name of a registered model: rename it, or ask"):
        listed.source  # noqa: B018
    mine = subjects.find("./smollm2-135m")
    assert (mine.id, mine.source) == ("own--smollm2-135m", str(tmp_path / "smollm2-135m"))


@pytest.mark.parametrize("name", ["", "two words", "a\nb"])
def test_what_can_be_no_name_is_refused_with_examples(name):
    with pytest.raises(InputError, match=r"give one of lab-0\.05m, "):
        subjects.find(name)


def test_recorded_answers_cannot_be_asked():
    with pytest.raises(InputError, match="chat-models is recorded and cannot be asked: give a model, such as lab"):
        subjects.find("chat-models").source  # noqa: B018


def test_imported_answers_are_told_from_those_of_others():
    mine = subjects.Subject(id="mine", route="recorded", answers=("answers/mine",))
    assert mine.imported
    assert not any(one.imported for one in subjects.listed().values())


def test_a_lab_model_is_asked_as_it_was_taught_and_no_other_way():
    assert subjects.find("models/lab-1.3m").layout_of() is TAUGHT
    with pytest.raises(InputError, match="lab models were taught one"):
        subjects.find("lab-1.3m").layout_of("plain")


def test_what_is_asked_for_comes_before_the_list_and_the_list_before_the_default(tmp_path, monkeypatch):
    found = read(tmp_path, "one: {route: model, model: one, layout: chat, max_tokens: {ratings: 40}}\n")
    monkeypatch.setattr(subjects, "listed", lambda: found)
    one, other = subjects.find("one"), subjects.find("another/model")
    assert one.layout_of() is LAYOUTS["chat"]
    assert one.layout_of("whole") is LAYOUTS["whole"]
    assert other.layout_of() is LAYOUTS["plain"]
    assert one.tokens_of("ratings", 120) == 40
    assert subjects.tokens_of("one", "gsm8k", 320) == 320
    assert other.tokens_of("ratings", 120) == subjects.tokens_of("", "ratings", 120) == 120


def test_a_layout_that_there_is_not_is_named(tmp_path):
    with pytest.raises(InputError, match="no layout 'letters': there are plain, chat, whole"):
        subjects.find("some/model").layout_of("letters")
    with pytest.raises(InputError, match=r"^subjects.yaml: one.layout: no layout 'letters'"):
        read(tmp_path, "one: {route: model, model: one, layout: letters}\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("one: {route: model}", "one: a subject of the route model names its `model`, and no answers"),
        ("one: {route: recorded}", "one: a recorded subject names its `answers`, and no model"),
        ("one: {route: lab, model: a, answers: [b]}", "one: a subject of the route lab names its `model`"),
        ("one:", "one.route: Field required"),
        ("one: {route: guess, model: a}", "one.route: Input should be 'lab', 'recorded' or 'model'"),
        ("one: {route: model, model: a, colour: red}", "one.colour: Extra inputs"),
        ("one: {route: model, model: a, family: f}", "family f has one model"),
    ],
)
def test_a_faulty_list_is_refused_in_one_line(tmp_path, text, message):
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert str(refused.value).startswith(f"subjects.yaml: {message}")
    assert "\n" not in str(refused.value)
