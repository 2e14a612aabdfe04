"""A shelf of made-up pinned files, a web server that misbehaves on request, and fetch as a real process."""

import contextlib
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from common import paths
from common.datasets import registry


class Shelf:
    """Pins made-up files in a registry of the test's own; `put` also lays them into its data folder."""

    def __init__(self, folder: Path, data: Path):
        self.registry = folder / "registry.yaml"
        self.data = data
        self.entries = []

    def pin(self, path: str, content: bytes, rows: int = 1, url: str = "http://127.0.0.1:9/"):
        digest = hashlib.sha256(content).hexdigest()
        fields = {"path": path, "url": url, "sha256": digest, "bytes": len(content), "rows": rows, "licence": "none"}
        self.entries.append(fields)
        self.registry.write_text(yaml.safe_dump({"files": self.entries}))
        registry._parse.cache_clear()
        return registry.Entry(**fields)

    def put(self, path: str, content: bytes, rows: int = 1):
        pin = self.pin(path, content, rows)
        (self.data / path).parent.mkdir(parents=True, exist_ok=True)
        (self.data / path).write_bytes(content)
        return pin

    def put_json(self, path: str, document, rows: int = 1):
        return self.put(path, json.dumps(document).encode(), rows)

    def put_jsonl(self, path: str, records, rows: int | None = None):
        content = "".join(json.dumps(record) + "\n" for record in records).encode()
        content = gzip.compress(content) if path.endswith(".gz") else content
        return self.put(path, content, len(records) if rows is None else rows)


@pytest.fixture
def shelf(tmp_path, monkeypatch, empty_data):
    monkeypatch.setattr(registry, "REGISTRY", tmp_path / "registry.yaml")
    monkeypatch.setattr(registry, "_used", {})
    yield Shelf(tmp_path, empty_data)
    registry._parse.cache_clear()


class Site:
    """Serves `files` under `url`; `modes` says how a path misbehaves; `requests` lists (path, Range header)."""

    def __init__(self, url: str):
        self.url = url
        self.files: dict[str, bytes] = {}
        self.modes: dict[str, str] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.stalled = threading.Event()
        self.release = threading.Event()


class Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.close_connection = True
        path, asked = self.path.removeprefix("/"), self.headers["Range"]
        self.site.requests.append((path, asked))
        body = self.site.files.get(path, b"")
        getattr(self, "answer_" + self.site.modes.get(path, "well"))(body, asked)

    def send(self, status: int, body: bytes, announced: int | None = None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if announced is None else announced))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def answer_well(self, body, asked):
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked else 0
        self.send(206 if asked else 200, body[start:])

    def answer_without_ranges(self, body, asked):
        self.send(200, body)

    def answer_truncated(self, body, asked):
        self.send(200, body[: len(body) // 2])

    def answer_altered(self, body, asked):
        self.send(200, body[:-1] + b"#")

    def answer_html(self, body, asked):
        self.send(200, b"\n<!DOCTYPE html><html><body>Sign in to go on</body></html>")

    def answer_too_long(self, body, asked):
        self.send(200, body * 20)

    def answer_missing(self, body, asked):
        self.send(404, b"no such file")

    def answer_416_to_ranges(self, body, asked):
        self.send(416 if asked else 200, b"" if asked else body)

    def answer_drop(self, body, asked):
        self.send(200, body[: len(body) // 2], announced=len(body))

    def answer_drop_in_a_chunk(self, body, asked):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n" % len(body) + body[: len(body) // 2])

    def answer_nothing(self, body, asked):
        pass

    def answer_stall(self, body, asked):
        self.answer_drop(body, asked)
        self.site.stalled.set()
        self.site.release.wait(60)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A client that was killed, or that hung up on a body too long, is no error here."""


@pytest.fixture
def site():
    handler = type("SiteHandler", (Handler,), {})
    server = Server(("127.0.0.1", 0), handler)
    handler.site = Site(f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield handler.site
    handler.site.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


PROCESS = """
import resource, signal, sys
from pathlib import Path
from common.datasets import __main__ as command, fetch, registry

signal.signal(signal.SIGINT, signal.default_int_handler)
registry.REGISTRY = Path(sys.argv[1])
if sys.argv[2] != "-":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))

chunks = fetch._chunks
def reported(*arguments):
    for chunk in chunks(*arguments):
        yield chunk
        print("written", flush=True)
fetch._chunks = reported
sys.exit(command.main(sys.argv[3:]))
"""


@pytest.fixture
def fetch_process(shelf):
    """Start `fetch` on the shelf's registry in a process; it prints 'written' after each chunk on disk."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: str, file_size_limit: int | None = None, stderr: int = subprocess.PIPE):
            limit = "-" if file_size_limit is None else str(file_size_limit)
            environment = {key: os.environ[key] for key in os.environ if not key.lower().endswith("_proxy")}
            process = subprocess.Popen(
                [sys.executable, "-c", PROCESS, str(shelf.registry), limit, "fetch", *arguments],
                env=environment | {"DATA_DIR": str(shelf.data)},
                cwd=paths.ROOT,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start
