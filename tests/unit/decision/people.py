"""A centre with its accreditors, a publisher, and a decision of theirs: what the tests of signing start from."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tabard.decision import (
    Accreditor,
    Condition,
    Decision,
    Outcome,
    Reviewer,
    Role,
    Scope,
    Trust,
    judge,
    statement,
)
from tabard.ground.dsse import Envelope
from tabard.ground.keys import SigningKey, new_signing_key

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
VERIFIER = "urn:tabard:centre:test"
PACKAGE = "ab" * 32
SAFETY, SECURITY = Role.clinical_safety, Role.security
GOVERNANCE, EXCHANGE = Role.information_governance, Role.interoperability
ROLES = {"Ann": SAFETY, "Ben": SECURITY, "Cat": SAFETY, "Old": SECURITY, "Gil": GOVERNANCE, "Ira": EXCHANGE}


@dataclass(frozen=True, slots=True)
class Person:
    """An accreditor and the private half of their key."""

    accreditor: Accreditor
    key: SigningKey


def person(name: str, role: Role, **others: Any) -> Person:
    """Somebody with a fresh key, in office for a year either way."""
    key = new_signing_key()
    whole = {
        "keys": (key.public,),
        "valid_from": NOW - YEAR,
        "valid_until": NOW + YEAR,
        "organisation": "X26",
        **others,
    }
    return Person(Accreditor(name.lower(), name, role, **whole), key)


def trust_of(*people: Person, verifier: str = VERIFIER) -> Trust:
    """The centre with these accreditors."""
    return Trust(verifier, tuple(one.accreditor for one in people))


def reviewers(*names: str) -> tuple[Reviewer, ...]:
    """These people as those who took the case on, without a conflict."""
    return tuple(Reviewer(name.lower(), name, ROLES[name], "X26") for name in names)


def a_decision(**changes: Any) -> Decision:
    """A decision on ward-board 1.0.0, good now, with these changes."""
    whole = Decision(
        id="2026-0001",
        product="ward-board",
        version="1.0.0",
        title="Ward board",
        publisher="RZY",
        publisher_keys=(new_signing_key().public.pem,),
        package_sha256=PACKAGE,
        package_size=4096,
        release_sha256="01" * 32,
        report_sha256="02" * 32,
        rules_sha256="03" * 32,
        hazard_log_sha256="04" * 32,
        scope=Scope("Shows who is in which bed.", ("system/Patient.rs",), ("ward",), ("adult inpatients",)),
        conditions=(Condition("c1", "Not for children's wards."),),
        outcome=Outcome.with_conditions,
        reviewers=reviewers(*ROLES),
        reviewed=(),
        decided=NOW - timedelta(hours=1),
        valid_from=NOW - timedelta(hours=1),
        valid_until=NOW + YEAR,
    )
    return replace(whole, **changes)


def signed(decision: Decision, *keys: SigningKey, verifier: str = VERIFIER) -> Envelope:
    """The decision signed with these keys."""
    envelope = statement(decision, verifier)
    for key in keys:
        envelope = envelope.signed_by(key)
    return envelope


def judged(envelope: Envelope | bytes, trust: Trust, **changes: Any) -> Decision:
    """The judgement about ward-board 1.0.0 and its package, now, with these changes."""
    asked = {
        "package_sha256": PACKAGE,
        "product": "ward-board",
        "version": "1.0.0",
        "now": NOW,
        "site": "RZZ",
        **changes,
    }
    return judge(envelope if isinstance(envelope, bytes) else envelope.to_bytes(), trust=trust, **asked)
