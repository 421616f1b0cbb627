"""A decision lets a package be installed only with two persons of two roles, for these bytes, in time."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tabard.decision import FirstOfType, NotAccredited, Outcome, Reason, Trust, verify
from tabard.ground.canonical import canonical
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.keys import new_signing_key
from unit.decision.people import (
    EXCHANGE,
    GOVERNANCE,
    NOW,
    PACKAGE,
    SAFETY,
    SECURITY,
    VERIFIER,
    YEAR,
    Person,
    a_decision,
    judged,
    person,
    reviewers,
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
        (summary if name in summary else summary["urn:tabard:accreditation:v2"])[name] = other

    refused(Reason.other_product, altered(centre, change), centre.trust)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(predicateType="https://in-toto.io/attestation/release/v0.1"),
        lambda told: told.update(_type="https://in-toto.io/Statement/v0.1"),
        lambda told: told.update(subject=[]),
        lambda told: told.update(subject=told["subject"] * 2),
        lambda told: told["subject"][0].update(digest={"sha512": "ab" * 64}),
        lambda told: told["predicate"].pop("urn:tabard:accreditation:v2"),
        lambda told: told["predicate"].update(inputAttestations=told["predicate"]["inputAttestations"][1:]),
        lambda told: told["predicate"].update(timeVerified="2026-03-02T09:00:00"),
        lambda told: told["predicate"]["urn:tabard:accreditation:v2"].update(valid_until="2020-01-01T00:00:00Z"),
        lambda told: told["predicate"]["urn:tabard:accreditation:v2"].update(publisher_keys=["no key"]),
        lambda told: told["predicate"]["urn:tabard:accreditation:v2"].update(package_size="4096"),
    ],
)
def test_what_is_no_decision_is_unreadable(centre: Centre, change: Callable[[dict[str, Any]], None]) -> None:
    """Another predicate, no subject or two, no extension, missing evidence, times without a zone: unreadable."""
    refused(Reason.unreadable, altered(centre, change), centre.trust)


def test_fields_of_a_later_version_do_no_harm(centre: Centre) -> None:
    """What a newer centre adds is passed over, and was signed all the same."""

    def change(told: dict[str, Any]) -> None:
        told["predicate"]["slsaVersion"] = "1.1"
        told["predicate"]["urn:tabard:accreditation:v2"]["supersedes"] = "2025-0001"

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


@pytest.fixture(scope="module")
def house() -> dict[str, Person]:
    """A person of each role."""
    roles = {"Ann": SAFETY, "Ben": SECURITY, "Gil": GOVERNANCE, "Ira": EXCHANGE}
    return {name: person(name, role) for name, role in roles.items()}


@pytest.mark.parametrize(("product_class", "fewest"), [(0, 2), (1, 2), (2, 3), (3, 4)])
def test_each_class_needs_its_roles(house: dict[str, Person], product_class: int, fewest: int) -> None:
    """One person fewer than the class needs is too few, whoever else could sign."""
    trust, keys = trust_of(*house.values()), [one.key for one in house.values()]
    decision = a_decision(product_class=product_class)
    assert judged(signed(decision, *keys[:fewest]), trust).product_class == product_class
    reason = Reason.one_person if fewest == 2 else Reason.one_role
    refused(reason, signed(decision, *keys[: fewest - 1]), trust)


def test_who_did_not_take_the_case_on_does_not_count(centre: Centre) -> None:
    """An accreditor who signs a decision that does not name them, or by another role, signs for nobody."""
    keys = (centre.ann.key, centre.ben.key)
    refused(Reason.not_a_reviewer, signed(a_decision(reviewers=()), *keys), centre.trust)
    refused(Reason.not_a_reviewer, signed(a_decision(reviewers=reviewers("Ann", "Cat")), *keys), centre.trust)
    ann, ben = reviewers("Ann", "Ben")
    other = a_decision(reviewers=(ann, replace(ben, role="clinical_safety")))
    refused(Reason.not_a_reviewer, signed(other, *keys), centre.trust)


def test_a_conflict_of_interest_bars(centre: Centre) -> None:
    """Whoever declared anything but none does not count in that case."""
    ann, ben = reviewers("Ann", "Ben")
    decision = a_decision(reviewers=(replace(ann, conflicts="I own shares in it."), ben))
    refused(Reason.conflict, signed(decision, centre.ann.key, centre.ben.key), centre.trust)


@pytest.mark.parametrize("organisation", ["RZY", ""])
def test_the_maker_s_own_people_do_not_count(centre: Centre, organisation: str) -> None:
    """A person of the publisher's organisation, or of none that is known, accredits nothing of it."""
    ben = replace(centre.ben.accreditor, organisation=organisation)
    trust = Trust(VERIFIER, (centre.ann.accreditor, ben))
    refused(Reason.own_product, signed(a_decision(), centre.ann.key, centre.ben.key), trust)


