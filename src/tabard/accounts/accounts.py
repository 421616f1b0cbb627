"""The embedded list of accounts: for the demo and a first evening; a hospital signs in by its own identity provider."""

from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, Row, Select, delete, insert, select

from tabard.accounts import passwords
from tabard.accounts.model import Account
from tabard.accounts.passwords import STANDARD, Cost
from tabard.accounts.tables import ACCOUNTS, OUTSIDERS, PRACTITIONERS


class Accounts:
    """Who may sign in, and what they are."""

    def __init__(self, engine: Engine, cost: Cost = STANDARD) -> None:
        self._engine = engine
        self._cost = cost

    def put(
        self, username: str, name: str, roles: frozenset[str], password: str, practitioner: str | None = None
    ) -> Account:
        """Add an account; one of the same username before it goes, with its sessions."""
        account = Account(str(uuid4()), username, name, frozenset(map(str, roles)), practitioner)
        row = {
            "id": account.id,
            "username": username,
            "name": name,
            "roles": " ".join(sorted(account.roles)),
            "password": passwords.digest(password, self._cost),
        }
        with self._engine.begin() as connection:
            connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.username == username))
            connection.execute(insert(ACCOUNTS).values(row))
            if practitioner is not None:
                connection.execute(insert(PRACTITIONERS).values(account=account.id, practitioner=practitioner))
        return account

    def find(self, username: str) -> Account | None:
        """The account of that username, or None."""
        with self._engine.begin() as connection:
            row = connection.execute(with_practitioner().where(ACCOUNTS.c.username == username)).one_or_none()
        return None if row is None else to_account(row)

    def roles_of(self, account_id: str) -> frozenset[str] | None:
        """What the person of that account is now; None where there is no such account, or none any more."""
        asked = select(ACCOUNTS.c.roles).where(ACCOUNTS.c.id == account_id)
        with self._engine.begin() as connection:
            roles = connection.execute(asked).scalar_one_or_none()
        return None if roles is None else frozenset(roles.split())

    def check(self, username: str, password: str) -> Account | None:
        """The account that this name and password open. Takes as long for a name unknown as for a wrong password."""
        with self._engine.begin() as connection:
            row = connection.execute(with_practitioner().where(ACCOUNTS.c.username == username)).one_or_none()
        kept = _nobody(self._cost) if row is None else row.password
        is_right = passwords.is_right(password, kept)
        return to_account(row) if row is not None and is_right else None

    def name_of(self, username: str) -> str | None:
        """The name of the person who goes by it; None where there is none, or none any more."""
        named = select(ACCOUNTS.c.name).where(ACCOUNTS.c.username == username)
        vouched = select(OUTSIDERS.c.name).where(OUTSIDERS.c.id == username)
        with self._engine.begin() as connection:
            name = connection.execute(named.union_all(vouched).limit(1)).scalar_one_or_none()
        return None if name is None else str(name)

    def names(self) -> dict[str, str]:
        """The names of all whom this place knows, by id: for telling who did what."""
        with self._engine.begin() as connection:
            own = connection.execute(select(ACCOUNTS.c.id, ACCOUNTS.c.name)).all()
            outside = connection.execute(select(OUTSIDERS.c.id, OUTSIDERS.c.name)).all()
        return {row.id: row.name for row in (*outside, *own)}


@cache
def _nobody(cost: Cost) -> str:
    """The digest of a password that nobody has, to spend the same time on an unknown name."""
    return passwords.digest(passwords.random_password(), cost)


def to_account(row: Row[tuple[str, ...]]) -> Account:
    """The account of a row that `with_practitioner` asked for."""
    return Account(row.id, row.username, row.name, frozenset(row.roles.split()), row.practitioner)


def with_practitioner() -> Select[Any]:
    """Asks for accounts, each with who it is in the record."""
    told = ACCOUNTS.outerjoin(PRACTITIONERS, PRACTITIONERS.c.account == ACCOUNTS.c.id)
    return select(ACCOUNTS, PRACTITIONERS.c.practitioner).select_from(told)
