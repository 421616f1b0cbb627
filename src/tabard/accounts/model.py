"""An account, as a frozen value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the embedded list; the password is known only as its scrypt digest and never leaves the table."""

    id: str
    username: str
    name: str
    roles: frozenset[str]
