"""Wards: all of them with how many are in, and one with who is in."""

from starlette.responses import Response

from tabard.ground.errors import NotFound
from tabard.web.design.times import UK
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.pages.products import launchable
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views.feeds import feed_line
from tabard.web.hospital.views.places import is_ward
from tabard.web.hospital.views.wards import Ward, rows, ward, wards

_NOW = ("status", "in-progress")
_INCLUDES = (("_include", "Encounter:patient"), ("_include", "Encounter:location"))


def show_all(portal: Portal, asked: Asked) -> Response:
    """The list of wards."""
    now = portal.clock()
    feeds = {feed.link: feed_line(feed, now) for feed in portal.links.feeds()}
    return page("wards.html", frame=asked.frame, wards=all_wards(portal, asked), feeds=feeds)


def all_wards(portal: Portal, asked: Asked) -> tuple[Ward, ...]:
    """Every ward that the record knows."""
    door = asked.looking(portal, "list of wards")
    locations, visits = door.find_all("Location"), door.find_all("Encounter", _NOW)
    return wards(locations.matches, visits.matches)


def show_one(portal: Portal, asked: Asked) -> Response:
    """One ward. Raises NotFound when the id is of no ward."""
    door = asked.looking(portal, "ward")
    location = door.read("Location", asked.request.path_params["ward"])
    if not is_ward(location):
        raise NotFound("This place is not a ward.", remedy="Choose a ward from the list of wards.")
    found = door.find_all("Encounter", _NOW, ("location", f"Location/{location['id']}"), *_INCLUDES)
    today = portal.clock().astimezone(UK).date()
    on_it = rows(location["id"], found.matches, found.others, today)
    products = launchable(portal, "ward")
    values = {"ward": ward(location, len(on_it)), "rows": on_it, "products": products, "is_whole": found.is_whole}
    return page("ward.html", 200, frame=asked.frame, **values)
