"""The dialect of a link: what is live, what is proposed, its run in the shadow, the words given, and the switch there and back."""

from collections.abc import Callable

from starlette.responses import RedirectResponse, Response

from tabard.ground.errors import CallerError
from tabard.hospital import Role
from tabard.link import Looker, Signatory
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.pages.messages import number
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views import dialects as views

TEXT_BYTES = 2 * 1024 * 1024
"""A dialect, as a form sends it."""

_SHOWN = 10


def show(portal: Portal, asked: Asked) -> Response:
    """How the link's dialect stands, and what can be done. Raises NotFound."""
    return _page(portal, asked)


def propose(portal: Portal, asked: Asked) -> Response:
    """Propose the text of the form; what is wrong with it is told above it, and nothing typed is lost. Raises NotFound."""
    text, reason = asked.form.get("text", ""), asked.form.get("reason", "")
    try:
        portal.dialects.propose(_link(asked), text, _signatory(asked), reason)
    except CallerError as fault:
        return _page(portal, asked, wrong=views.wrong(fault, text, reason))
    return _back(asked)


def run_shadow(portal: Portal, asked: Asked) -> Response:
    """Begin a run of the proposal in the shadow; the page tells how far it has come."""
    day, last = views.span(asked.form)
    portal.dialects.run_shadow(_link(asked), asked.form.get("digest", ""), _signatory(asked), day=day, last=last)
    return _back(asked)


def look(portal: Portal, asked: Asked) -> Response:
    """What the report tells message by message; the look is in the audit first."""
    role, first = asked.form.get("role", ""), number(asked.form.get("first", "0")) or 0
    if role not in asked.person.roles:
        raise CallerError("You do not have that role.", remedy="Choose the role in which you look.")
    looker = Looker(asked.person.id, role, asked.form.get("reason", ""))
    found = portal.dialects.look_into(_link(asked), looker, first=first, most=_SHOWN + 1)
    inside = {
        "messages": views.changed(found[:_SHOWN]),
        "first": first,
        "next": first + _SHOWN if len(found) > _SHOWN else None,
        "role": role,
        "reason": looker.reason,
    }
    return _page(portal, asked, inside)


def approve(portal: Portal, asked: Asked) -> Response:
    """Give the person's word in one role."""
    form = asked.form
    by, role = _signatory(asked), form.get("role", "")
    portal.dialects.approve(_link(asked), form.get("digest", ""), by, role, form.get("report", ""))
    return _back(asked)


def switch(portal: Portal, asked: Asked) -> Response:
    """Make the proposal live."""
    portal.dialects.switch(_link(asked), asked.form.get("digest", ""), _signatory(asked))
    return _back(asked)


def back(portal: Portal, asked: Asked) -> Response:
    """Go back to the version before."""
    reason = Looker(asked.person.id, "", asked.form.get("reason", "")).reason
    portal.dialects.back(_link(asked), _signatory(asked), reason)
    return _back(asked)


ACTIONS: tuple[tuple[str, Callable[[Portal, Asked], Response]], ...] = (
    ("shadow", run_shadow),
    ("look", look),
    ("approve", approve),
    ("switch", switch),
    ("back", back),
)
"""What the page's forms do, by the last part of their address; `propose` takes a larger form."""


def _page(
    portal: Portal, asked: Asked, inside: dict[str, object] | None = None, wrong: views.Wrong | None = None
) -> Response:
    about = portal.dialects.about(_link(asked))
    proposal = about.standing.proposal
    report = about.report
    own = asked.person.roles
    given = {word.by for word in proposal.words} if proposal else set()
    values = {
        "link": _link(asked),
        "about": about,
        "live": views.short(about.standing.live.digest),
        "before": None if about.standing.before is None else views.short(about.standing.before.digest),
        "proposal": proposal,
        "proposed": None if proposal is None else views.short(proposal.made.digest),
        "differs": views.differs(about.changes),
        "missing": "" if proposal is None else views.missing(proposal),
        "may_approve": []
        if proposal is None or _username(asked) in given
        else [r for r in proposal.missing if r in own],
        "role_words": views.role_words,
        "report": report,
        "elements": [] if report is None else views.most_changed(report.elements),
        "history": views.history(about),
        "roles": sorted(own),
        "is_integration": Role.integration in own,
        "may_go_back": not own.isdisjoint({Role.integration, Role.clinical_safety}),
        "inside": inside,
        "wrong": wrong,
    }
    return page("dialect.html", 400 if wrong else 200, frame=asked.frame, **values)


def _signatory(asked: Asked) -> Signatory:
    return Signatory(_username(asked), asked.person.name, frozenset(asked.person.roles))


def _username(asked: Asked) -> str:
    return asked.session.account.username


def _link(asked: Asked) -> str:
    return str(asked.request.path_params["link"])


def _back(asked: Asked) -> Response:
    return RedirectResponse(f"/links/{_link(asked)}/dialect", 303)
