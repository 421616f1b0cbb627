"""The FHIR R4 driver: read, search page by page, create, update, as a Millennium wants it.

Source: FHIR R4 3.1 (RESTful API); Millennium Platform APIs, "R4 Overview" (paging, If-Match, empty 201).
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tabard.fhir import Resource, encode
from tabard.link.ehr.asking import Answer, Asking
from tabard.link.ehr.errors import BadAnswer, EhrError, NotKnown, Rejected
from tabard.link.ehr.pace import Budget

Pairs = tuple[tuple[str, str], ...]
_MOST_PAGES = 10
_GONE = frozenset({404, 410})
_SILENT = frozenset({"unreachable", "too_slow", "bad_answer"})
_PROXIED = frozenset({"502", "504"})
"""What a proxy says that heard nothing from the EHR behind it."""


class Searched(NamedTuple):
    """A page: its resources, each id once; the opaque link to the next; whether the EHR left something out."""

    resources: tuple[Resource, ...]
    next: str | None
    is_partial: bool = False


class Made(NamedTuple):
    """What a write made: the id, and the version for the next If-Match, opaque."""

    id: str
    version: str


class Held(NamedTuple):
    """A resource as it is there, and its version for If-Match, opaque."""

    resource: Resource
    version: str


class FhirDriver:
    """One tenant. Every method raises EhrError; blocking, safe from any thread."""

    def __init__(self, base: str, asking: Asking) -> None:
        self.base = base
        self._asking = asking

    def sign_in(self, budget: Budget, margin_s: float) -> None:
        """See to it that nobody has to wait for a token for so many seconds."""
        self._asking.sign_in(budget, margin_s)

    def metadata(self, budget: Budget) -> Resource:
        """What the server says that it can do."""
        return self._asking.get(f"{self.base}/metadata", budget, lambda answer: _of_type(answer, "CapabilityStatement"))

    def read(self, resource_type: str, resource_id: str, budget: Budget) -> Resource | None:
        """The resource, None where there is none."""
        found = self.held(resource_type, resource_id, budget)
        return None if found is None else found.resource

    def held(self, resource_type: str, resource_id: str, budget: Budget) -> Held | None:
        """The resource with the version that a write over it must name, None where there is none."""
        try:
            url = f"{self.base}/{resource_type}/{resource_id}"
            return self._asking.get(url, budget, lambda answer: _held(answer, resource_type))
        except Rejected as fault:
            if fault.status in _GONE:
                return None
            raise

    def search(self, resource_type: str, parameters: Pairs, budget: Budget) -> Searched:
        """The first page."""
        return self._asking.get(f"{self.base}/{resource_type}", budget, self._page, parameters)

    def search_on(self, link: str, budget: Budget) -> Searched:
        """The page behind a `next` link, followed as it is; only below our own base, and never back to itself."""
        if not is_below(self.base, link):
            raise BadAnswer("The record system's paging link leads elsewhere.", is_sent=False)
        page = self._asking.get(link, budget, self._page)
        if page.next == link:
            raise _circle()
        return page

    def search_all(self, resource_type: str, parameters: Pairs, budget: Budget, pages: int = _MOST_PAGES) -> Searched:
        """Up to `pages` pages as one; `next` is None where that is all. What comes twice counts as it came last."""
        page = self.search(resource_type, parameters, budget)
        found, is_partial = list(page.resources), page.is_partial
        followed: set[str] = set()
        for _ in range(pages - 1):
            if page.next is None:
                break
            if page.next in followed:
                raise _circle()
            followed.add(page.next)
            page = self.search_on(page.next, budget)
            found, is_partial = [*found, *page.resources], is_partial or page.is_partial
        return Searched(_latest(found), page.next, is_partial)

    def create(self, resource: Resource, budget: Budget) -> Made:
        """Create. Raises NotKnown where it may have been created and nobody said so: it is never tried again here."""
        url = f"{self.base}/{resource['resourceType']}"
        try:
            return self._asking.send("POST", url, budget, encode(resource), self._created(resource["resourceType"]))
        except EhrError as fault:
            raise _unknown(fault) from fault

    def update(self, resource: Resource, version: str, budget: Budget) -> Made:
        """Write over the version of that ETag (If-Match). Raises Conflict where it is not the newest, NotKnown as `create`."""
        url = f"{self.base}/{resource['resourceType']}/{resource['id']}"
        try:
            return self._asking.send(
                "PUT",
                url,
                budget,
                encode(resource),
                lambda answer: Made(resource["id"], answer.headers.get("etag", "")),
                {"if-match": version},
            )
        except EhrError as fault:
            raise _unknown(fault) from fault

    def _created(self, resource_type: str) -> Callable[[Answer], Made]:
        def read(answer: Answer) -> Made:
            found = _located(self.base, resource_type, answer)
            if found is None:
                raise NotKnown("The record system made it and did not say under which id.")
            return Made(found, answer.headers.get("etag", ""))

        return read

    def _page(self, answer: Answer) -> Searched:
        bundle = _of_type(answer, "Bundle")
        entries = _objects(bundle.get("entry", []))
        held = [one["resource"] for one in entries if isinstance(one.get("resource"), dict)]
        outcomes = [one for one in held if one.get("resourceType") == "OperationOutcome"]
        found = [one for one in held if isinstance(one.get("id"), str) and one not in outcomes]
        links = [one.get("url") for one in _objects(bundle.get("link", [])) if one.get("relation") == "next"]
        is_partial = bool(outcomes) or len(found) + len(outcomes) != len(entries)
        return Searched(_latest(found), _next(self.base, links), is_partial)


def is_below(base: str, link: str) -> bool:
    """Whether an absolute link leads below the base: the same host, and a path that no dots lead out of."""
    try:
        ours, theirs = urlsplit(base), urlsplit(link)
    except ValueError:
        return False
    is_plain = not any(part in theirs.path.lower() for part in ("..", "%2e", "%2f", "%5c", "\\", "//"))
    same = (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)
    return same and is_plain and theirs.path.startswith(f"{ours.path}/")


def _next(base: str, links: list[Any]) -> str | None:
    if not links:
        return None
    if len(links) > 1 or not isinstance(links[0], str) or not is_below(base, links[0]):
        raise BadAnswer("The record system's paging link leads elsewhere.")
    return links[0]


def _circle() -> BadAnswer:
    return BadAnswer("The record system's pages lead in a circle.")


def _held(answer: Answer, resource_type: str) -> Held:
    resource = _of_type(answer, resource_type)
    meta = resource.get("meta")
    told = meta.get("versionId") if isinstance(meta, dict) else None
    return Held(resource, answer.headers.get("etag") or f'W/"{told}"')


def _of_type(answer: Answer, resource_type: str) -> Resource:
    if answer.resource is None or answer.resource["resourceType"] != resource_type:
        raise BadAnswer(
            "The record system answered something else than what was asked.", got="another type, or nothing"
        )
    return answer.resource


def _objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadAnswer("The record system answered a Bundle that is broken.")
    return value


def _latest(found: list[Resource]) -> tuple[Resource, ...]:
    """Each resource once, as it came last."""
    return tuple({(one.get("resourceType"), one["id"]): one for one in found}.values())


def _unknown(fault: EhrError) -> EhrError:
    """A write that may have reached the EHR, and nobody knows what became of it; any other fault is itself."""
    is_failed = isinstance(fault, Rejected) and fault.status >= 500  # noqa: PLR2004  HTTP's own number
    if fault.is_sent and (is_failed or fault.reason in _SILENT or fault.got in _PROXIED):
        return NotKnown("The record system did not say whether this was written.", got=fault.reason)
    return fault


def _located(base: str, resource_type: str, answer: Answer) -> str | None:
    """The id in `Location`, the body being empty. Source: FHIR R4 3.1.0.8."""
    if answer.resource is not None and answer.resource.get("resourceType") == resource_type and "id" in answer.resource:
        return str(answer.resource["id"])
    place = answer.headers.get("location", "").split("/_history/")[0]
    start = f"{base}/{resource_type}/"
    found = place.removeprefix(start) if place.startswith(start) else place.removeprefix(f"{resource_type}/")
    return found if found and "/" not in found and ":" not in found else None
