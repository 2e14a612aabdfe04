import pytest

from common.models import __main__ as command
from common.models import converted


def test_models_are_listed_with_their_state(shelf, cache, tiny_gguf, capsys):
    shelf.put("here", tiny_gguf.read_bytes(), parameters=98_765)
    shelf.put("not-here", b"other", parameters=1_543_714_304, licence="Apache-2.0")
    assert command.main(["fetch", "here"]) == 0
    assert capsys.readouterr().out == f"here is in {cache / 'here'}\n"
    assert command.main(["list"]) == 0
    _, first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["here", "98,765", "0.00", "GB", "0.00", "GB", "MIT", "is", "here"]
    assert second.split() == [
        "not-here",
        "1,543,714,304",
        "0.00",
        "GB",
        "3.09",
        "GB",
        "Apache-2.0",
        "is",
        "not",
        "here",
    ]


def test_model_that_is_here_is_said_to_be(shelf, tiny_gguf, capsys):
    shelf.put("m", tiny_gguf.read_bytes())
    command.main(["fetch", "m"])
    first = capsys.readouterr()
    assert command.main(["fetch", "m"]) == 0
    assert capsys.readouterr() == (first.out, "")


def test_unknown_name_is_one_line_that_lists_those_there_are(shelf, capsys):
    shelf.put("one", b"1")
    shelf.put("two", b"2")
    assert command.main(["fetch", "one", "three"]) == 2
    assert capsys.readouterr().err == "error: no model is registered as 'three': there are one, two\n"


def test_terms_are_printed_first_and_must_be_accepted(shelf, cache, tiny_gguf, capsys):
    shelf.put("free", b"1")
    shelf.put("bound", tiny_gguf.read_bytes(), terms="Use it well: https://example.org/terms")
    assert command.main(["fetch", "free", "bound"]) == 2
    output = capsys.readouterr()
    assert output.out == "bound: Use it well: https://example.org/terms\n"
    assert output.err == "error: bound is under terms of its own: say --accept-terms if you accept them\n"
    assert not cache.exists()
    assert command.main(["fetch", "--accept-terms", "bound"]) == 0
    assert capsys.readouterr().out.startswith("bound: Use it well: https://example.org/terms\nbound is in ")


def test_interrupt_is_exit_code_130(shelf, monkeypatch, capsys):
    shelf.put("m", b"1")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(converted, "fault", interrupted)
    assert command.main(["fetch", "m"]) == 130
    assert capsys.readouterr().err == "interrupted: run it again, it goes on where it stopped\n"


@pytest.mark.parametrize("arguments", [[], ["fetch"], ["fetch", "--fast", "m"]])
def test_wrong_command_line_is_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
