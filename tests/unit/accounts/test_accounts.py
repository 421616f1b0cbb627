"""Accounts: passwords kept as scrypt digests, and never told apart from unknown names."""

from pathlib import Path

import pytest

from tabard.accounts import Accounts, Cost
from tabard.accounts.passwords import digest, is_right, random_password
from tabard.accounts.tables import METADATA
from tabard.database import engine

CHEAP = Cost(log2_n=4, r=1, p=1)


@pytest.fixture(name="accounts")
def _accounts(tmp_path: Path) -> Accounts:
    tables = engine(tmp_path / "hospital.db")
    METADATA.create_all(tables)
    return Accounts(tables, CHEAP)


def test_a_password_is_right_only_itself() -> None:
    """A digest is right for its own password alone, and two digests of one password differ by their salt."""
    kept = digest("correct horse", CHEAP)
    assert is_right("correct horse", kept)
    assert not is_right("correct horsf", kept)
    assert digest("correct horse", CHEAP) != kept


def test_the_standard_cost_is_accepted_by_this_machine() -> None:
    """The cost that hospitals use fits into the memory that scrypt is allowed."""
    assert is_right("x", digest("x"))


def test_random_passwords_hold_enough_chance_and_no_doubtful_letter() -> None:
    """A random password has four groups of five, none of 0, 1, i, l, o."""
    password = random_password()
    assert [len(group) for group in password.split("-")] == [5, 5, 5, 5]
    assert not set(password) & set("01ilo")
    assert random_password() != password


def test_the_right_password_opens_the_account(accounts: Accounts) -> None:
    """Name and password give the account with its roles; a wrong one of either gives nothing."""
    accounts.put("nurse", "Nia Nurse", frozenset({"clinician"}), "secret")
    found = accounts.check("nurse", "secret")
    assert found is not None
    assert (found.name, found.roles) == ("Nia Nurse", frozenset({"clinician"}))
    assert accounts.check("nurse", "Secret") is None
    assert accounts.check("nobody", "secret") is None


def test_no_password_lies_in_the_file(accounts: Accounts, tmp_path: Path) -> None:
    """The database holds the digest and never the password."""
    accounts.put("nurse", "Nia Nurse", frozenset({"clinician"}), "an-unusual-password")
    content = (tmp_path / "hospital.db").read_bytes()
    assert b"an-unusual-password" not in content
    assert b"scrypt$4$1$1$" in content


def test_an_account_put_again_has_the_new_password_only(accounts: Accounts) -> None:
    """The second account of a username takes the first one's place."""
    accounts.put("nurse", "Nia", frozenset({"clinician"}), "first")
    accounts.put("nurse", "Nia", frozenset({"integration"}), "second")
    assert accounts.check("nurse", "first") is None
    found = accounts.check("nurse", "second")
    assert found is not None
    assert found.roles == {"integration"}
