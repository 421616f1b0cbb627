"""Looking things up through the gateway's door, for one person and one purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from tabard.fhir import Resource
from tabard.gateway import Person
from tabard.web.hospital.ports import Records

_PAGE = "200"
_MOST_PAGES = 25
_SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought: the matches, what was included with them, and whether that is all there is.

    `notices` are sentences on what of it is not shown, each once; how fresh the feeds are stands on every page anyway.
    """

    matches: tuple[Resource, ...]
    others: tuple[Resource, ...]
    is_whole: bool
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looking:
    """The door, held open for one page."""

    records: Records
    person: Person
    purpose: str

    def read(self, type_: str, id_: str) -> Resource:
        """One resource. Raises Refused when it is not there or not to be seen."""
        return self.records.read(self.person, type_, id_, self.purpose)

    def find(self, type_: str, *parameters: tuple[str, str]) -> Found:
        """One page of a search; `_count` is asked for by the caller."""
        return _found([self.records.search(self.person, type_, parameters, self.purpose)])

    def find_all(self, type_: str, *parameters: tuple[str, str]) -> Found:
        """Every page of a search, up to a bound that no ward reaches."""
        asked = (*parameters, ("_count", _PAGE))
        bundles = []
        for _ in range(_MOST_PAGES):
            bundles.append(self.records.search(self.person, type_, asked, self.purpose))
            following = _next(bundles[-1])
            if following is None:
                break
            asked = following
        return _found(bundles)


def _found(bundles: Sequence[Resource]) -> Found:
    entries = [entry for bundle in bundles for entry in bundle.get("entry", [])]
    by_mode: dict[str, dict[str, Resource]] = {"match": {}, "include": {}}
    for entry in entries:
        mode = entry.get("search", {}).get("mode", "match")
        if mode in by_mode:
            resource = entry["resource"]
            by_mode[mode].setdefault(f"{resource['resourceType']}/{resource['id']}", resource)
    is_whole = _next(bundles[-1]) is None
    outcomes = (entry["resource"] for entry in entries if entry.get("search", {}).get("mode") == "outcome")
    issues = (issue for one in outcomes for issue in one["issue"] if issue["code"] == _SUPPRESSED)
    notices = dict.fromkeys(issue["diagnostics"] for issue in issues)
    return Found(tuple(by_mode["match"].values()), tuple(by_mode["include"].values()), is_whole, tuple(notices))


def _next(bundle: Resource) -> tuple[tuple[str, str], ...] | None:
    """The parameters of the next page, None at the end."""
    urls = [link["url"] for link in bundle.get("link", []) if link.get("relation") == "next"]
    return tuple(parse_qsl(urlsplit(urls[0]).query, keep_blank_values=True)) if urls else None
