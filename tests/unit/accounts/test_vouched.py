"""Sessions of people whom a provider or a record system vouches for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tabard.accounts import METADATA, Account, Accounts, Cost, Seals, Sessions, Voucher
from tabard.database import engine

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WHO = Account("4f6c", "4f6c", "Dr Adaeze Okonjo", frozenset({"clinician"}), "4f6c")


class Desk:
    """Sessions with a clock that a test turns."""

    def __init__(self, folder: Path, *, takes_passwords: bool = True) -> None:
        self.now = NOW
        self.engine = engine(folder / "hospital.db")
        METADATA.create_all(self.engine)
        self.accounts = Accounts(self.engine, Cost(log2_n=4, r=1, p=1))
        self.sessions = Sessions(
            self.engine, Seals(b"k" * 32), "__Host-x", lambda: self.now, takes_passwords=takes_passwords
        )

    def headers(self, cookie: str) -> dict[str, str]:
        """A request's headers with that session's cookie."""
        return {"cookie": f"__Host-x={cookie}"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_who_is_vouched_for_is_found_with_the_roles_of_that_session(desk: Desk) -> None:
    """Roles, Practitioner and voucher stand with the session; a second session of the person may have others."""
    narrow = desk.sessions.begin(WHO, Voucher("launch:millennium"))
    wide = Account("4f6c", "4f6c", "Dr A Okonjo", frozenset({"clinician", "integration"}), "4f6c")
    desk.sessions.begin(wide, Voucher("provider", "id.token"))
    session = desk.sessions.find(desk.headers(narrow))
    assert session is not None
    assert session.account.roles == {"clinician"}
    assert session.account.practitioner == "4f6c"
    assert session.voucher == Voucher("launch:millennium")
    assert desk.accounts.name_of("4f6c") == "Dr A Okonjo"


def test_a_vouched_session_ends_as_any_other(desk: Desk) -> None:
    """After half an hour unused, after twelve hours, and at sign-out; another session of the person goes on."""
    first, second = (desk.sessions.begin(WHO, Voucher("provider")) for _ in range(2))
    session = desk.sessions.find(desk.headers(first))
    assert session is not None
    desk.sessions.end(session)
    assert desk.sessions.find(desk.headers(first)) is None
    assert desk.sessions.find(desk.headers(second)) is not None
    desk.now = NOW + timedelta(minutes=31)
    assert desk.sessions.find(desk.headers(second)) is None


def test_a_session_has_an_id_that_nobody_could_have_put_there(desk: Desk) -> None:
    """Session fixation: each beginning has a new id, and a cookie that is not sealed by us is nobody's."""
    first, second = (desk.sessions.begin(WHO, Voucher("provider")) for _ in range(2))
    assert first != second
    assert desk.sessions.find(desk.headers("chosen-by-somebody.else")) is None


def test_nobody_is_known_by_a_password_where_a_provider_vouches(tmp_path: Path) -> None:
    """A session that was begun by a password before the provider was set up is over."""
    before = Desk(tmp_path)
    cookie = before.sessions.begin(before.accounts.put("nurse", "Nia", frozenset({"clinician"}), "secret words"))
    assert before.sessions.find(before.headers(cookie)) is not None
    assert Desk(tmp_path, takes_passwords=False).sessions.find(before.headers(cookie)) is None