def test_a_publisher_s_key_signs_no_decision(centre: Centre) -> None:
    """A key that released the product does not count as a reviewer's, whatever the list of accreditors says."""
    decision = a_decision(publisher_keys=(centre.ben.key.public.pem,))
    refused(Reason.own_product, signed(decision, centre.ann.key, centre.ben.key), centre.trust)


def test_the_first_of_its_type_is_for_the_sites_that_are_named(centre: Centre) -> None:
    """Another site is refused with what must be shown first; whoever only lists is not a site."""
    first = FirstOfType(("RZZ", "RYY"), ("Ten weeks without harm.",))
    envelope = signed(a_decision(outcome=Outcome.first_of_type, first_of_type=first), centre.ann.key, centre.ben.key)
    for site in ("RZZ", "RYY", None):
        assert judged(envelope, centre.trust, site=site).first_of_type == first
    for site in ("RXX", "", "rzz"):
        refused(Reason.not_this_site, envelope, centre.trust, site=site)


def test_a_refusal_is_read_and_lets_nothing_in(centre: Centre) -> None:
    """It is a signed record as any other decision, and is no leave to install."""
    refusal = a_decision(outcome=Outcome.refused, conditions=(), grounds=("It shows the wrong bed.",))
    envelope = signed(refusal, centre.ann.key, centre.ben.key)
    refused(Reason.not_passed, envelope, centre.trust)
    whole = {"trust": centre.trust, "package_sha256": PACKAGE, "product": "ward-board", "version": "1.0.0"}
    assert verify(envelope.to_bytes(), **whole) == refusal  # type: ignore[arg-type]  # as they are
    with pytest.raises(NotAccredited):
        verify(signed(refusal, centre.ann.key).to_bytes(), **whole)  # type: ignore[arg-type]  # as they are


def test_a_refusal_dressed_as_a_pass_is_refused(centre: Centre) -> None:
    """Where the standard's word and the outcome say different things, neither is believed."""

    def change(told: dict[str, Any]) -> None:
        told["predicate"]["urn:tabard:accreditation:v2"].update(outcome="refused", conditions=[], grounds=["No."])

    refused(Reason.not_passed, altered(centre, change), centre.trust)


def test_a_decision_of_the_earlier_form_is_refused(centre: Centre) -> None:
    """It names neither class nor reviewers; the remedy says so."""

    def change(told: dict[str, Any]) -> None:
        summary = told["predicate"]
        summary["urn:tabard:accreditation:v1"] = summary.pop("urn:tabard:accreditation:v2")

    with pytest.raises(NotAccredited, match="earlier form"):
        judged(altered(centre, change), centre.trust)


@pytest.mark.parametrize("name", ["product_class", "outcome", "reviewers", "first_of_type", "frameworks"])
def test_a_field_that_is_missing_is_not_guessed(centre: Centre, name: str) -> None:
    """A decision without its class, outcome or reviewers is unreadable, never a lesser one."""
    envelope = altered(centre, lambda told: told["predicate"]["urn:tabard:accreditation:v2"].pop(name))
    refused(Reason.unreadable, envelope, centre.trust)
