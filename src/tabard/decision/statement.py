"""A decision as a statement to sign, and back.

Source: in-toto attestation framework 1.0, Statement v1; SLSA Verification Summary Attestation v1 (predicate). A summary has
no scope, conditions or end of its own: these stand in one field more, whose name is a URI, as the framework allows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from tabard.decision.errors import NotAccredited, Reason
from tabard.decision.model import Decision, Reviewed, Scope
from tabard.decision.terms import Condition, CriteriaStood, FirstOfType, FrameworkUsed, Outcome, Reviewer
from tabard.decision.widening import Widening
from tabard.ground.canonical import canonical
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.errors import CallerError

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/verification_summary/v1"
EXTENSION = "urn:tabard:accreditation:v2"
"""The name of the field that a verification summary lacks."""

EARLIER = "urn:tabard:accreditation:v1"
"""The form before: it names neither class nor reviewers, so no site can hold it against what its class needs."""

PASSED, FAILED = "PASSED", "FAILED"
_LEVELS = ("SLSA_BUILD_LEVEL_UNEVALUATED",)
_EVIDENCE = ("release", "report", "hazard_log")
_LATER = ("criteria", "widening")
"""What was added to the extension since its first statements: where it is not told it is left out, and their bytes stay."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a statement says: the decision, who says it, of which resource, and with which result."""

    decision: Decision
    verifier: str
    resource: str
    result: str


def statement(decision: Decision, verifier: str) -> Envelope:
    """The decision of the centre `verifier`, as an envelope that nobody has signed yet; always the same bytes."""
    return Envelope(IN_TOTO, canonical(_told(decision, verifier)))


def read_statement(payload: bytes) -> Decision:
    """The decision in a statement; who signed it is not asked. Raises NotAccredited (unreadable)."""
    return read_summary(payload).decision


def read_summary(payload: bytes) -> Summary:
    """All that a statement says. Fields that are not known are passed over. Raises NotAccredited (unreadable)."""
    try:
        told = msgspec.json.decode(payload, type=_Statement)
        if (told.type, told.predicateType) != (STATEMENT, PREDICATE):
            raise ValueError(f"{told.type}, {told.predicateType}")  # noqa: TRY301  told as one
        return Summary(
            _decision(told), told.predicate.verifier.id, told.predicate.resourceUri, told.predicate.verificationResult
        )
    except (msgspec.DecodeError, CallerError, ValueError, RecursionError) as fault:
        if EARLIER.encode() in payload:
            raise _earlier() from fault
        raise NotAccredited(
            Reason.unreadable,
            "this is no accreditation decision that can be read",
            expected=f"{STATEMENT} with {PREDICATE} and {EXTENSION}",
            got=str(fault),
            remedy="fetch the product's entry again; should it stay so, ask the centre",
        ) from fault


def result_of(decision: Decision) -> str:
    """What the standard's own field says of that outcome."""
    return FAILED if decision.outcome is Outcome.refused else PASSED


def resource_of(product: str, version: str) -> str:
    """The URI by which a statement names a version of a product."""
    return f"urn:tabard:product:{product}:{version}"


def _told(decision: Decision, verifier: str) -> dict[str, Any]:
    package = {"name": f"{decision.product}-{decision.version}.tabard", "digest": {"sha256": decision.package_sha256}}
    evidence = [
        {"uri": f"urn:tabard:evidence:{name}", "digest": {"sha256": getattr(decision, f"{name}_sha256")}}
        for name in _EVIDENCE
    ]
    predicate = {
        "verifier": {"id": verifier},
        "timeVerified": _text(decision.decided),
        "resourceUri": resource_of(decision.product, decision.version),
        "policy": {"uri": "urn:tabard:rules", "digest": {"sha256": decision.rules_sha256}},
        "inputAttestations": evidence,
        "verificationResult": result_of(decision),
        "verifiedLevels": _LEVELS,
        EXTENSION: {
            name: msgspec.to_builtins(getattr(decision, name))
            for name in _Extension.__struct_fields__
            if name not in _LATER or getattr(decision, name) is not None
        },
    }
    return {"_type": STATEMENT, "subject": [package], "predicateType": PREDICATE, "predicate": predicate}


def _decision(told: "_Statement") -> Decision:
    (subject,) = told.subject
    summary = told.predicate
    evidence = {one.uri.rpartition(":")[2]: one.digest.sha256 for one in summary.inputAttestations}
    if missing := [name for name in _EVIDENCE if name not in evidence]:
        raise ValueError(f"no evidence {', '.join(missing)}")
    return Decision(
        package_sha256=subject.digest.sha256,
        decided=summary.timeVerified,
        rules_sha256=summary.policy.digest.sha256,
        release_sha256=evidence["release"],
        report_sha256=evidence["report"],
        hazard_log_sha256=evidence["hazard_log"],
        **msgspec.structs.asdict(summary.extension),
    )


def _earlier() -> NotAccredited:
    return NotAccredited(
        Reason.unreadable,
        "this decision was written in an earlier form, which names neither class nor reviewers",
        expected=EXTENSION,
        got=EARLIER,
        remedy="ask the centre to decide this version anew",
    )


def _text(moment: datetime) -> str:
    return str(msgspec.to_builtins(moment))


class _Digest(msgspec.Struct):
    sha256: str


class _Named(msgspec.Struct):
    digest: _Digest
    uri: str = ""


class _Verifier(msgspec.Struct):
    id: str


class _Extension(msgspec.Struct):
    id: str
    product: str
    version: str
    title: str
    publisher: str
    publisher_keys: tuple[str, ...]
    package_size: int
    scope: Scope
    conditions: tuple[Condition, ...]
    reviewed: tuple[Reviewed, ...]
    valid_from: datetime
    valid_until: datetime
    product_class: int
    outcome: Outcome
    first_of_type: FirstOfType | None
    grounds: tuple[str, ...]
    reviewers: tuple[Reviewer, ...]
    frameworks: tuple[FrameworkUsed, ...]
    evidence: tuple[str, ...]
    tabard_versions: tuple[str, ...]
    dialects: tuple[str, ...]
    supersedes: str
    criteria: CriteriaStood | None = None
    widening: Widening | None = None


class _Summary(msgspec.Struct):
    verifier: _Verifier
    timeVerified: datetime  # noqa: N815  the standard's name, as those below
    resourceUri: str  # noqa: N815
    policy: _Named
    inputAttestations: tuple[_Named, ...]  # noqa: N815
    verificationResult: str  # noqa: N815
    extension: _Extension = msgspec.field(name=EXTENSION)


class _Statement(msgspec.Struct):
    type: str = msgspec.field(name="_type")
    subject: tuple[_Named]
    predicateType: str  # noqa: N815
    predicate: _Summary
