import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from common.errors import InputError
from common.grading import worker as worker_module
from common.grading.sandbox import DiedError, Sandbox, TimedOutError

BOMB = "9^{9^{9}}"
"""A power that the screens refuse; handed to the child directly, it computes for ever in C."""

needs_pidfd = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting on a stranger's end needs Linux")


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(time_limit=1.0) as sandbox:
        yield sandbox


def ends(pid_handle, seconds=60):
    """Wait on a process handle; a handle turns readable when its process ends, reaped or not."""
    return bool(select.select([pid_handle], [], [], seconds)[0])


def test_equal_and_unequal_pairs_are_told_apart(sandbox):
    assert sandbox.ask(r"\sqrt{8}", r"2\sqrt{2}")
    assert not sandbox.ask(r"\sqrt{8}", r"2\sqrt{3}")


def test_one_child_serves_many_requests(sandbox):
    sandbox.ask("x+1", "1+x")
    first = sandbox.pid
    sandbox.ask("x+2", "2+x")
    assert sandbox.pid == first


def test_a_child_that_has_served_its_time_is_replaced(monkeypatch):
    monkeypatch.setattr("common.grading.sandbox._RECYCLE_AFTER", 2)
    with Sandbox() as sandbox:
        pids = [sandbox.ask("x+1", "1+x") and sandbox.pid for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_bomb_is_stopped_and_its_process_killed_and_replaced(sandbox):
    assert sandbox.ask("x+1")
    first = sandbox.pid
    with pytest.raises(TimedOutError):
        sandbox.ask(BOMB)
    assert sandbox.pid is None
    with pytest.raises(ProcessLookupError):  # gone and reaped: not even a zombie
        os.kill(first, 0)
    assert sandbox.ask("x+1", "1+x")
    assert sandbox.pid != first


def test_a_child_that_stops_without_using_the_processor_is_given_up():
    with Sandbox(time_limit=0.05) as sandbox:
        sandbox._ready()
        os.kill(sandbox.pid, signal.SIGSTOP)
        with pytest.raises(TimedOutError):
            sandbox.ask("x")


def test_a_child_killed_from_outside_is_replaced_unnoticed(sandbox):
    assert sandbox.ask("x+1")
    os.kill(sandbox.pid, signal.SIGKILL)
    os.waitid(os.P_PID, sandbox.pid, os.WEXITED | os.WNOWAIT)
    assert sandbox.ask("x+1", "1+x")


def test_a_child_killed_during_a_request_is_told_from_one_out_of_time(sandbox):
    process = sandbox._ready()
    process.kill()
    with pytest.raises(DiedError, match="code -9"):
        sandbox._exchange(process, ("x",))


def test_an_interrupted_request_leaves_no_reply_for_the_next(sandbox, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    sandbox.ask("x")
    with monkeypatch.context() as patch:
        patch.setattr("common.grading.sandbox._read_line", interrupt)
        with pytest.raises(KeyboardInterrupt):
            sandbox.ask("x+1", "1+x")
    assert not sandbox.ask("x+1", "2+x")


def test_threads_share_one_child_without_mixing_replies(sandbox):
    replies = {}

    def ask(number):
        replies[number] = sandbox.ask(f"x+{number}", f"{number % 3}+x")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == {number: number < 3 for number in range(9)}


def test_a_fork_starts_a_child_of_its_own_and_leaves_its_parents_alone():
    program = (
        "import os, sys; from common.grading.sandbox import Sandbox\n"
        "sandbox = Sandbox(); sandbox.ask('x'); mine = sandbox.pid\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    right = sandbox.ask('x+1', '1+x') and sandbox.pid != mine\n"
        "    sys.exit(0 if right else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "assert sandbox.ask('x+2', '2+x') and sandbox.pid == mine\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_closing_ends_the_child_and_a_later_request_starts_another():
    sandbox = Sandbox()
    assert sandbox.pid is None
    sandbox.ask("x")
    first = sandbox.pid
    sandbox.close()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    with sandbox:
        assert sandbox.ask("x+1", "1+x")
    assert sandbox.pid is None


def test_a_sandbox_never_closed_ends_with_its_interpreter():
    program = "from common.grading.sandbox import Sandbox; s = Sandbox(); s.ask('x'); print(s.pid)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(run.stdout), 0)
    assert run.stderr == ""


@needs_pidfd
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "computing"])
def test_the_child_ends_after_a_kill_9_of_its_parent(busy):
    request = f"s._process.stdin.write(b'[\"{BOMB}\"]\\n')" if busy else ""
    program = (
        "import sys; from common.grading.sandbox import Sandbox\n"
        "s = Sandbox(time_limit=1.0); s.ask('x')\n"
        f"{request}\n"
        "print(s.pid, flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        handle = os.pidfd_open(int(parent.stdout.readline()))
        try:
            assert not ends(handle, seconds=0)
            parent.kill()
            assert ends(handle)
        finally:
            os.close(handle)


@pytest.mark.parametrize(
    "payload",
    [
        "__import__('os').system('touch {}')",
        "open('{}', 'w')",
        "$(touch {})",
        "; touch {} ;",
        r"\write18{{touch {}}}",
        r"\immediate\openout1={}",
        "1+__import__('pathlib').Path('{}').touch()",
        "().__class__.__base__.__subclasses__()[-1]('touch {}')",
        r"\operatorname{{exec}}(open('{}','w'))",
        "Function('open')('{}','w')",
    ],
)
def test_nothing_in_an_answer_is_executed_even_without_the_screens(sandbox, payload, tmp_path):
    canary = tmp_path / "canary"
    sandbox.ask(payload.format(canary))
    sandbox.ask(payload.format(canary), "5")
    assert not canary.exists()


def test_the_child_has_given_up_its_rights(tmp_path):
    canary = tmp_path / "canary"
    deeds = [
        f"os.system('touch {canary}')",
        f"open('{canary}', 'w')",
        f"os.open('{canary}', os.O_CREAT | os.O_WRONLY)",
        f"subprocess.run(['touch', '{canary}'])",
        "os.fork()",
        f"os.execv('/bin/touch', ['touch', '{canary}'])",
        "socket.socket()",
        f"os.mkdir('{canary}')",
        "ctypes.CDLL(None)",
    ]
    tries = "".join(f"try: {deed}\nexcept PermissionError: print('refused')\n" for deed in deeds)
    program = (
        "import ctypes, os, runpy, socket, subprocess\n"
        f"runpy.run_path({worker_module.__file__!r})['give_up_rights'](2**30)\n{tries}"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout == "refused\n" * len(deeds)
    assert not canary.exists()


def test_the_child_cannot_take_more_memory_than_it_is_given():
    program = (
        "import runpy\n"
        f"runpy.run_path({worker_module.__file__!r})['give_up_rights'](2**29)\n"
        "try:\n    bytearray(2**30)\nexcept MemoryError:\n    print('refused')\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout == "refused\n"


def test_a_child_that_cannot_start_says_how_to_find_out_why(monkeypatch):
    monkeypatch.setattr("common.grading.sandbox._PROGRAM", Path("/nowhere/worker.py"))
    with pytest.raises(RuntimeError, match=r"run it by hand to see why.*worker\.py"):
        Sandbox().ask("x")


@pytest.mark.parametrize("limits", [{"time_limit": 0}, {"memory_bytes": -1}])
def test_a_limit_that_is_not_positive_is_refused(limits):
    with pytest.raises(InputError, match="give positive ones"):
        Sandbox(**limits)
