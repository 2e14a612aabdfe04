"""A mirror's copies of files: as they are, or packed with xz under their name plus `.xz`.

What counts is what is inside: the pin of a file is that of its unpacked content.
"""

import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError

_CHUNK = 1 << 20


class PackingError(InputError):
    """A packed copy ends early, or is no xz file."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy: the `file`, and whether it is packed."""

    file: Path
    packed: bool

    def chunks(self, most: int) -> Iterator[bytes]:
        """Its content piece by piece, ending where more than `most` bytes have come: what is packed may swell.

        Raises:
            PackingError: it is packed, and not whole.
        """
        came = 0
        try:
            with lzma.open(self.file) if self.packed else self.file.open("rb") as stream:
                while came <= most and (chunk := stream.read(_CHUNK)):
                    came += len(chunk)
                    yield chunk
        except (EOFError, lzma.LZMAError) as error:
            raise PackingError(f"{self.file} is no whole xz file ({error})") from error


def find(mirror: Path, path: str) -> Copy | None:
    """The copy of a file in a mirror, plain before packed; None where it has neither."""
    plain, packed = mirror / path, mirror / f"{path}.xz"
    if plain.is_file():
        return Copy(plain, packed=False)
    return Copy(packed, packed=True) if packed.is_file() else None
