"""One case: everything an assessor must see, on one page, before what they sign."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

from starlette.responses import Response

from tabard.accreditation import RULES, Case, Status
from tabard.decision import Accreditor
from tabard.store import CaseDetail
from tabard.web.design.times import when
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.pages.product import Person
from tabard.web.store.render import page
from tabard.web.store.words import STATUSES, ShownFinding, all_findings, officer_words, role_words, shown_findings

_JUDGES = {rule.id: rule.judges for rule in RULES}
_DONE = {
    "reviewed": "Your review is written down.",
    "drafted": "The decision is written. Read it below, then sign it.",
    "signed": "Your signature is there.",
    "declined": "The case is declined.",
}
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
    return page(
        "case.html",
        frame=asked.frame,
        row={
            "id": case.id,
            "product": case.product,
            "version": case.version,
            "status": STATUSES[case.status][0],
            "colour": STATUSES[case.status][1],
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
        may_review=case.status is Status.waiting and bool(case.unreviewed),
        unreviewed=_for(asked.who, case),
        may_draft=_may_draft(case),
        words=detail.words,
        signed_by=[Person(one.name, role_words(one.role)) for one in detail.row.signed_by],
        statement=_statement(detail, asked.who),
        may_decline=case.status in (Status.waiting, Status.signing),
        happened=[{"at": when(one.at), "by": one.by, "words": f"{one.kind}: {one.words}"} for one in detail.happened],
    )


def _facts(detail: CaseDetail) -> tuple[tuple[str, str], ...]:
    manifest, case = detail.manifest, detail.case
    return (
        ("Publisher", f"{detail.row.publisher_name} ({case.publisher})"),
        ("Clinical safety officer", officer_words(manifest)),
        ("Intended use", manifest.intended_use),
        ("Opened with", ", ".join(sorted({str(part.context) for part in manifest.parts}))),
        ("Licence", manifest.licence),
        ("Package", f"{detail.package_size / _KIB:,.0f} KiB, SHA-256 {case.package_sha256}"),
        ("Signed by the publisher's key", detail.release_keyid),
    )


def _for(who: Accreditor, case: Case) -> tuple[ShownFinding, ...]:
    """What no machine could assess and this person's role may."""
    mine = tuple(one for one in case.unreviewed if who.role in _JUDGES.get(one.rule, ()))
    return shown_findings(mine, ())


def _may_draft(case: Case) -> bool:
    is_unsigned = case.status is Status.waiting or (
        case.status is Status.signing and case.statement is not None and not case.statement.signatures
    )
    return is_unsigned and not case.unreviewed


def _statement(detail: CaseDetail, who: Accreditor) -> Statement | None:
    """What this person has yet to sign; None where there is nothing, or they have."""
    envelope = detail.case.statement
    has_signed = any(one.accreditor == who.id for one in detail.row.signed_by)
    if envelope is None or has_signed or detail.case.status is not Status.signing:
        return None
    return Statement(sha256(envelope.payload).hexdigest(), b64encode(envelope.to_sign).decode())
