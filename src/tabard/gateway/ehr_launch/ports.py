"""What opening from inside a record system needs from outside."""

from typing import Protocol


class Whom(Protocol):
    """Whom a launch is about, by the record's ids."""

    @property
    def patient(self) -> str:
        """The patient of now."""

    @property
    def encounter(self) -> str | None:
        """The visit, where one was named."""

    @property
    def is_merged(self) -> bool:
        """Whether the record system named a registration that was merged into the patient."""


class Charts(Protocol):
    """The record system that launches, asked with the link's own rights. Blocking."""

    def whom(self, patient: str, encounter: str | None) -> Whom:
        """Whom its ids are of. Raises NobodyHere, Doubtful, EhrError."""

    def staff_numbers(self, practitioner: str) -> tuple[tuple[str, str], ...]:
        """The numbers of its member of staff, by the record's identifier systems. Raises NobodyHere, EhrError."""
