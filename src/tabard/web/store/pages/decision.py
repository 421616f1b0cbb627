"""One public decision: what was decided on which bytes, by whom, on what evidence; to read, to print, and for programs."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from tabard.accreditation import RULES, criteria_for, frameworks as in_force, product_class
from tabard.accreditation.claims import Assessed, attestation, standings
from tabard.accreditation.typesetting import can_typeset
from tabard.decision import Outcome
from tabard.ground.errors import NotFound
from tabard.web.design.times import when
from tabard.web.store.api.json import answer
from tabard.web.store.counter import Counter
from tabard.web.store.decided import Decided, decided
from tabard.web.store.guard import Asked
from tabard.web.store.pages.decisions import shown_entry
from tabard.web.store.pages.product import Person
from tabard.web.store.pages.working_off import shown_conditions
from tabard.web.store.printed import printed
from tabard.web.store.render import page
from tabard.web.store.standings import STANDINGS, known_of
from tabard.web.store.words import all_findings, role_words, status_words

_CYCLONEDX = "application/vnd.cyclonedx+json"
_SCHEMA = "urn:tabard:decision-report:v1"
_OUTCOMES = {
    Outcome.accredited: ("Accredited", "green"),
    Outcome.with_conditions: ("Accredited, with conditions", "green"),
    Outcome.first_of_type: ("First of its type: some hospitals only", "yellow"),
    Outcome.refused: ("Refused", "red"),
}


def show(counter: Counter, asked: Asked) -> Response:
    """The decision's page. Raises NotFound."""
    return _page(counter, asked, "decision.html")


def report(counter: Counter, asked: Asked) -> Response:
    """All of it on one page that prints: criteria, hazards and findings besides. Raises NotFound."""
    return _page(counter, asked, "report.html")


def report_json(counter: Counter, asked: Asked) -> Response:
    """The same for programs. Raises NotFound."""
    return answer(_told(counter, _asked(counter, asked)))


def statement(counter: Counter, asked: Asked) -> Response:
    """What was signed, with its signatures: a DSSE envelope, byte for byte. Raises NotFound."""
    return Response(_asked(counter, asked).envelope.to_bytes(), media_type="application/json")


def stood(counter: Counter, asked: Asked) -> Response:
    """How each criterion stood, byte for byte as the decision pins it by its digest. Raises NotFound."""
    return Response(counter.store.documents.standings(_asked(counter, asked).sha256), media_type="application/json")


def attested(counter: Counter, asked: Asked) -> Response:
    """How the criteria stood as CycloneDX attestations, for other people's tools. Raises NotFound."""
    one = _asked(counter, asked)
    if one.decision.criteria is not None:
        return Response(counter.store.documents.attestation(one.sha256), media_type=_CYCLONEDX)
    case, manifest = one.detail.case, one.detail.manifest
    on = one.decision.decided.date()
    pinned = {(each.id, each.sha256) for each in one.decision.frameworks}
    shelf = tuple(each for each in in_force(on) if (each.id, each.sha256) in pinned)
    named = {each.id for framework in shelf for each in framework.criteria}
    classed, known = product_class(manifest), known_of(counter, one.detail, one.items)
    criteria = tuple(each for each in criteria_for(classed, on) if each.id in named)
    found = standings(criteria, known, on, rules=RULES)
    who = Assessed(case.product, case.version, manifest.name, case.package_sha256, counter.store.settings.name)
    return answer(attestation(who, shelf, found, known.claims, one.items))


def _asked(counter: Counter, asked: Asked) -> Decided:
    return decided(counter, asked.request.path_params["sha256"])


def report_pdf(counter: Counter, asked: Asked) -> Response:
    """The same as a print, where this store can set one. Raises NotFound."""
    if not can_typeset():
        raise NotFound("this store sets no prints", remedy="take the report as a page, and print it with your browser")
    one = _asked(counter, asked)
    raw = counter.prints.of(one.sha256, printed(counter.base_url, one, shown(counter, one)))
    name = f"{one.decision.product}-{one.decision.version}-{one.sha256[:12]}.pdf"
    headers = {"Cache-Control": "no-cache", "Content-Disposition": f'inline; filename="{name}"'}
    return Response(raw, headers=headers, media_type="application/pdf")


