"""Home: the ways into the hospital that this person has, each with the figure that matters."""

from dataclasses import dataclass

from starlette.responses import Response

from tabard.hospital import Area, areas_of
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.pages.wards import all_wards
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page


@dataclass(frozen=True, slots=True)
class Door:
    """One way in."""

    href: str
    title: str
    figure: str


def show(portal: Portal, asked: Asked) -> Response:
    """The home page."""
    areas = areas_of(asked.person.roles)
    doors = (_clinical(portal, asked) if Area.patients in areas else ()) + (
        _links(portal) if Area.links in areas else ()
    )
    doors += (Door("/audit", "Audit", "Who looked at what"),) if Area.audit in areas else ()
    return page("home.html", frame=asked.frame, doors=doors, can_search=Area.patients in areas)


def _clinical(portal: Portal, asked: Asked) -> tuple[Door, ...]:
    wards = all_wards(portal, asked)
    products = portal.hospital.installs.all()
    placed = sum(ward.patients for ward in wards)
    return (
        Door("/wards", "Wards", f"{_count(len(wards), 'ward')}, {_count(placed, 'patient')} in"),
        Door("/products", "Products", f"{_count(len(products), 'product')} installed"),
    )


def _links(portal: Portal) -> tuple[Door, ...]:
    feeds = portal.links.feeds()
    counts = portal.journal.counts()
    waiting_for_somebody = counts.states.get("parked", 0) + counts.states.get("refused", 0)
    live = sum(feed.state == "live" for feed in feeds)
    return (
        Door("/links", "Links", f"{live} of {_count(len(feeds), 'link')} live"),
        Door("/parked", "Parked messages", f"{_count(waiting_for_somebody, 'message')} not filed"),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
