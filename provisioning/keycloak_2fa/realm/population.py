"""How many users stand where with 2FA."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Population:
    """How many people stand where."""

    enrolled: int = 0
    pending: int = 0
    exempt: int = 0
    uncovered: int = 0

    @property
    def total(self) -> int:
        """Everybody; service accounts are not users."""
        return self.enrolled + self.pending + self.exempt + self.uncovered
