"""The people of this hospital as the gateway knows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tabard.accounts import Account, Accounts, Sessions
from tabard.gateway import Person
from tabard.hospital.model import with_implied


def person(account: Account) -> Person:
    """The person of an account, with the roles that theirs imply."""
    return Person(account.id, account.name, with_implied(account.roles), account.practitioner)


@dataclass(frozen=True, slots=True)
class People:
    """Who is signed in. The gateway's ports `Sessions`, `SignedIn` and `Directory`.

    `accounts` are those by which people sign in here; None where somebody else vouches for everybody: what people are is then
    told anew each time they come, and nobody can be asked about one who is not there.
    """

    sessions: Sessions
    accounts: Accounts | None = None

    def person_of(self, headers: Mapping[str, str]) -> Person | None:
        """Who is signed in, by a request's headers (names in small letters); None for nobody."""
        session = self.sessions.find(headers)
        return None if session is None else person(session.account)

    def signed_in_at(self, headers: Mapping[str, str]) -> datetime | None:
        """When the person of these headers signed in; None for nobody."""
        return self.sessions.begun(headers)

    def roles_of(self, person_id: str) -> frozenset[str] | None:
        """What a person is now who may not be there; None where nobody here can say."""
        roles = None if self.accounts is None else self.accounts.roles_of(person_id)
        return None if roles is None else with_implied(roles)
