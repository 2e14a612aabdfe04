import signal
import subprocess
import sys

import pytest

from common.errors import InputError
from common.locks import sole_owner
from common.paths import ROOT

HOLD = """
import sys
from pathlib import Path
from common.locks import sole_owner
with sole_owner(Path(sys.argv[1]), ""):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_another_process_is_refused_until_the_owner_ends_in_whatever_way(tmp_path, end):
    lock = tmp_path / ".lock"
    command = [sys.executable, "-c", HOLD, str(lock)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=r"^busy$"), sole_owner(lock, "busy"):
            pytest.fail("held twice")
        owner.send_signal(end)
        owner.wait()
    with sole_owner(lock, "busy"):
        pass


def test_an_error_inside_lets_go(tmp_path):
    with pytest.raises(ValueError, match="mine"), sole_owner(tmp_path / ".lock", "busy"):
        raise ValueError("mine")
    with sole_owner(tmp_path / ".lock", "busy"):
        pass
