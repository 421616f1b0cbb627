"""Roles, what they open, and the person that the gateway sees."""

from tabard.accounts import Account
from tabard.hospital import Area, areas_of, person
from tabard.hospital.model import with_implied


def test_roles_open_their_areas_and_an_unknown_one_opens_none() -> None:
    """A clinician sees patients, integration links, a safety officer links and the audit, an admin all; a strange role nothing."""
    assert areas_of(frozenset({"clinician"})) == {Area.patients}
    assert areas_of(frozenset({"integration"})) == {Area.links}
    assert areas_of(frozenset({"clinical_safety"})) == {Area.links, Area.audit}
    assert areas_of(frozenset({"admin"})) == {Area.patients, Area.links, Area.audit}
    assert areas_of(frozenset({"poet"})) == frozenset()
    assert with_implied(frozenset({"admin"})) == {"admin", "clinician", "integration"}
    assert with_implied(frozenset({"clinician"})) == {"clinician"}


def test_nobody_is_a_clinical_safety_officer_by_being_something_else() -> None:
    """An admin is one only where the account says so: two persons' words must be two persons'."""
    assert "clinical_safety" not in with_implied(frozenset({"admin"}))
    assert "clinical_safety" in with_implied(frozenset({"admin", "clinical_safety"}))


def test_the_gateway_sees_the_account_with_what_its_roles_imply() -> None:
    """An administrator's account is a person with every role, under the account's own id and name."""
    seen = person(Account("1", "admin", "Ada", frozenset({"admin"})))
    assert (seen.id, seen.name) == ("1", "Ada")
    assert seen.roles == {"admin", "clinician", "integration"}
