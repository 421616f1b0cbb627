"""Sessions: sealed, kept on the server, and over in time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tabard.accounts import Account, Accounts, Cost, Seals, Sessions
from tabard.accounts.sessions import ABSOLUTE, IDLE, cookies_of
from tabard.accounts.tables import METADATA
from tabard.database import engine

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Desk:
    """Sessions of one hospital, with a clock that a test turns."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        tables = engine(folder / "hospital.db")
        METADATA.create_all(tables)
        self.accounts = Accounts(tables, Cost(log2_n=4, r=1, p=1))
        self.account: Account = self.accounts.put("nurse", "Nia Nurse", frozenset({"clinician"}), "x")
        self.sessions = Sessions(tables, Seals(b"k" * 32), "__Host-tabard-rxx", lambda: self.now)

    def headers(self, value: str) -> dict[str, str]:
        """A request's headers with the session's cookie among others."""
        return {"cookie": f"other=1; {self.sessions.cookie}={value}"}


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_session_shows_its_person(desk: Desk) -> None:
    """The cookie of a session begun gives the account that it was begun for."""
    value = desk.sessions.begin(desk.account)
    session = desk.sessions.find(desk.headers(value))
    assert session is not None
    assert (session.account.name, session.account.roles) == ("Nia Nurse", frozenset({"clinician"}))


def test_a_session_is_over_after_idleness(desk: Desk) -> None:
    """Half an hour without use ends it; use before that carries it on."""
    headers = desk.headers(desk.sessions.begin(desk.account))
    desk.now += IDLE - timedelta(minutes=1)
    assert desk.sessions.find(headers) is not None
    desk.now += IDLE - timedelta(minutes=1)
    assert desk.sessions.find(headers) is not None
    desk.now += IDLE + timedelta(minutes=1)
    assert desk.sessions.find(headers) is None


def test_a_session_is_over_after_a_shift_however_busy(desk: Desk) -> None:
    """Twelve hours after its beginning a session in constant use is over."""
    headers = desk.headers(desk.sessions.begin(desk.account))
    while desk.now < START + ABSOLUTE:
        assert desk.sessions.find(headers) is not None
        desk.now += timedelta(minutes=20)
    desk.now += timedelta(minutes=1)
    assert desk.sessions.find(headers) is None


def test_signing_out_ends_it_for_every_copy_of_the_cookie(desk: Desk) -> None:
    """After the end the same cookie shows nobody."""
    headers = desk.headers(desk.sessions.begin(desk.account))
    session = desk.sessions.find(headers)
    assert session is not None
    desk.sessions.end(session)
    assert desk.sessions.find(headers) is None


@pytest.mark.parametrize(
    "spoil", [lambda v: v[:-1], lambda v: v[1:], lambda v: v.partition(".")[0], lambda _: "", lambda _: "."]
)
def test_a_cookie_that_was_touched_shows_nobody(desk: Desk, spoil: "type[str]") -> None:
    """A value with a wrong seal or none is nobody's."""
    assert desk.sessions.find(desk.headers(spoil(desk.sessions.begin(desk.account)))) is None


def test_the_secret_of_a_cookie_is_not_in_the_file(desk: Desk, tmp_path: Path) -> None:
    """The table keeps a digest: whoever copies the file cannot sign in with it."""
    secret = desk.sessions.begin(desk.account).partition(".")[0]
    assert secret.encode() not in (tmp_path / "hospital.db").read_bytes()


def test_an_account_replaced_loses_its_sessions(desk: Desk) -> None:
    """A new password ends what the old one began."""
    headers = desk.headers(desk.sessions.begin(desk.account))
    desk.accounts.put("nurse", "Nia Nurse", frozenset({"clinician"}), "new")
    assert desk.sessions.find(headers) is None


def test_form_tokens_are_bound_to_their_session(desk: Desk) -> None:
    """A token made for one session is no token of another, and a session's seal is none of a form."""
    token = desk.sessions.form_token("one")
    assert desk.sessions.is_form_token("one", token)
    assert not desk.sessions.is_form_token("two", token)
    assert not desk.sessions.is_form_token("one", Seals(b"k" * 32).seal("session", "one"))


def test_cookies_are_read_by_name() -> None:
    """Values may hold an equals sign; a header without cookies has none."""
    assert cookies_of({"cookie": "a=1; b=x=y"}) == {"a": "1", "b": "x=y"}
    assert cookies_of({}).get("a") is None
