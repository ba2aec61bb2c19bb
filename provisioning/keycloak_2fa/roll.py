"""Who was seen, told as one number: two readings saw the same people if their rolls are equal.

A sum of digests does not depend on the order and takes no more memory for more people. It is a multiset hash
(Clarke et al., "Incremental Multiset Hash Functions and Their Application to Memory Integrity Checking", 2003):
to miss somebody and still get the same sum takes a collision of 128 bits.
"""

from hashlib import blake2b

_BYTES = 16
_MODULUS = 1 << (8 * _BYTES)


class Roll:
    """Ids that were called, in any order."""

    def __init__(self) -> None:
        self._sum = 0

    def call(self, user_id: str) -> None:
        """Add one id. Called twice it counts twice, so that nobody can stand in for somebody else."""
        digest = blake2b(user_id.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
        self._sum = (self._sum + int.from_bytes(digest)) % _MODULUS

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Roll) and self._sum == other._sum

    __hash__ = None  # type: ignore[assignment]  # it changes
