"""Assessors: whom the catalogue's trust names, and the accounts by which they look at the store's pages."""

import re
from collections.abc import Iterable
from datetime import timedelta
from secrets import token_hex
from typing import NamedTuple

from sqlalchemy import Engine, insert, select

from tabard.accounts import Account, Accounts, random_password
from tabard.catalogue import Publishing
from tabard.decision import Accreditor, Role, Trust
from tabard.ground.dsse import Envelope
from tabard.ground.keys import PublicKey, SigningKey
from tabard.ground.time import Clock
from tabard.store.errors import NotTaken
from tabard.store.model import Assessor, Enrolled, Signed
from tabard.store.named import Named
from tabard.store.publishers import Publishers, ods_code
from tabard.store.requests import Asked, Once, signer_of
from tabard.store.tables import ASSESSOR_ACCOUNTS

ROLE = "assessor"
OFFICE = timedelta(days=365)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,39}")


class Assessors(NamedTuple):
    """Who judges here. They are named by the catalogue, signed with offline keys: the store itself can name nobody."""

    engine: Engine
    named: Named
    publishing: Publishing
    publishers: Publishers
    accounts: Accounts
    once: Once
    verifier: str
    clock: Clock

    def enrol(
        self,
        name: str,
        role: Role,
        key: PublicKey,
        targets: Iterable[SigningKey],
        username: str | None = None,
        *,
        organisation: str,
    ) -> Enrolled:
        """Name a person of an organisation (ODS code) as assessor in one role for a year, signed by the offline `targets` keys.

        With a `username` they get an account to look at the queue; its password is answered this once. Raises NotTaken
        for a key that is enrolled already, whoever has it, or no ODS code, and what the catalogue raises for too few keys.
        """
        trust = self.trust()
        self._refuse_known(key, trust, username)
        organisation = ods_code(organisation)
        now = self.clock().replace(microsecond=0)
        who = Accreditor(_id(name), name.strip(), role, (key,), now, now + OFFICE, organisation)
        self.publishing.enrol(Trust(self.verifier, (*trust.accreditors, who)), tuple(targets))
        password = None if username is None else self._account(username, who)
        return Enrolled(_assessor(who, username), password)

    def trust(self) -> Trust:
        """Whom the catalogue names now; read again only when the catalogue changed."""
        return self.named.trust()

    def all(self) -> tuple[Assessor, ...]:
        """Every assessor whom the catalogue names, by name."""
        usernames = self._usernames()
        found = (_assessor(one, usernames.get(one.id)) for one in self.trust().accreditors)
        return tuple(sorted(found, key=lambda one: one.name))

    def find(self, assessor: str) -> Accreditor | None:
        """The assessor of that id, in office now; None for nobody."""
        return next((one for one in self._in_office() if one.id == assessor), None)

    def of_account(self, account: Account) -> Accreditor | None:
        """Whose account that is, when they are in office now."""
        asked = select(ASSESSOR_ACCOUNTS).where(ASSESSOR_ACCOUNTS.c.username == account.username)
        with self.engine.begin() as connection:
            row = connection.execute(asked).one_or_none()
        return None if row is None else self.find(row.accreditor)

    def who_asks(self, header: str, asked: Asked) -> Accreditor:
        """Who signed that request, which is used up by it. Raises Unknown, saying why."""
        now = self.clock()
        known = {key: one for one in self._in_office() for key in one.keys}
        key, digest = signer_of(header, asked, known, now)
        self.once.use(digest, now)
        return known[key]

    def publisher_asks(self, header: str, asked: Asked, ods: str) -> None:
        """That this publisher signed that request, which is used up by it. Raises Unknown, saying why."""
        now = self.clock()
        _, digest = signer_of(header, asked, self.publishers.keys_now(ods), now)
        self.once.use(digest, now)

    def signers_of(self, statement: Envelope | None) -> tuple[Signed, ...]:
        """Who signed that statement, in the order in which they did."""
        if statement is None:
            return ()
        accreditors = self.trust().accreditors
        valid = {key.keyid for key in statement.signers(key for one in accreditors for key in one.keys)}
        by_key = {key.keyid: one for one in accreditors for key in one.keys}
        signed = [(keyid, by_key[keyid]) for keyid, _ in statement.signatures if keyid in valid]
        return tuple(Signed(one.id, one.name, one.role, keyid) for keyid, one in signed)

    def _usernames(self) -> dict[str, str]:
        with self.engine.begin() as connection:
            return {row.accreditor: row.username for row in connection.execute(select(ASSESSOR_ACCOUNTS))}

    def _in_office(self) -> tuple[Accreditor, ...]:
        now = self.clock()
        return tuple(one for one in self.trust().accreditors if one.is_in_office(now))

    def _refuse_known(self, key: PublicKey, trust: Trust, username: str | None) -> None:
        publisher = self.publishers.whose(key.keyid)
        taken = {
            f"publisher {publisher.ods}" if publisher else "": publisher is not None,
            "another assessor's key": key.keyid in {one.keyid for one in trust.keys},
            "the store's own key": key.keyid in self.named.unattended(),
        }
        if any(taken.values()):
            raise NotTaken(
                "this key is enrolled already",
                where=key.keyid,
                got=next(whose for whose, is_so in taken.items() if is_so),
                remedy="let each person make a key of their own: tabard accredit key FILE",
            )
        if username is None:
            return
        if _USERNAME.fullmatch(username) is None:
            raise NotTaken("this is no username", expected="2 to 40 of a-z, 0-9, dots and hyphens", got=username)
        if username in self._usernames().values():
            raise NotTaken("this username is somebody's already", got=username, remedy="choose another")

    def _account(self, username: str, who: Accreditor) -> str:
        password = random_password()
        self.accounts.put(username, who.name, frozenset({ROLE}), password)
        with self.engine.begin() as connection:
            connection.execute(insert(ASSESSOR_ACCOUNTS).values(username=username, accreditor=who.id))
        return password


def _assessor(one: Accreditor, username: str | None) -> Assessor:
    keyids = tuple(key.keyid for key in one.keys)
    return Assessor(one.id, one.name, one.role, keyids, one.valid_from, one.valid_until, username, one.organisation)


def _id(name: str) -> str:
    """An id that can be read, and that two people of one name do not share."""
    words = re.sub(r"[^a-z]+", "-", name.casefold()).strip("-") or "assessor"
    return f"{words[:40]}-{token_hex(3)}"
