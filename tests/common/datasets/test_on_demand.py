import json
import lzma
import re
import socket

import pytest

from common.datasets import fetch, on_demand, registry
from common.datasets.on_demand import Source
from common.errors import InputError

LINES = b'{"a": 1}\n' * 2000
HALF = len(LINES) // 2


@pytest.fixture
def source(shelf, site):
    """A source that the site serves; `mode` says how the site misbehaves on it. `shelf` empties data folders."""
    shelf.pin("pinned.txt", b"pinned")

    def add(path: str, content: bytes = LINES, mode: str = "well"):
        site.files[path] = content
        site.modes[path] = mode
        return Source(path, site.url + path, "none stated")

    return add


def fetched():
    folder = registry.on_demand_folder()
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.jsonl")}


def test_first_use_brings_the_files_and_pins_them(source, shelf):
    sources = [source("a/one.jsonl"), source("a/two.jsonl", b"{}\n")]
    assert on_demand.missing(sources) == sources
    assert on_demand.fetch_sources(sources) == []
    assert on_demand.missing(sources) == []
    assert fetched() == {"a/one.jsonl": LINES, "a/two.jsonl": b"{}\n"}
    assert not shelf.data.exists()
    pin = registry.entry("a/one.jsonl")
    assert (pin.bytes, pin.rows, pin.licence) == (len(LINES), 2000, "none stated")
    assert registry.fault(registry.on_demand_folder() / "a/one.jsonl", pin) is None
    assert registry.locate("a/one.jsonl") == registry.on_demand_folder() / "a/one.jsonl"


def test_a_second_fetch_asks_for_nothing_that_is_here(source, site):
    sources = [source("one.jsonl")]
    on_demand.fetch_sources(sources)
    assert on_demand.fetch_sources([*sources, source("two.jsonl")]) == []
    assert [path for path, _ in site.requests] == ["one.jsonl", "two.jsonl"]


def test_a_change_upstream_after_the_first_use_is_refused(source, site):
    sources = [source("one.jsonl")]
    on_demand.fetch_sources(sources)
    (registry.on_demand_folder() / "one.jsonl").unlink()
    assert on_demand.missing(sources) == sources
    site.files["one.jsonl"] = LINES.replace(b"1", b"2")
    (line,) = on_demand.fetch_sources(sources)
    assert "one.jsonl refused: what came has SHA-256" in line
    assert fetched() == {}
    site.files["one.jsonl"] = LINES
    assert on_demand.fetch_sources(sources) == []
    assert fetched() == {"one.jsonl": LINES}


def test_an_altered_file_is_refused_at_use_and_mended_by_the_next_fetch(source):
    sources = [source("one.jsonl")]
    on_demand.fetch_sources(sources)
    (registry.on_demand_folder() / "one.jsonl").write_bytes(LINES[:-9])
    with pytest.raises(InputError, match=r"one\.jsonl has 17,991 bytes, 18,000 expected: .* `make on-demand`$"):
        registry.locate("one.jsonl")
    assert on_demand.fetch_sources(sources) == []
    assert fetched() == {"one.jsonl": LINES}


@pytest.mark.parametrize(
    ("mode", "content", "problem"),
    [
        ("html", LINES, "the server sent an HTML page, not the data"),
        ("missing", LINES, "the server answered 404"),
        ("truncated", b'{"a": 1}\n{"a"', "ends in the middle of a line"),
        ("well", b"", "what came is empty"),
        ("drop", LINES, re.escape("the connection dropped (9,000 of 18,000 bytes are here)")),
    ],
)
def test_what_cannot_be_the_file_is_refused_by_name_and_the_others_come(source, mode, content, problem):
    sources = [source("bad.jsonl", content, mode), source("good.jsonl", b"{}\n")]
    (line,) = on_demand.fetch_sources(sources)
    assert re.search(rf"bad\.jsonl.*{problem}", line)
    assert fetched() == {"good.jsonl": b"{}\n"}
    assert list(registry.first_uses()) == ["good.jsonl"]


def test_more_than_any_such_file_has_is_refused(source, monkeypatch):
    monkeypatch.setattr(on_demand, "MOST_BYTES", HALF)
    (line,) = on_demand.fetch_sources([source("one.jsonl")])
    assert "more than 9,000 bytes came" in line
    assert fetched() == {}


