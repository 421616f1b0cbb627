"""What stands around every page: whose hospital, who is signed in, where they can go, and how fresh it all is."""

from dataclasses import dataclass

from tabard.accounts import Session
from tabard.hospital import Area, areas_of, person
from tabard.web.design.times import UK, clock_time
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.views.feeds import Freshness, freshness


@dataclass(frozen=True, slots=True)
class Way:
    """An entry of the navigation."""

    href: str
    text: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one page. Without a session there are no ways, no freshness, and `person` is empty."""

    hospital: str
    person: str
    token: str
    ways: tuple[Way, ...]
    freshness: Freshness | None
    made: str


_WAYS: tuple[tuple[Area | None, str, str], ...] = (
    (Area.patients, "/wards", "Wards"),
    (Area.patients, "/patients", "Patients"),
    (Area.patients, "/products", "Products"),
    (Area.links, "/links", "Links"),
    (Area.links, "/messages", "Messages"),
    (Area.links, "/parked", "Parked messages"),
    (Area.audit, "/audit", "Audit"),
)


def bare(portal: Portal, token: str = "") -> Frame:
    """The frame before sign-in, and of a page about something that went wrong."""
    return Frame(portal.hospital.settings.name, "", token, (), None, _made(portal))


def framed(portal: Portal, session: Session, path: str) -> Frame:
    """The frame of a page for somebody signed in."""
    open_to = areas_of(person(session.account).roles)
    ways = tuple(
        Way(href, text, path == href or path.startswith(f"{href}/")) for area, href, text in _WAYS if area in open_to
    )
    token = portal.hospital.sessions.form_token(session.id)
    fresh = freshness(portal.links.feeds(), portal.clock())
    return Frame(portal.hospital.settings.name, session.account.name, token, ways, fresh, _made(portal))


def _made(portal: Portal) -> str:
    now = portal.clock()
    return clock_time(now, now) + now.astimezone(UK).strftime(":%S")
