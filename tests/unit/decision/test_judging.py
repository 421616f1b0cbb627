"""A decision lets a package be installed only with two persons of two roles, for these bytes, in time."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tabard.decision import NotAccredited, Reason, Trust
from tabard.ground.canonical import canonical
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.keys import new_signing_key
from unit.decision.people import (
    NOW,
    SAFETY,
    SECURITY,
    VERIFIER,
    YEAR,
    Person,
    a_decision,
    judged,
    person,
    signed,
    trust_of,
)


@dataclass(frozen=True, slots=True)
class Centre:
    """Ann reviews clinical safety, Ben security; Cat is a second safety reviewer."""

    ann: Person
    ben: Person
    cat: Person
    trust: Trust


@pytest.fixture(scope="module")
def centre() -> Centre:
    ann, ben, cat = person("Ann", SAFETY), person("Ben", SECURITY), person("Cat", SAFETY)
    return Centre(ann, ben, cat, trust_of(ann, ben, cat))


def refused(reason: Reason, envelope: Envelope | bytes, trust: Trust, **changes: Any) -> None:
    """That it is refused for this reason, with a sentence, what was expected, what was got, and a remedy."""
    with pytest.raises(NotAccredited) as caught:
        judged(envelope, trust, **changes)
    assert caught.value.reason is reason
    assert all((caught.value.message, caught.value.expected, caught.value.got, caught.value.remedy))


def test_two_persons_of_two_roles_are_enough(centre: Centre) -> None:
    """What both signed is what the hospital reads."""
    decision = a_decision()
    assert judged(signed(decision, centre.ann.key, centre.ben.key), centre.trust) == decision


def test_a_third_signature_does_no_harm(centre: Centre) -> None:
    """A stranger's signature beside two good ones counts for nothing, and a third accreditor's neither harms."""
    keys = (centre.ann.key, new_signing_key(), centre.ben.key, centre.cat.key)
    assert judged(signed(a_decision(), *keys), centre.trust).id == "2026-0001"


def test_one_person_is_one_person(centre: Centre) -> None:
    """One signature is not enough, nor the same one twice under two ids."""
    once = signed(a_decision(), centre.ann.key)
    refused(Reason.one_person, once, centre.trust)
    ((_, signature),) = once.signatures
    refused(Reason.one_person, once.with_signature(centre.ben.key.public.keyid, signature), centre.trust)


def test_one_key_id_signing_twice_is_refused(centre: Centre) -> None:
    """An envelope that lists one key twice is no envelope."""
    once = signed(a_decision(), centre.ann.key)
    refused(Reason.unreadable, replace(once, signatures=once.signatures * 2), centre.trust)


def test_one_person_with_two_keys_is_one_person(centre: Centre) -> None:
    """Whoever has two keys counts once, whichever of them sign."""
    second = new_signing_key()
    two_keys = replace(centre.ann.accreditor, keys=(centre.ann.key.public, second.public))
    trust = Trust(VERIFIER, (two_keys, centre.ben.accreditor))
    refused(Reason.one_person, signed(a_decision(), centre.ann.key, second), trust)
    assert judged(signed(a_decision(), second, centre.ben.key), trust).id == "2026-0001"


def test_two_of_one_role_are_not_enough(centre: Centre) -> None:
    """Two clinical safety reviewers without one for security do not decide."""
    refused(Reason.one_role, signed(a_decision(), centre.ann.key, centre.cat.key), centre.trust)


def test_nobody_known_signed(centre: Centre) -> None:
    """No signature, or strangers' alone, and nothing is read further."""
    refused(Reason.unknown_signer, signed(a_decision()), centre.trust)
    refused(Reason.unknown_signer, signed(a_decision(), new_signing_key(), new_signing_key()), centre.trust)


def test_a_relabelled_signature_counts_for_nobody(centre: Centre) -> None:
    """A stranger's signature under an accreditor's key id is nobody's."""
    good = signed(a_decision(), centre.ann.key)
    ((_, strange),) = signed(a_decision(), new_signing_key()).signatures
    refused(Reason.one_person, good.with_signature(centre.ben.key.public.keyid, strange), centre.trust)


