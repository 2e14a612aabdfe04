import json
import subprocess
import sys

import pytest

from common import import_answers, paths, recorded, subjects
from common.tasks import find

LISTED = "# kept\none: {route: model, model: one}  # as it is"
GOOD = {"id": "example/40", "completion": "Helsinki", "logprob": -0.25, "p_true": 0.9}


@pytest.fixture
def give(tmp_path, monkeypatch, capsys):
    """Import rows (mappings or text) in a repository of the test's own; exit code, what was said, and what for."""
    monkeypatch.setattr(paths, "ANSWERS", tmp_path / "answers")
    monkeypatch.setattr(subjects, "FILE", tmp_path / "subjects.yaml")
    monkeypatch.setattr(subjects, "listed", lambda: subjects.read(tmp_path / "subjects.yaml"))
    (tmp_path / "subjects.yaml").write_text(LISTED)

    def run(rows, name="mine", task="example", suffix=".jsonl"):
        text = rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows)
        file = (tmp_path / "given").with_suffix(suffix)
        file.write_text(text)
        code = import_answers.main(["import", str(file), "--subject", name, *(["--task", task] if task else [])])
        said = capsys.readouterr()
        return code, said.out or said.err

    return run


def test_answers_are_kept_and_their_subject_is_listed_at_the_end(give, tmp_path):
    task = find("example")
    test = task.load("test", 3)
    rows = [GOOD, {"prompt": test[1].prompt, "completion": "no idea"}, {"prompt": test[2].text, "completion": ""}]
    code, said = give(rows)
    assert code == 0
    first, second = said.splitlines()
    assert first == (
        "3 answers of mine to example (1 with logprob, 1 with p_true, 0 with grade): "
        f"{tmp_path}/answers/mine/example.parquet"
    )
    assert second == (
        "test: 3 of 20 questions, accuracy 0.333 (95% 0.061 to 0.792, Wilson score interval); "
        "1 state no answer that can be read"
    )
    line = 'mine: {route: recorded, answers: [answers/mine], about: "answers of one\'s own"}\n'
    assert (tmp_path / "subjects.yaml").read_text() == f"{LISTED}\n{line}"
    found = recorded.answers(subjects.find("mine"), task)
    said = [(one.right, one.logprob, one.p_true) for one in found]
    assert said == [(True, -0.25, 0.9), (False, None, None), (False, None, None)]
    assert sorted(file.name for file in (tmp_path / "answers").rglob("*")) == ["example.parquet", "mine"]


def test_importing_again_replaces_the_answers_and_lists_nothing_twice(give, tmp_path):
    give([GOOD])
    listed = (tmp_path / "subjects.yaml").read_text()
    rows = "id,completion,logprob,p_true,grade\nexample/40,Oslo,,1,TRUE\nexample/20,,-1,,0\n"
    code, said = give(rows, suffix=".csv")
    assert code == 0
    assert said.startswith("2 answers of mine to example (1 with logprob, 1 with p_true, 2 with grade): ")
    assert [line.split(" (")[0] for line in said.splitlines()[1:]] == [
        "dev: 1 of 20 questions, accuracy 0.000",
        "test: 1 of 20 questions, accuracy 1.000",
    ]
    assert (tmp_path / "subjects.yaml").read_text() == listed


