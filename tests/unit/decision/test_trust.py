"""A list by which one person could count as two is not built at all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, strategies as st

from tabard.decision import BadTrust, Trust
from tabard.ground.keys import PublicKey
from unit.decision.people import NOW, SAFETY, SECURITY, VERIFIER, YEAR, person, trust_of


def test_a_trust_survives_writing() -> None:
    """What is written is what is read, also with two keys and with a key of a hardware token."""
    token = generate_private_key(SECP256R1()).public_key()
    pem = token.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    ann, ben = person("Ann", SAFETY), person("Ben", SECURITY)
    two = replace(ann.accreditor, keys=(*ann.accreditor.keys, PublicKey.from_pem(pem)))
    trust = Trust(VERIFIER, (two, ben.accreditor))
    assert Trust.from_bytes(trust.to_bytes()) == trust
    assert Trust.from_bytes(Trust(VERIFIER, ()).to_bytes()).accreditors == ()


def test_one_private_key_never_serves_two_persons() -> None:
    """The same key under two persons would make one person two."""
    ann, ben = person("Ann", SAFETY), person("Ben", SECURITY)
    with pytest.raises(BadTrust, match="same key"):
        Trust(VERIFIER, (ann.accreditor, replace(ben.accreditor, keys=ann.accreditor.keys)))


def test_a_key_goes_by_no_id_but_its_own() -> None:
    """The same key under a second id is found out, and the written list has no ids to lie about."""
    ann, ben = person("Ann", SAFETY), person("Ben", SECURITY)
    alias = PublicKey("0" * 64, ann.key.public.pem)
    with pytest.raises(BadTrust, match="not its own"):
        Trust(VERIFIER, (ann.accreditor, replace(ben.accreditor, keys=(alias,))))
    assert ann.key.public.keyid.encode() not in trust_of(ann, ben).to_bytes()


def test_the_same_key_written_otherwise_is_the_same_key() -> None:
    """Line ends and comments around a PEM text do not make a key another."""
    ann, ben = person("Ann", SAFETY), person("Ben", SECURITY)
    other = PublicKey.from_pem("# Ben's\n" + ann.key.public.pem.replace("\n", "\r\n"))
    with pytest.raises(BadTrust, match="same key"):
        Trust(VERIFIER, (ann.accreditor, replace(ben.accreditor, keys=(other,))))


def test_a_person_has_one_entry_and_one_role() -> None:
    """The same id, or the same name written otherwise, does not stand twice."""
    ann, other = person("Ann Okafor", SAFETY), person("Ben", SECURITY)
    for twin in (
        replace(other.accreditor, id=ann.accreditor.id),
        replace(other.accreditor, name=" ann  OKAFOR "),
    ):
        with pytest.raises(BadTrust, match="stands twice"):
            Trust(VERIFIER, (ann.accreditor, twin))


def test_a_key_stands_once_with_its_person() -> None:
    """One key listed twice for a person is a slip that is told."""
    ann = person("Ann", SAFETY).accreditor
    with pytest.raises(BadTrust):
        Trust(VERIFIER, (replace(ann, keys=ann.keys * 2),))


def test_nobody_is_enrolled_without_key_name_or_time() -> None:
    """An accreditor has an id, a name, a key and a time in office with its zone; the centre has a name."""
    ann = person("Ann", SAFETY).accreditor
    for wrong in (
        replace(ann, keys=()),
        replace(ann, name=""),
        replace(ann, id=""),
        replace(ann, valid_until=ann.valid_from),
        replace(ann, valid_until=(NOW + YEAR).replace(tzinfo=None)),
        replace(ann, valid_from=ann.valid_until + timedelta(days=1)),
    ):
        with pytest.raises(BadTrust):
            Trust(VERIFIER, (wrong,))
    with pytest.raises(BadTrust):
        Trust("", ())


def test_a_written_list_that_is_not_sound_is_refused() -> None:
    """Reading asks the same questions as building."""
    ann, ben = person("Ann", SAFETY), person("Ben", SECURITY)
    raw = trust_of(ann, ben).to_bytes()
    pem = [one.key.public.pem.replace("\n", "\\n").encode() for one in (ann, ben)]
    for wrong in (b"", b"{}", raw[:-1], raw.replace(pem[0], pem[1]), raw.replace(pem[0], b"no key")):
        with pytest.raises(BadTrust):
            Trust.from_bytes(wrong)


@given(st.binary(max_size=200))
def test_junk_is_no_trust(raw: bytes) -> None:
    """Whatever bytes come, it is a trust or it is refused."""
    with pytest.raises(BadTrust):
        Trust.from_bytes(raw)
