import json

from benchmarks.verdicts import __main__, studies


def run(tmp_path, monkeypatch, *arguments):
    monkeypatch.setattr(studies, "KEPT", tmp_path / "kept")
    out = tmp_path / "rates.json"
    sizes = ["--boundary", "30", "--beyond", "10", "--jobs", "1", "--out", str(out)]
    return __main__.main([*arguments, *sizes]), out


def test_rates_of_every_world_are_written_and_told(known_worlds, tmp_path, monkeypatch, capsys):
    code, out = run(tmp_path, monkeypatch)
    assert code == 0
    assert [row["kind"] for row in json.loads(out.read_text())] == [world.kind for world in known_worlds]
    assert "half as wide, 40 normal values: false support" in capsys.readouterr().out


def test_of_some_kinds_alone_the_others_stay_as_they_were(known_worlds, tmp_path, monkeypatch):
    _, out = run(tmp_path, monkeypatch)
    before = json.loads(out.read_text())
    out.write_text(json.dumps([row | {"mark": True} for row in before]))
    run(tmp_path, monkeypatch, "equivalent")
    assert [(row["kind"], "mark" in row) for row in json.loads(out.read_text())] == [
        ("right", True),
        ("half as wide", True),
        ("equivalent", False),
        ("never", True),
    ]


def test_an_unknown_kind_is_named_with_those_that_there_are(known_worlds, tmp_path, monkeypatch, capsys):
    code, out = run(tmp_path, monkeypatch, "left")
    assert code == 2
    assert not out.exists()
    assert capsys.readouterr().err == "error: no kind 'left': there are right, half as wide, equivalent, never\n"
