"""The users that a job has seen and where each stands, in nine bytes a user (18 to 36 with the room to grow).

Only a digest of an id is kept: 64 bits of a hash with a key of this process. To take one person for another among a
million has a chance of one in ten million million.
"""

import os
from array import array
from enum import IntEnum
from hashlib import blake2b

from keycloak_2fa.people.standing import Standing

_KEY = os.urandom(16)
_HERE = 0x80
"""Marks who was in the list last read."""

_NOT_HERE = bytes(value & ~_HERE for value in range(256))
_ROOM = 1 << 10
"""Places at the start; a power of two always."""


class Known(IntEnum):
    """What is known of a person."""

    ENROLLED = 1
    PENDING = 2
    """Was asked before this job."""

    EXEMPT = 3
    UNCOVERED = 4
    """Is to be marked, or cannot be."""

    MARKED = 5
    """Is asked by this job."""

    GONE = 6


KNOWN = {
    Standing.ENROLLED: Known.ENROLLED,
    Standing.PENDING: Known.PENDING,
    Standing.EXEMPT: Known.EXEMPT,
    Standing.UNCOVERED: Known.UNCOVERED,
}
"""A standing as the register has it."""


class Register:
    """A hash table with open addressing."""

    def __init__(self) -> None:
        self._digests = array("Q", bytes(8 * _ROOM))
        self._known = bytearray(_ROOM)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, user_id: str, known: Known) -> None:
        """Write down what is known of a person who is here."""
        digest = _digest(user_id)
        place = self._place(digest)
        if not self._digests[place]:
            if 3 * (self._count + 1) > 2 * len(self._digests):
                self._grow()
                place = self._place(digest)
            self._digests[place] = digest
            self._count += 1
        self._known[place] = known | _HERE

    def see(self, user_id: str) -> Known | None:
        """What is known of a person, who is in the list now read."""
        place = self._place(_digest(user_id))
        if not self._digests[place]:
            return None
        self._known[place] |= _HERE
        return Known(self._known[place] & ~_HERE)

    def is_here(self, user_id: str) -> bool:
        """Whether a person was in the list last read, or was put since."""
        return bool(self._known[self._place(_digest(user_id))] & _HERE)

    def read_again(self) -> None:
        """A list is read from here on: only users seen or put from now on count as here."""
        self._known = self._known.translate(_NOT_HERE)

    def count(self, known: Known) -> int:
        """How many of those here stand so."""
        return self._known.count(known | _HERE)

    def _place(self, digest: int) -> int:
        mask = len(self._digests) - 1
        place = digest & mask
        while (there := self._digests[place]) and there != digest:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        digests, known = self._digests, self._known
        self._digests = array("Q", bytes(2 * 8 * len(digests)))
        self._known = bytearray(2 * len(known))
        for digest, value in zip(digests, known, strict=True):
            if digest:
                place = self._place(digest)
                self._digests[place] = digest
                self._known[place] = value


def _digest(user_id: str) -> int:
    """Never 0, which stands for an empty place."""
    digest = blake2b(user_id.encode("utf-8", "surrogatepass"), digest_size=8, key=_KEY).digest()
    return int.from_bytes(digest) or 1
