"""Cases as JSON: what anybody with a submission's address may see, and what an assessor sees."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import msgspec

from tabard.accreditation import RULES
from tabard.store import CaseDetail, CaseRow, Submission

Told = Mapping[str, Any]
_JUDGES = {rule.id: rule.judges for rule in RULES}

_OUR_FAULT = "error"
"""What a case that our checker cannot check is called: whoever waits for it must not wait for ever."""


def submitted(submission: Submission) -> Told:
    """What a submitter is answered at once."""
    case = submission.case
    return {
        "case": case.id,
        "status": case.status,
        "product": case.product,
        "version": case.version,
        "package_sha256": case.package_sha256,
        "is_new": submission.is_new,
        "address": address(case.id, submission.secret) if submission.secret else "",
        "words": submission.words,
    }


def address(case_id: str, secret: str) -> str:
    """Where a submission's page is, for who has its secret; under `/api` the same for programs."""
    return f"/submissions/{case_id}/{secret}"


def progress(detail: CaseDetail) -> Told:
    """How far a submission is, for who submitted it: what the rules found and what comes next."""
    case = detail.case
    return {
        "case": case.id,
        "status": _OUR_FAULT if detail.is_stuck else case.status,
        "product": case.product,
        "version": case.version,
        "package_sha256": case.package_sha256,
        "submitted": case.submitted,
        "progress": detail.progress,
        "next": detail.row.next_step,
        "report_sha256": case.report.sha256 if case.report else None,
        "rules_sha256": case.report.rules_sha256 if case.report else None,
        "findings": msgspec.to_builtins(case.report.findings) if case.report else [],
        "reviews": msgspec.to_builtins(case.reviews),
        "product_class": case.product_class,
        "because": case.because,
        "outcome": case.outcome,
        "grounds": detail.decision.grounds if detail.decision else (),
        "questions": msgspec.to_builtins(case.questions),
        "remarks": msgspec.to_builtins(case.remarks),
        "conditions": msgspec.to_builtins(case.conditions),
        "work_off": msgspec.to_builtins(case.work_off),
        "service": {"used_days": detail.row.used_days, "of_days": detail.row.of_days},
    }


def row(one: CaseRow) -> Told:
    """A case in the queue."""
    told: Told = msgspec.to_builtins(one)
    return told


def whole(detail: CaseDetail) -> Told:
    """All that an assessor sees of a case. `statement` is what is signed, byte for byte, in base64."""
    case, statement = detail.case, detail.case.statement
    return {
        **progress(detail),
        "publisher": detail.row.publisher,
        "publisher_name": detail.row.publisher_name,
        "name": detail.manifest.name,
        "summary": detail.manifest.summary,
        "intended_use": detail.manifest.intended_use,
        "safety_officer": msgspec.to_builtins(detail.manifest.safety_officer),
        "package_size": detail.package_size,
        "release_keyid": detail.release_keyid,
        "version_of_case": detail.version,
        "touches": msgspec.to_builtins(detail.touches),
        "hazards": _hazards(detail),
        "changed": detail.changed,
        "unreviewed": [{**msgspec.to_builtins(one), "judges": _JUDGES.get(one.rule, ())} for one in case.unreviewed],
        "taken": msgspec.to_builtins(case.taken),
        "since": msgspec.to_builtins(case.since),
        "moves": msgspec.to_builtins(case.moves),
        "supersedes": detail.decision.supersedes if detail.decision else "",
        "words": detail.words,
        "statement": b64encode(statement.payload).decode() if statement else None,
        "widening": b64encode(case.widening.payload).decode() if case.widening else None,
        "payload_type": statement.payload_type if statement else None,
        "signed_by": msgspec.to_builtins(detail.row.signed_by),
        "happened": msgspec.to_builtins(detail.happened),
    }


def _hazards(detail: CaseDetail) -> list[Told]:
    """Each in short, with its cause and what keeps it down."""
    if detail.hazards is None:
        return []
    log = zip(detail.hazards.in_short, detail.hazards.hazards, strict=True)
    return [
        {
            **msgspec.to_builtins(short),
            "cause": one.cause,
            "controls": msgspec.to_builtins(one.controls),
            "reason": one.reason,
        }
        for short, one in log
    ]
