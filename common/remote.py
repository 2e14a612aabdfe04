"""Published samples, to and from a DVC remote: a folder, or a cloud address that DVC has an extra for.

``python -m common.remote push ADDRESS`` sends what `results/**/*.dvc` names, ``pull`` brings it. The address is kept in
`.dvc/config.local`, which is in no commit. Public data are not sent: some of them state no licence, and `make data`
brings them from where they were published.
"""

import argparse
import sys
from collections.abc import Sequence

from common.dvc import dvc
from common.errors import InputError

NAME = "published"


def move(direction: str, address: str) -> None:
    """Send or bring all published samples.

    Args:
        direction: "push" or "pull".
        address: a folder, or an address such as s3://bucket/folder.

    Raises:
        InputError: no address, or DVC could not reach it or lacks a file; its own words say which.
    """
    if not address:
        raise InputError(f"{direction} where? Say make {direction} REMOTE=<folder or cloud address>")
    dvc("remote", "add", "--force", "--local", NAME, address)
    print(dvc(direction, "--remote", NAME, "--recursive", "results"), end="")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line; what goes wrong is one line and exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m common.remote", description=__doc__)
    parser.add_argument("direction", choices=["push", "pull"])
    parser.add_argument("address", help="folder, or address such as s3://bucket/folder")
    options = parser.parse_args(arguments)
    try:
        move(options.direction, options.address)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
