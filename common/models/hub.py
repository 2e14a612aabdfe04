"""The Hugging Face Hub as a source of GGUF files."""

import http.client
import os
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

from huggingface_hub import constants, hf_hub_download

from common.models.registry import Hub, UnavailableError

PROBE_S = 1.5
"""How long the Hub has to answer where there is another source."""


def download(hub: Hub, target: Path) -> None:
    """Bring a file of the Hub to `target`; what a kill leaves of it is gone on with.

    Raises:
        UnavailableError: the Hub cannot be reached, or does not give the file.
    """
    if constants.HF_HUB_OFFLINE:
        raise UnavailableError("the Hub is not asked, HF_HUB_OFFLINE is set")
    if not reachable(PROBE_S):
        raise UnavailableError(f"the Hub ({constants.ENDPOINT}) cannot be reached")
    print(f"{hub.file}: from {constants.ENDPOINT}/{hub.repo}", file=sys.stderr)
    try:
        file = hf_hub_download(hub.repo, hub.file, local_dir=target.parent / "hub")
    except Exception as error:  # of whatever kind: there is another source, and this error is told if that fails too
        detail = " ".join(str(error).split())
        raise UnavailableError(f"the Hub ({constants.ENDPOINT}) does not give {hub.repo} ({detail:.120})") from error
    os.replace(file, target)


def reachable(seconds: float) -> bool:
    """Whether the Hub answers within so many seconds, whatever it answers."""
    answered = []

    def ask() -> None:
        try:
            urllib.request.urlopen(urllib.request.Request(constants.ENDPOINT, method="HEAD"), timeout=seconds).close()
        except urllib.error.HTTPError as error:
            error.close()
        except (OSError, http.client.HTTPException):
            return
        answered.append(True)

    thread = threading.Thread(target=ask, daemon=True)  # the time to look up the address has no other limit
    thread.start()
    thread.join(seconds)
    return bool(answered)
