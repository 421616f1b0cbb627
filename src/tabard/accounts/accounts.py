"""The embedded list of accounts: for the demo and a first evening; a hospital signs in by its own identity provider."""

from functools import cache
from uuid import uuid4

from sqlalchemy import Engine, Row, delete, insert, select

from tabard.accounts import passwords
from tabard.accounts.model import Account
from tabard.accounts.passwords import STANDARD, Cost
from tabard.accounts.tables import ACCOUNTS, OUTSIDERS


class Accounts:
    """Who may sign in, and what they are."""

    def __init__(self, engine: Engine, cost: Cost = STANDARD) -> None:
        self._engine = engine
        self._cost = cost

    def put(self, username: str, name: str, roles: frozenset[str], password: str) -> Account:
        """Add an account; one of the same username before it goes, with its sessions."""
        account = Account(str(uuid4()), username, name, frozenset(map(str, roles)))
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
        return account

    def check(self, username: str, password: str) -> Account | None:
        """The account that this name and password open. Takes as long for a name unknown as for a wrong password."""
        with self._engine.begin() as connection:
            row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.username == username)).one_or_none()
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


@cache
def _nobody(cost: Cost) -> str:
    """The digest of a password that nobody has, to spend the same time on an unknown name."""
    return passwords.digest(passwords.random_password(), cost)


def to_account(row: Row[tuple[str, ...]]) -> Account:
    """The account of a row that holds the account table's columns."""
    return Account(row.id, row.username, row.name, frozenset(row.roles.split()))