def test_a_tampered_payload_is_nobody_s(centre: Centre) -> None:
    """Change one digit of what was signed, and no signature holds."""
    good = signed(a_decision(), centre.ann.key, centre.ben.key)
    other = good.payload.replace(b"1.0.0", b"1.0.1")
    refused(Reason.unknown_signer, Envelope(IN_TOTO, other, good.signatures), centre.trust, version="1.0.1")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"package_sha256": "cd" * 32}, Reason.other_package),
        ({"product": "observations"}, Reason.other_product),
        ({"version": "1.0.1"}, Reason.other_product),
        ({"now": NOW - timedelta(hours=2)}, Reason.not_yet_valid),
        ({"now": NOW + YEAR}, Reason.out_of_date),
    ],
)
def test_it_is_about_these_bytes_and_this_time(centre: Centre, changes: dict[str, Any], reason: Reason) -> None:
    """For other bytes, another product or version, before it begins and from its end on, the decision says nothing."""
    refused(reason, signed(a_decision(), centre.ann.key, centre.ben.key), centre.trust, **changes)


def test_a_decision_of_tomorrow_is_not_valid_yet(centre: Centre) -> None:
    """A decision that says it was taken later than now is not valid, whatever else it says."""
    decision = a_decision(decided=NOW + timedelta(minutes=1))
    refused(Reason.not_yet_valid, signed(decision, centre.ann.key, centre.ben.key), centre.trust)


def test_its_last_moment_is_good(centre: Centre) -> None:
    """The end is the first moment at which it no longer holds."""
    last = a_decision().valid_until - timedelta(microseconds=1)
    assert judged(signed(a_decision(), centre.ann.key, centre.ben.key), centre.trust, now=last).id == "2026-0001"


def test_an_accreditor_counts_only_in_office() -> None:
    """Who was not in office when it was decided does not count; who left since does."""
    ann, ben = person("Ann", SAFETY), person("Ben", SECURITY)
    decision = a_decision()
    gone = replace(ben.accreditor, valid_until=decision.decided)
    late = replace(ben.accreditor, valid_from=decision.decided + timedelta(seconds=1))
    left_since = replace(ben.accreditor, valid_until=decision.decided + timedelta(seconds=1))
    envelope = signed(decision, ann.key, ben.key)
    for other in (gone, late):
        refused(Reason.signer_out_of_date, envelope, Trust(VERIFIER, (ann.accreditor, other)))
    assert judged(envelope, Trust(VERIFIER, (ann.accreditor, left_since))).id == "2026-0001"


def test_one_out_of_office_beside_two_that_count_does_no_harm(centre: Centre) -> None:
    """A third signature of somebody who has left changes nothing."""
    old = person("Old", SECURITY, valid_until=NOW - timedelta(days=1))
    trust = Trust(VERIFIER, (*centre.trust.accreditors, old.accreditor))
    assert judged(signed(a_decision(), centre.ann.key, centre.ben.key, old.key), trust).id == "2026-0001"


def test_another_centre_s_decision_is_refused(centre: Centre) -> None:
    """The same people under another centre's name are not this centre."""
    envelope = signed(a_decision(), centre.ann.key, centre.ben.key, verifier="urn:tabard:centre:other")
    refused(Reason.wrong_verifier, envelope, centre.trust)


def altered(centre: Centre, change: Callable[[dict[str, Any]], None]) -> Envelope:
    """The statement after this change, signed by both all the same."""
    told = json.loads(signed(a_decision()).payload)
    change(told)
    return Envelope(IN_TOTO, canonical(told)).signed_by(centre.ann.key).signed_by(centre.ben.key)


@pytest.mark.parametrize("word", ["FAILED", "passed", ""])
def test_only_passed_is_passed(centre: Centre, word: str) -> None:
    """A signed summary that says FAILED is a refusal, and so is any other word."""
    envelope = altered(centre, lambda told: told["predicate"].update(verificationResult=word))
    refused(Reason.not_passed, envelope, centre.trust)