def shown(counter: Counter, one: Decided) -> dict[str, Any]:
    """All that page, report and print show of it."""
    case, decision = one.detail.case, one.decision
    word, colour = _OUTCOMES[decision.outcome]
    return {
        "decision": decision,
        "sha256": one.sha256,
        "base": counter.base_url,
        "outcome": {"word": word, "colour": colour},
        "now": _now(one),
        "facts": _facts(one),
        "words": one.words,
        "signed_by": [Person(each.name, role_words(each.role)) for each in one.signed_by],
        "conditions": shown_conditions(case, counter.today) if not _is_superseded(one) else (),
        "evidence": one.evidence,
        "frameworks": one.frameworks,
        "stood": _stood(one),
        "judged": [each.judged for each in one.frameworks if each.judged],
        "standing_words": tuple(each for each, _ in STANDINGS.values()),
        "since": [shown_entry(each) for each in one.since],
        "safety": counter.bases.of(case.package_sha256).safety,
        "findings": all_findings(case),
    }


def _page(counter: Counter, asked: Asked, template: str) -> Response:
    one = _asked(counter, asked)
    return page(
        template,
        frame=asked.frame,
        is_listed=one.detail.case.is_listed,
        is_printed=can_typeset(),
        printed=when(counter.store.clock()).text,
        **shown(counter, one),
    )


def _stood(one: Decided) -> tuple[tuple[str, str, int], ...]:
    """How many criteria stood how, as it is signed: word, colour, number; () in decisions of before that was kept."""
    told = one.decision.criteria
    if told is None:
        return ()
    return tuple((word, colour, int(getattr(told, status))) for status, (word, colour) in STANDINGS.items())


def _is_superseded(one: Decided) -> bool:
    """Whether it is a refusal that was reviewed: the case's conditions are then another decision's."""
    return one.envelope == one.detail.case.refusal


def _now(one: Decided) -> tuple[str, str]:
    """How it stands today, where that is another thing than what was decided; "" else."""
    if _is_superseded(one):
        return "Under review, or reviewed", "yellow"
    status = one.detail.case.status
    return status_words(status, one.decision.outcome) if status not in ("published", "decided") else ("", "")


def _facts(one: Decided) -> tuple[tuple[str, str], ...]:
    decision = one.decision
    return (
        ("Product", f"{decision.title}, version {decision.version} ({decision.product})"),
        ("Publisher", f"{one.detail.row.publisher_name} ({decision.publisher})"),
        ("Intended use", decision.scope.intended_use),
        ("Class", str(decision.product_class)),
        ("Decided", when(decision.decided).text),
        ("Valid", f"from {when(decision.valid_from).text} until {when(decision.valid_until).text}"),
        ("Statement", f"SHA-256 {one.sha256}"),
        ("Line of the decision log", f"{one.entry.seq}, SHA-256 {one.entry.sha256}"),
    )


def _told(counter: Counter, one: Decided) -> Mapping[str, Any]:
    """The report as plain JSON."""
    case, hazards = one.detail.case, one.detail.hazards
    head = counter.store.publishing.head()
    plain = msgspec.to_builtins
    return {
        "schema": _SCHEMA,
        "statement_sha256": one.sha256,
        "decision": plain(one.decision),
        "words": one.words,
        "signed_by": plain(one.signed_by),
        "status": case.status,
        "conditions": () if _is_superseded(one) else plain(case.conditions),
        "work_off": () if _is_superseded(one) else plain(case.work_off),
        "evidence": plain(one.evidence),
        "frameworks": [plain(each) for each in one.frameworks],
        "findings": plain(case.report.findings) if case.report else [],
        "hazards": plain(hazards.in_short) if hazards else [],
        "log": plain((one.entry, *one.since)),
        "log_head": msgspec.json.decode(head) if head else None,
    }
