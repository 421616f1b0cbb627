"""What is recorded of a day: which scopes requests needed, what is wrong with what was written, and one digest of the facts."""

from dataclasses import replace
from datetime import UTC, datetime

from tabard.accreditation import Fared, PartTried, Scene, Trial, Wrote
from tabard.audit import AuditEvent, Outcome
from tabard.product import Context, Kind, Part
from tabard.product.model import Service
from tabard.trial.weather import Sent
from tabard.trial.witness import hosts, refused, used
from tabard.trial.written import wrote

_AT = datetime(2026, 3, 2, tzinfo=UTC)
_SCOPES = ("launch", "online_access", "patient/Patient.rs", "patient/Observation.rs")
_APP = Part(Kind.app, "App", "l.html", "i.html", Context.patient, _SCOPES)
_ID = "579f4223-4852-8e11-adf6-6b647b0eb425"


def event(action: str, resource: str | None = None, outcome: Outcome = Outcome.granted, **more: object) -> AuditEvent:
    return AuditEvent(_AT, action, outcome, client="app", resource=resource, **more)  # type: ignore[arg-type]  # a test's own


def test_a_read_needs_r_a_search_needs_s_and_what_came_along_r() -> None:
    """Each by the level at which it was asked for; words by what was done with them."""
    events = (
        event("token"),
        event("search", "Observation", seen=(f"Observation/{_ID}", f"Patient/{_ID}")),
        event("read", f"Practitioner/{_ID}"),
    )
    assert used(_APP, events) == ("launch", "patient/Observation.s", "patient/Patient.r")
    assert "online_access" in used(_APP, (*events, event("refresh")))


def test_what_was_refused_is_no_use_of_a_scope_and_is_told_without_an_id() -> None:
    """Action, type and reason alone, each kind once."""
    no = event("read", f"Patient/{_ID}", Outcome.refused, reason="context")
    assert used(_APP, (no, no)) == ()
    assert refused((no, no)) == ("read Patient: context",)


def test_prefetch_that_was_given_is_use() -> None:
    """By its template: a read or a search; what was not given counts for nothing."""
    said = Service("s", "patient-view", "d", (("p", "Patient/{{context.patientId}}"), ("o", "Observation?patient=x")))  # type: ignore[arg-type]  # the word alone
    part = replace(_APP, kind=Kind.hook, service=said)
    assert used(part, (event("hook", f"Patient/{_ID}", parameters=("p",)),)) == ("patient/Patient.r",)
    assert "patient/Observation.s" in used(part, (event("hook", f"Patient/{_ID}", parameters=("p", "o")),))


def test_hosts_that_were_asked_for_are_told_whether_let_or_not() -> None:
    """By the gateway's own name for them."""
    assert hosts((event("egress", "urn:tabard:host:a.example:443", Outcome.refused, reason="not_declared"),)) == (
        "a.example:443",
    )


def test_a_write_is_told_by_its_type_and_faults() -> None:
    """What was refused for want of rights is not invalid; what is no resource is."""
    bad = b'{"resourceType":"OperationOutcome","issue":[{"code":"invalid","diagnostics":"No.","expression":["Observation.status"]}]}'
    sent = (
        Sent("POST", "Observation", 422, b"{}", bad),
        Sent("POST", "Observation", 201, b"{}"),
        Sent("PUT", f"Condition/{_ID}", 403),
        Sent("DELETE", f"Condition/{_ID}", 204),
    )
    assert wrote(sent) == (
        Wrote("Condition", was_taken=False),
        Wrote("Observation", was_taken=False, faults=("Observation.status: No.",)),
        Wrote("Observation", was_taken=True),
    )


def test_what_was_asked_for_and_not_used_is_told_letter_by_letter() -> None:
    """A scope that was used in part is left with the rest; one used whole is not told."""
    part = PartTried(0, "App", "app", _SCOPES, ("patient/Patient.r", "patient/Observation.r", "patient/Observation.s"))
    assert part.unused == ("patient/Patient.s",)


def test_what_was_measured_is_no_part_of_the_digest() -> None:
    """Two days with the same facts have one digest; another fact has another."""
    part = PartTried(0, "App", "app", _SCOPES, scenes=(Scene("opened", Fared.worked),))
    one = Trial((part,), (("tabard", "1"),), ("d",), (("seconds", "1.0"),))
    assert one.sha256 == replace(one, measured=(("seconds", "99.0"),)).sha256
    assert one.sha256 != replace(one, parts=(replace(part, hosts=("a.example",)),)).sha256
