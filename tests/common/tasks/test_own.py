import json

import pytest

from common import paths
from common.datasets import registry
from common.errors import InputError
from common.tasks import EVERY, PUBLIC, find
from common.tasks.own import PARSES

SPLITS = ("taught", "dev", "test")
COLUMNS = "{question: q, answer: a}"
OPTIONS = "{question: q, answer: a, options: o}"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "TASKS", tmp_path)
    return tmp_path


def describe(folder, keys, rows, name="mine"):
    """Write a task: keys of the YAML file, rows as mappings or as the text of the file."""
    text = rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows)
    data = f"{name}.csv" if text.startswith("q,") else f"{name}.jsonl"
    (folder / data).write_text(text)
    (folder / f"{name}.yaml").write_text(f"file: {data}\n" + keys)


def made(folder, parse, answers, columns=COLUMNS, more="", **other):
    rows = [{"q": f"What is {number}?", "a": answer, **other} for number, answer in enumerate(answers)]
    describe(folder, f"columns: {columns}\nparse: {parse}\n{more}", rows)
    return find("mine")


def every(task):
    return [question for split in SPLITS for question in task.load(split, EVERY)]


def test_the_example_has_twenty_questions_a_split_and_four_options_each():
    task = find("example")
    assert [len(task.load(split, EVERY)) for split in SPLITS] == [20, 20, 20]
    assert task.load("dev", 3) == task.load("dev", EVERY)[:3]
    for question in every(task):
        assert task.right(question, task.read(f" {question.shown}."))
        assert len(question.values) == len(set(question.values)) == 4
        assert question.answer in question.values
    places = [question.values.index(question.answer) for question in every(task)]
    assert {places.count(place) for place in range(4)} == {15}
    assert task.max_tokens == PUBLIC["triviaqa"].max_tokens


def test_what_is_asked_counts_among_the_data_of_a_run(folder, monkeypatch):
    monkeypatch.setattr(registry, "_used", {})
    task = made(folder, "words", "abcdefghij")
    assert registry.used() == {}
    task.load("test", 1)
    assert list(registry.used()) == [f"{folder}/mine.jsonl", f"{folder}/mine.yaml"]


def test_a_file_without_a_split_is_cut_as_the_public_ones_are(folder):
    task = made(folder, "number", range(30))
    assert [len(task.load(split, EVERY)) for split in SPLITS] == [18, 3, 9]
    assert len({question.id for question in every(task)}) == 30


@pytest.mark.parametrize(
    ("parse", "answer", "said", "otherwise"),
    [
        ("words", "Paris", ["paris.", "I think the answer is Paris."], ["Paris, Texas", "The answer is Rome"]),
        ("number", "1,000", ["It is 1000.", "first 3, then 1000.0"], ["1001", "none"]),
        ("math", r"\frac{1}{2}", [r"So $\boxed{0.5}$.", "The final answer is 1/2."], ["1/2", "Answer: 2"]),
        ("letter", "b", ["B", "(B) because", "The answer is B."], ["A", "it is a B or so"]),
    ],
)
def test_an_answer_is_read_and_graded_as_its_kind(folder, parse, answer, said, otherwise):
    task = made(folder, parse, [answer] * 4)
    question = task.load("test", 1)[0]
    assert all(task.right(question, task.read(text)) for text in said)
    assert not any(task.right(question, task.read(text)) for text in otherwise)
    assert (task.max_tokens, task.stop) == (PARSES[parse].max_tokens, PARSES[parse].stop)


def test_a_template_limits_and_ids_are_the_users(folder):
    more = 'template: "{question} {x} ->"\nmax_tokens: 7\nstop: ["##"]\n'
    describe(
        folder,
        "columns: {question: q, answer: a, id: name}\nparse: words\nsplit: part\n" + more,
        "q,a,name,part\nOne?,1,first,dev\nTwo?,2,second,test\n",
    )
    task = find("mine")
    (dev,), (test,) = task.load("dev", EVERY), task.load("test", EVERY)
    assert (dev.id, dev.prompt, test.id) == ("first", "One? {x} ->", "second")
    assert (task.max_tokens, task.stop) == (7, ("##",))
    assert task.load("taught", EVERY) == []


