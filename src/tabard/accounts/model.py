"""An account, as a frozen value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the embedded list, or one whom somebody else vouches for (then `username` is the id again).

    A password is known only as its scrypt digest and never leaves the table. `practitioner` is the record's id of the
    Practitioner that they are; None where nobody knows of one.
    """

    id: str
    username: str
    name: str
    roles: frozenset[str]
    practitioner: str | None = None
