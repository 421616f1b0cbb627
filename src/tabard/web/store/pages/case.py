"""One case: everything an assessor must see, on one page, before what they sign."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

from starlette.responses import Response

from tabard.accreditation import RULES, Case, Status, missing_roles
from tabard.decision import Accreditor
from tabard.store import CaseDetail
from tabard.web.design.times import when
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.pages.product import Person
from tabard.web.store.render import page
from tabard.web.store.words import ShownFinding, all_findings, officer_words, role_words, shown_findings, status_words

_JUDGES = {rule.id: rule.judges for rule in RULES}
_DONE = {
    "reviewed": "Your review is written down.",
    "drafted": "The decision is written. Read it below, then sign it.",
    "signed": "Your signature is there.",
    "assigned": "What you said of conflicts of interest is written down.",
    "referred-back": "The publisher is asked.",
    "refused": "The refusal is written. Read it below, then sign it.",
    "reopened": "The statement is dropped; the case is in review again.",
}
_TAKEN = (Status.submitted, Status.checking, Status.in_review, Status.referred_back, Status.signing)
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Statement:
    """What a signature is over: its digest, and the bytes to sign in base64."""

    sha256: str
    to_sign: str


def show(counter: Counter, asked: Judging) -> Response:
    """The page of a case. Raises NotFound."""
    detail = counter.store.case(asked.request.path_params["case"])
    case, hazards = detail.case, detail.hazards
    status, colour = status_words(case.status, case.outcome)
    is_mine = any(one.id == asked.who.id and one.is_free for one in case.taken)
    return page(
        "case.html",
        frame=asked.frame,
        row={
            "id": case.id,
            "product": case.product,
            "version": case.version,
            "status": status,
            "colour": colour,
            "next_step": detail.row.next_step,
        },
        name=detail.row.name,
        version=detail.version,
        base=counter.base_url,
        role=role_words(asked.who.role),
        done=_DONE.get(asked.request.query_params.get("done", ""), ""),
        facts=_facts(detail),
        touches=detail.touches,
        changed=detail.changed,
        hazards=hazards.hazards if hazards else (),
        tasks=hazards.tasks if hazards else (),
        findings=all_findings(case),
        progress=detail.progress,
        may_take=case.status in _TAKEN and not any(one.id == asked.who.id for one in case.taken),
        taken=[{"name": one.name, "role": role_words(one.role), "conflicts": one.conflicts} for one in case.taken],
        service=f"{detail.row.used_days} of {detail.row.of_days} working days",
        remarks=[{"said": one, "at": when(one.at)} for one in case.remarks],
        may_refer_back=is_mine and case.status in (Status.in_review, Status.referred_back, Status.signing),
        may_reopen=is_mine and case.status is Status.signing,
        may_review=is_mine and case.status is Status.in_review and bool(case.unreviewed),
        unreviewed=_for(asked.who, case),
        may_draft=is_mine and _may_draft(case),
        words=detail.words,
        signed_by=[Person(one.name, role_words(one.role)) for one in detail.row.signed_by],
        statement=_statement(detail, asked.who),
        may_refuse=is_mine and not missing_roles(case) and case.status in (Status.in_review, Status.referred_back),
        happened=[{"at": when(one.at), "by": one.by, "words": f"{one.kind}: {one.words}"} for one in detail.happened],
    )


def _facts(detail: CaseDetail) -> tuple[tuple[str, str], ...]:
    manifest, case = detail.manifest, detail.case
    return (
        ("Publisher", f"{detail.row.publisher_name} ({case.publisher})"),
        ("Clinical safety officer", officer_words(manifest)),
        ("Intended use", manifest.intended_use),
        ("Opened with", ", ".join(sorted({str(part.context) for part in manifest.parts}))),
        ("Class", f"{case.product_class}: {'; '.join(case.because)}"),
        ("Licence", manifest.licence),
        ("Package", f"{detail.package_size / _KIB:,.0f} KiB, SHA-256 {case.package_sha256}"),
        ("Signed by the publisher's key", detail.release_keyid),
    )


def _for(who: Accreditor, case: Case) -> tuple[ShownFinding, ...]:
    """What no machine could assess and this person's role may."""
    mine = tuple(one for one in case.unreviewed if who.role in _JUDGES.get(one.rule, ()))
    return shown_findings(mine, ())


def _may_draft(case: Case) -> bool:
    is_unsigned = case.status is Status.in_review or (
        case.status is Status.signing and case.statement is not None and not case.statement.signatures
    )
    return is_unsigned and not case.unreviewed and not missing_roles(case)


def _statement(detail: CaseDetail, who: Accreditor) -> Statement | None:
    """What this person has yet to sign; None where there is nothing, or they have."""
    envelope = detail.case.statement
    has_signed = any(one.accreditor == who.id for one in detail.row.signed_by)
    is_mine = any(one.id == who.id and one.is_free for one in detail.case.taken)
    if envelope is None or has_signed or not is_mine or detail.case.status is not Status.signing:
        return None
    return Statement(sha256(envelope.payload).hexdigest(), b64encode(envelope.to_sign).decode())
