"""Who looked at what: the audit searched, page by page, and taken away as a table. Each look is audited itself."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.responses import Response

from tabard.audit import Asked as Sought, Found
from tabard.ground.errors import NotFound
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.ports import Audits
from tabard.web.hospital.render import page
from tabard.web.hospital.views.audit import ACTIONS, Line, as_csv, line, understand

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_PAGE = 50
_MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class _Whom:
    """The patient asked for: by an id, or by the ids that a number led to; `problem` says why there is none."""

    id: str | None = None
    others: tuple[str, ...] = ()
    problem: str = ""


def show(portal: Portal, asked: Asked) -> Response:
    """The audit as it was asked for, newest first."""
    door = _door(portal)
    params = asked.request.query_params
    sought = understand(params)
    whom = _whom(door, asked, sought.typed["patient"])
    problems = dict(sought.problems) | ({"patient": whom.problem} if whom.problem else {})
    found = None
    if not problems:
        wanted = replace(sought.asked, patient=whom.id)
        found = door.look(asked.person, wanted, _purpose(wanted), _PAGE, params.get("before"))
    typed = {name: value for name, value in sought.typed.items() if value} | ({"patient": whom.id} if whom.id else {})
    names = portal.hospital.accounts.names()
    values = {
        "typed": {**sought.typed, **({"patient": whom.id} if whom.id else {})},
        "problems": problems,
        "title": _title(portal, replace(sought.asked, patient=whom.id)),
        "others": [(one, f"/audit?{urlencode({**typed, 'patient': one})}") for one in whom.others],
        "lines": () if found is None else _lines(portal, found),
        "behind": 0 if found is None else found.progress.behind_bytes,
        "is_asked_of_patient": whom.id is not None,
        "actions": sorted(ACTIONS.items(), key=lambda one: one[1]),
        "people": sorted(names.items(), key=lambda one: one[1]),
        "products": [(one.id, one.title) for one in portal.hospital.installs.all()],
        "older": None if found is None or found.older is None else _to(typed, before=found.older),
        "newest": _to(typed) if "before" in params else None,
        "table": f"/audit.csv?{urlencode(typed)}",
        "most": _MOST_ROWS,
    }
    return page("audit.html", frame=asked.frame, **values)


def table(portal: Portal, asked: Asked) -> Response:
    """The same as a table to take away, up to a bound; where there is more, its last line says so."""
    door, sought = _door(portal), understand(asked.request.query_params)
    wanted = replace(sought.asked, patient=_whom(door, asked, sought.typed["patient"]).id)
    found = door.look(asked.person, wanted, f"{_purpose(wanted)}, taken away as a table", _MOST_ROWS)
    rows = _lines(portal, found)
    if found.older is not None:
        rows = (
            *rows,
            replace(
                rows[-1], what="There are older ones: narrow the days and take them away by themselves.", of="", id=""
            ),
        )
    headers = {"content-disposition": 'attachment; filename="audit.csv"'}
    return Response(as_csv(rows), 200, headers, "text/csv; charset=utf-8")


def _door(portal: Portal) -> Audits:
    if portal.auditing is None:
        raise NotFound("The audit is not looked at from here.")
    return portal.auditing


def _whom(door: Audits, asked: Asked, typed: str) -> _Whom:
    """An id stands for itself; an NHS number or a hospital number is looked up, and more than one patient may have it."""
    if not typed or _ID.fullmatch(typed):
        return _Whom(typed or None)
    found = door.patients(asked.person, typed)
    if len(found) > 1:
        return _Whom(others=found, problem="More than one record has this number. Choose one.")
    if not found and typed.replace(" ", "").isdigit():
        return _Whom(problem="No patient here has this number.")
    return _Whom(found[0] if found else typed)


def _lines(portal: Portal, found: Found) -> tuple[Line, ...]:
    """The events in words; at the terminal a person is known by their username."""
    accounts = portal.hospital.accounts
    names = accounts.names()
    others = {one.event.person for one in found.entries if one.event and one.event.person} - names.keys()
    names |= {username: name for username in others if (name := accounts.name_of(username)) is not None}
    products = {one.id: one.title for one in portal.hospital.installs.all()}
    return tuple(line(one, names, products) for one in found.entries)


def _purpose(wanted: Sought) -> str:
    if wanted.patient is not None:
        return "who looked at this patient"
    return "what this product saw" if wanted.client is not None else "audit search"


def _title(portal: Portal, wanted: Sought) -> str:
    if wanted.patient is not None:
        return "Who looked at this patient"
    if wanted.client is not None:
        titles = {one.id: one.title for one in portal.hospital.installs.all()}
        return f"What {titles.get(wanted.client, wanted.client)} saw"
    return "Audit: who looked at what"


def _to(typed: dict[str, str], **more: str) -> str:
    told = urlencode({**typed, **more})
    return f"/audit?{told}" if told else "/audit"
