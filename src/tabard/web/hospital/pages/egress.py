"""The hospital's word on each host outside that a product declares."""

from starlette.responses import RedirectResponse, Response

from tabard.gateway.egress import Standing
from tabard.gateway.egress.approvals import APPROVERS
from tabard.ground.errors import NotFound
from tabard.web.design.times import When, when
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.portal import Portal


def hosts(portal: Portal, product: str) -> tuple[tuple[Standing, str, When | None], ...]:
    """What a product declares, who decided of it, and when."""
    if portal.egress is None:
        return ()
    names = portal.hospital.accounts.names()
    told = portal.egress.standings(product)
    return tuple((one, names.get(one.by or "", one.by or ""), when(one.at) if one.at else None) for one in told)


def may_decide(asked: Asked) -> bool:
    """Whether this reader's word counts."""
    return not APPROVERS.isdisjoint(asked.person.roles)


def decide(portal: Portal, asked: Asked) -> Response:
    """Approve a host or withdraw that. Raises Refused, NotFound."""
    if portal.egress is None:
        raise NotFound("No outside host is approved from here.")
    product, person = asked.request.path_params["product"], asked.person
    host, reason = asked.form.get("host", ""), asked.form.get("reason", "")
    is_approval = asked.form.get("word") == "approve"
    portal.egress.decide(person.id, person.roles, product, host, reason, approve=is_approval)
    return RedirectResponse(f"/products/{product}", 303)
