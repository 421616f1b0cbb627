"""The people of this hospital as the gateway knows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from tabard.accounts import Account, Sessions
from tabard.gateway import Person
from tabard.hospital.model import with_implied


def person(account: Account) -> Person:
    """The person of an account, with the roles that theirs imply."""
    return Person(account.id, account.name, with_implied(account.roles), account.practitioner)


@dataclass(frozen=True, slots=True)
class People:
    """Who is signed in. The gateway's port `Sessions`."""

    sessions: Sessions

    def person_of(self, headers: Mapping[str, str]) -> Person | None:
        """Who is signed in, by a request's headers (names in small letters); None for nobody."""
        session = self.sessions.find(headers)
        return None if session is None else person(session.account)