@pytest.mark.parametrize(
    ("name", "other"),
    [("product", "observations"), ("version", "9.9.9"), ("resourceUri", "urn:tabard:product:ward-board:9.9.9")],
)
def test_all_of_it_is_about_one_version(centre: Centre, name: str, other: str) -> None:
    """A signed summary in which product, version and resource do not agree is refused."""

    def change(told: dict[str, Any]) -> None:
        summary = told["predicate"]
        (summary if name in summary else summary["urn:tabard:accreditation:v1"])[name] = other

    refused(Reason.other_product, altered(centre, change), centre.trust)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(predicateType="https://in-toto.io/attestation/release/v0.1"),
        lambda told: told.update(_type="https://in-toto.io/Statement/v0.1"),
        lambda told: told.update(subject=[]),
        lambda told: told.update(subject=told["subject"] * 2),
        lambda told: told["subject"][0].update(digest={"sha512": "ab" * 64}),
        lambda told: told["predicate"].pop("urn:tabard:accreditation:v1"),
        lambda told: told["predicate"].update(inputAttestations=told["predicate"]["inputAttestations"][1:]),
        lambda told: told["predicate"].update(timeVerified="2026-03-02T09:00:00"),
        lambda told: told["predicate"]["urn:tabard:accreditation:v1"].update(valid_until="2020-01-01T00:00:00Z"),
        lambda told: told["predicate"]["urn:tabard:accreditation:v1"].update(publisher_keys=["no key"]),
        lambda told: told["predicate"]["urn:tabard:accreditation:v1"].update(package_size="4096"),
    ],
)
def test_what_is_no_decision_is_unreadable(centre: Centre, change: Callable[[dict[str, Any]], None]) -> None:
    """Another predicate, no subject or two, no extension, missing evidence, times without a zone: unreadable."""
    refused(Reason.unreadable, altered(centre, change), centre.trust)


def test_fields_of_a_later_version_do_no_harm(centre: Centre) -> None:
    """What a newer centre adds is passed over, and was signed all the same."""

    def change(told: dict[str, Any]) -> None:
        told["predicate"]["slsaVersion"] = "1.1"
        told["predicate"]["urn:tabard:accreditation:v1"]["supersedes"] = "2025-0001"

    assert judged(altered(centre, change), centre.trust).id == "2026-0001"


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"null", b"\xff\xfe", b"[" * 10_000, b'{"more":' + b"[" * 100_000 + b"]" * 100_000 + b"}"]
)
def test_garbage_is_unreadable(centre: Centre, raw: bytes) -> None:
    """Bytes that are no envelope are told so."""
    refused(Reason.unreadable, raw, centre.trust)


def test_a_statement_of_depth_beyond_measure_is_unreadable(centre: Centre) -> None:
    """One dishonest accreditor may sign it: it is refused as any other, and breaks nothing."""
    deep = Envelope(IN_TOTO, b'{"more":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    refused(Reason.unreadable, deep.signed_by(centre.ann.key), centre.trust)


def test_another_kind_of_payload_is_unreadable(centre: Centre) -> None:
    """A signature over something that is no statement says nothing about a package."""
    envelope = Envelope("text/plain", signed(a_decision()).payload).signed_by(centre.ann.key).signed_by(centre.ben.key)
    refused(Reason.unreadable, envelope, centre.trust)


@given(at=st.integers(0), value=st.integers(0, 255))
def test_no_changed_byte_passes(centre: Centre, at: int, value: int) -> None:
    """Whatever single byte of a good envelope is changed: it says the same, or it is refused for a reason."""
    decision = a_decision(publisher_keys=(centre.ann.key.public.pem,))
    whole = bytearray(signed(decision, centre.ann.key, centre.ben.key).to_bytes())
    whole[at % len(whole)] = value
    with suppress(NotAccredited):
        assert judged(bytes(whole), centre.trust) == decision