@pytest.mark.parametrize(("count", "more", "split"), [(4, "split: part\n", "dev"), (3, "", "dev"), (1, "", "dev")])
def test_a_task_needs_questions_to_show_and_to_ask(folder, count, more, split):
    with pytest.raises(InputError, match=rf"mine\.jsonl: no question of {count} is in the split {split}: give more$"):
        made(folder, "words", "abcd"[:count], more=more, part="test")


def test_options_are_one_column_with_a_list_or_a_column_each(folder):
    describe(
        folder,
        "columns: {question: q, answer: a, options: [x, y]}\nparse: words\nsplit: part\n",
        "q,a,x,y,part\nOne?,1,1,2,dev\nTwo?,2,1,2,test\n",
    )
    assert find("mine").load("dev", 1)[0].values == ("1", "2")
    assert made(folder, "words", "1111", OPTIONS, o=[1, 2.5]).load("test", 1)[0].values == ("1", "2.5")


def test_a_question_about_letters_shows_its_options(folder):
    question = made(folder, "letter", "BBBB", OPTIONS, o=["red", "blue"]).load("test", 1)[0]
    assert question.prompt == f"Question: {question.text}\nAnswer:"
    assert question.text.endswith("?\n(A) red\n(B) blue")
    assert (question.answer, question.values) == ("B", ())