def test_a_file_is_about_the_task_that_it_is_named_after(give):
    code, said = give([GOOD], task="")
    assert (code, said.startswith("error: no task 'given': one of triviaqa, ")) == (2, True)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (GOOD, "a second answer to example/40: the first is in "),
        ({"prompt": "What is the capital of Finland?", "completion": "?"}, "a second answer to example/40: the first"),
        (
            {"id": "example/60", "completion": "?"},
            "example has no question with the id 'example/60': its ids look like example/0",
        ),
        ({"prompt": "Why?", "completion": "?"}, "example has no question with the prompt 'Why?'"),
        ({"completion": "?"}, "no column 'id' or 'prompt' that names the question"),
        ({"id": None, "completion": "?"}, "column 'id' is null, a text or a number expected"),
        ({"id": "example/41"}, "no column 'completion' with the text of the answer"),
        ({"id": "example/41", "completion": None}, "no column 'completion' with the text of the answer"),
        ({"id": "example/41", "completion": "?", "logprob": 0.5}, "logprob '0.5' is no finite number of at most 0"),
        ({"id": "example/41", "completion": "?", "logprob": "-inf"}, "logprob '-inf' is no finite number"),
        ({"id": "example/41", "completion": "?", "logprob": [1]}, "logprob ['1'] is no finite number"),
        ({"id": "example/41", "completion": "?", "logprob": False}, "logprob False is no finite number"),
        ({"id": "example/41", "completion": "?", "p_true": 1.01}, "p_true '1.01' is no number in [0, 1]"),
        ({"id": "example/41", "completion": "?", "p_true": -1}, "p_true '-1' is no number in [0, 1]"),
        ({"id": "example/41", "completion": "?", "p_true": "nan"}, "p_true 'nan' is no number in [0, 1]"),
        ({"id": "example/41", "completion": "?", "p_true": "likely"}, "p_true 'likely' is no number in [0, 1]"),
        ({"id": "example/41", "completion": "?", "p_true": True}, "p_true True is no number in [0, 1]"),
        ({"id": "example/41", "completion": "?", "p_true": {}}, "p_true {} is no number in [0, 1]"),
        ({"id": "example/41", "completion": "?", "grade": "good"}, "grade 'good' is neither true nor false"),
        ({"id": "example/41", "completion": "?", "grade": {}}, "grade {} is neither true nor false"),
    ],
)
def test_a_faulty_row_is_one_line_and_nothing_is_written(give, tmp_path, row, message):
    code, said = give([GOOD, row])
    assert code == 2
    assert said.startswith(f"error: {tmp_path}/given.jsonl, line 2: {message}")
    assert said.count("\n") == 1
    assert not (tmp_path / "answers").exists()
    assert (tmp_path / "subjects.yaml").read_text() == LISTED


@pytest.mark.parametrize("p", [0, 1, "0.5", 1e-9])
def test_a_probability_may_be_any_from_0_to_1(give, p):
    assert give([GOOD | {"p_true": p}])[0] == 0
    assert [one.p_true for one in recorded.answers(subjects.find("mine"), find("example"))] == [float(p)]


def test_a_row_that_is_no_json_is_named_by_its_line(give, tmp_path):
    code, said = give('{"id": "example/40", "completion": "x"}\n{"id"\n')
    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith(f"error: {tmp_path}/given.jsonl, line 2 is no JSON: Expecting ':' delimiter")
    assert not (tmp_path / "answers").exists()


@pytest.mark.parametrize("name", ["", "a b", "../x", "model", "recorded", "12", "1.5", "true", "null"])
def test_a_name_that_can_be_no_subjects_is_refused(give, tmp_path, name):
    code, said = give([GOOD], name=name)
    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith(f"error: subject {name!r}: give a name of letters, digits and .+-_")
    assert not (tmp_path / "answers").exists()


def test_the_name_of_another_subject_is_refused(give):
    assert give([GOOD], name="one") == (
        2,
        "error: subject one is another: subjects.yaml lists it without answers/one; give a new name\n",
    )


def test_a_place_that_cannot_be_written_is_one_line(give, tmp_path):
    (tmp_path / "answers").write_text("in the way")
    code, said = give([GOOD])
    assert (code, said) == (2, f"error: cannot write {tmp_path}/answers/mine: Not a directory\n")
    assert (tmp_path / "subjects.yaml").read_text() == LISTED


def test_it_is_a_command_of_subjects(tmp_path):
    command = [sys.executable, "-m", "common.subjects", "import", str(tmp_path / "no.jsonl"), "--subject", "mine"]
    done = subprocess.run([*command, "--task", "example"], cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, f"error: {tmp_path}/no.jsonl: No such file or directory\n")