def test_a_dropped_download_is_resumed(source, site):
    sources = [source("one.jsonl", mode="drop")]
    on_demand.fetch_sources(sources)
    site.modes["one.jsonl"] = "well"
    assert on_demand.fetch_sources(sources) == []
    assert site.requests[-1] == ("one.jsonl", f"bytes={HALF}-")
    assert fetched() == {"one.jsonl": LINES}


def test_a_whole_part_that_a_kill_left_is_asked_for_again(source, shelf, site):
    part = shelf.data.parent / ".cache/downloads/one.jsonl.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(LINES)
    sources = [source("one.jsonl", mode="416_to_ranges")]
    assert on_demand.fetch_sources(sources) == []
    assert site.requests == [("one.jsonl", f"bytes={len(LINES)}-"), ("one.jsonl", None)]
    assert fetched() == {"one.jsonl": LINES}


def test_pins_of_what_came_before_an_interruption_are_kept(source, site, monkeypatch):
    sources = [source("one.jsonl"), source("two.jsonl")]
    real = fetch.download

    def interrupted(pin, *arguments):
        if pin.path == "two.jsonl":
            raise KeyboardInterrupt
        real(pin, *arguments)

    monkeypatch.setattr(fetch, "download", interrupted)
    with pytest.raises(KeyboardInterrupt):
        on_demand.fetch_sources(sources)
    assert list(registry.first_uses()) == ["one.jsonl"]
    monkeypatch.setattr(fetch, "download", real)
    assert on_demand.fetch_sources(sources) == []
    assert [path for path, _ in site.requests] == ["one.jsonl", "two.jsonl"]


def test_pins_are_written_in_batches_and_sorted(source, monkeypatch):
    monkeypatch.setattr(on_demand, "BATCH", 2)
    assert on_demand.fetch_sources([source(f"{name}.jsonl", b"{}\n") for name in "cab"]) == []
    file = registry.on_demand_folder() / "first_use.json"
    assert [pin["path"] for pin in json.loads(file.read_text())] == ["a.jsonl", "b.jsonl", "c.jsonl"]


def test_the_mirror_comes_before_the_network(source, site, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/one.jsonl").write_bytes(LINES)
    assert on_demand.fetch_sources([source("one.jsonl"), source("two.jsonl")], tmp_path / "copy") == []
    assert [path for path, _ in site.requests] == ["two.jsonl"]
    assert registry.entry("one.jsonl").rows == 2000


def test_packed_copy_in_the_mirror_is_unpacked_and_a_broken_one_pins_nothing(source, site, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/one.jsonl.xz").write_bytes(lzma.compress(LINES))
    (tmp_path / "copy/two.jsonl.xz").write_bytes(lzma.compress(LINES)[:-20])
    (line,) = on_demand.fetch_sources([source("one.jsonl"), source("two.jsonl")], tmp_path / "copy")
    assert "two.jsonl.xz is no whole xz file (" in line
    assert (fetched(), site.requests) == ({"one.jsonl": LINES}, [])
    assert list(registry.first_uses()) == ["one.jsonl"]


def test_without_a_network_it_is_one_line_and_nothing_is_pinned(shelf):
    shelf.pin("pinned.txt", b"pinned")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/one.jsonl"
        with pytest.raises(fetch.OfflineError, match=r"^cannot reach 127\.0\.0\.1:\d+ for .*one\.jsonl"):
            on_demand.fetch_sources([Source("one.jsonl", url, "none")])
    assert not registry.on_demand_folder().exists()


def test_used_names_a_folder_once_with_a_hash_that_follows_its_files(source, shelf):
    pin = shelf.put("pinned.txt", b"here")
    on_demand.fetch_sources([source("f/a/one.jsonl"), source("f/a/x/two.jsonl"), source("f/b/one.jsonl")])
    registry.locate("pinned.txt")
    registry.locate("f/a/one.jsonl")
    alone = registry.used()["f/a (1 files)"]
    registry.locate("f/a/x/two.jsonl")
    registry.locate("f/b/one.jsonl")
    used = registry.used()
    assert list(used) == ["f/a (2 files)", "f/b (1 files)", "pinned.txt"]
    assert used["pinned.txt"] == pin.sha256
    assert len({alone, *used.values()}) == 4