def test_a_solution_is_shown_with_its_answer_at_the_end(folder):
    columns = "{question: q, answer: a, solution: s}"
    stated = made(folder, "number", [7] * 4, columns, s="3 + 4 = 7.").load("test", 1)[0]
    silent = made(folder, "math", [7] * 4, columns, s="Add them.").load("test", 1)[0]
    assert stated.shown == "3 + 4 = 7."
    assert silent.shown == "Add them.\nAnswer: 7"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("parse: words", "mine.yaml: no key 'columns'"),
        ("columns: {question: q}\nparse: words", "mine.yaml: no key 'columns.answer'"),
        (f"columns: {COLUMNS}\nparse: words\ncolour: red", "mine.yaml: unknown key 'colour': there are file, columns,"),
        ("columns: {question: q, answer: a, x: y}\nparse: words", "mine.yaml: unknown key 'columns.x': there are ques"),
        (
            f"columns: {COLUMNS}\nparse: guess",
            "mine.yaml: parse: Input should be 'words', 'number', 'math'",
        ),
        (f"columns: {COLUMNS}\nparse: words\ntemplate: Q", "mine.yaml: template: write {question} where the question"),
        (f"columns: {COLUMNS}\nparse: words\nmax_tokens: 0", "mine.yaml: max_tokens: Input should be greater than"),
        (f"columns: {COLUMNS}\nparse: words\nstop: ['']", "mine.yaml: stop.0: String should have at least 1 character"),
        ("columns: {question: q", "mine.yaml is not YAML: while parsing a flow mapping"),
        (f"columns: {COLUMNS}\nparse: words\nsplit: part", "mine.jsonl, line 1: no column 'part': it has q, a"),
        ("columns: {question: text, answer: a}\nparse: words", "mine.jsonl, line 1: no column 'text': it has q, a"),
        (f"columns: {OPTIONS}\nparse: words", "mine.jsonl, line 1: column 'o' is no list of texts"),
        ("columns: {question: q, answer: a, options: [a, z]}\nparse: words", "mine.jsonl, line 1: no column 'z'"),
    ],
)
def test_a_faulty_description_is_refused_in_one_line(folder, keys, message):
    describe(folder, keys + "\n", [{"q": "One?", "a": "1"}])
    with pytest.raises(InputError) as refused:
        find("mine")
    assert str(refused.value).startswith(f"{folder}/{message}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "words\n", "- file: x\n"])
def test_a_description_without_keys_is_refused(folder, text):
    (folder / "mine.yaml").write_text(text)
    with pytest.raises(InputError, match=r"mine\.yaml: write keys and values, as in tasks/example\.yaml$"):
        find("mine")


@pytest.mark.parametrize(
    ("parse", "row", "message"),
    [
        ("words", {"q": "Two?"}, "no column 'a': it has q"),
        ("words", {"q": " ", "a": "2"}, "column 'q' is empty"),
        ("words", {"q": "Two?", "a": True}, "column 'a' is true, a text or a number expected"),
        ("words", {"q": "Two?", "a": "%%"}, "answer '%%' does not parse as words"),
        ("number", {"q": "Two?", "a": "2 apples"}, "answer '2 apples' does not parse as number"),
        ("math", {"q": "Two?", "a": "9^9^9^9"}, "answer '9^9^9^9' does not parse as math"),
        ("letter", {"q": "Two?", "a": "Paris"}, "answer 'PARIS' does not parse as letter"),
        ("words", {"q": "Two?", "a": "2", "o": ["1", "3"]}, "answer '2' is not among the options (1, 3)"),
        ("words", {"q": "Two?", "a": "2", "o": ["2", " 2"]}, "options (2, 2): give two to 26 different ones"),
        ("words", {"q": "Two?", "a": "2", "o": [["2"], "3"]}, "column 'o' is no list of texts"),
        ("letter", {"q": "Two?", "a": "C", "o": ["1", "3"]}, "answer 'C' is not among the options (A, B)"),
        ("words", {"q": "One?", "a": "2"}, "question 'One?' comes twice: first in "),
    ],
)
def test_a_faulty_row_is_named_by_its_line(folder, parse, row, message):
    first = {"q": "One?", "a": "A" if parse == "letter" else "1"}
    options = {"o": ["1", "2"]} if "o" in row else {}
    describe(folder, f"columns: {OPTIONS if options else COLUMNS}\nparse: {parse}\n", [first | options, row])
    with pytest.raises(InputError) as refused:
        find("mine")
    assert str(refused.value).startswith(f"{folder}/mine.jsonl, line 2: {message}")
    assert "\n" not in str(refused.value)


def test_an_unknown_split_an_id_that_comes_twice_and_a_row_that_is_no_json_are_named(folder):
    describe(folder, f"columns: {COLUMNS}\nparse: words\nsplit: part\n", [{"q": "One?", "a": "1", "part": "train"}])
    with pytest.raises(InputError, match=r"mine\.jsonl, line 1: split 'train': one of taught, dev, test$"):
        find("mine")
    rows = [{"q": "One?", "a": "1", "id": "x"}, {"q": "Two?", "a": "2", "id": "x"}]
    describe(folder, "columns: {question: q, answer: a, id: id}\nparse: words\n", rows)
    with pytest.raises(InputError, match=r"line 2: id 'x' comes twice: first in .*line 1$"):
        find("mine")
    describe(folder, f"columns: {COLUMNS}\nparse: words\n", '{"q": "One?", "a": "1"}\n{"q": "Two?"')
    with pytest.raises(InputError, match=r"mine\.jsonl, line 2 is no JSON: Expecting"):
        find("mine")


def test_a_task_without_its_questions_is_named(folder):
    describe(folder, f"columns: {COLUMNS}\nparse: words\n", "")
    (folder / "mine.jsonl").unlink()
    with pytest.raises(InputError, match=r"mine\.jsonl: No such file or directory$"):
        find("mine")


@pytest.mark.parametrize("name", ["chess", "", "../chess", "a b"])
def test_a_task_that_there_is_not_is_named_with_those_there_are(folder, name):
    with pytest.raises(InputError, match=r"^no task '.*': one of triviaqa, arc, .*, or tasks/.*\.yaml of your own$"):
        find(name)


def test_no_two_tasks_have_one_name(folder):
    describe(folder, f"columns: {COLUMNS}\nparse: words\n", [{"q": "One?", "a": "1"}], name="gsm8k")
    with pytest.raises(InputError, match=r"tasks?.*gsm8k\.yaml has the name of another task: rename it$"):
        find("gsm8k")
    assert find("svamp") is PUBLIC["svamp"]
