"""Sessions of people whom somebody else vouches for: the hospital's identity provider, or a record system that launches us.

They have no password here. What they may do is told anew each time they come, and stands with that session alone.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, or_, select, update

from tabard.accounts.model import Account
from tabard.accounts.tables import OUTSIDERS, VOUCHED


@dataclass(frozen=True, slots=True)
class Voucher:
    """Who vouches: `how` is `provider` or `launch:<link>`.

    `hint` is the id_token by which a provider knows, at sign-out, whose session is to end; "" where there is none.
    """

    how: str
    hint: str = ""


def keep(connection: Connection, key: str, account: Account, voucher: Voucher, now_us: int) -> None:
    """Begin a session under the digest `key`; the person's name is known from now on."""
    named = update(OUTSIDERS).where(OUTSIDERS.c.id == account.id).values(name=account.name)
    if not connection.execute(named).rowcount:
        connection.execute(insert(OUTSIDERS).values(id=account.id, name=account.name))
    row = {
        "id_digest": key,
        "person": account.id,
        "roles": " ".join(sorted(account.roles)),
        "practitioner": account.practitioner,
        "how": voucher.how,
        "hint": voucher.hint,
        "begun_us": now_us,
        "seen_us": now_us,
    }
    connection.execute(insert(VOUCHED).values(row))


def alive(key: str, begun_us: int, seen_us: int) -> Select[Any]:
    """The session of the digest `key`, where it was begun and last used since these moments."""
    return (
        select(VOUCHED, OUTSIDERS.c.name)
        .join(OUTSIDERS, OUTSIDERS.c.id == VOUCHED.c.person)
        .where(VOUCHED.c.id_digest == key, VOUCHED.c.begun_us >= begun_us, VOUCHED.c.seen_us >= seen_us)
    )


def account_of(row: Any) -> Account:
    """The person of a row of `alive`."""
    return Account(row.person, row.person, row.name, frozenset(row.roles.split()), row.practitioner)


def sweep(connection: Connection, begun_us: int, seen_us: int) -> None:
    """Take away the sessions that are over."""
    connection.execute(delete(VOUCHED).where(or_(VOUCHED.c.begun_us < begun_us, VOUCHED.c.seen_us < seen_us)))
