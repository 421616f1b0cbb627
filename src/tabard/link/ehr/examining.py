"""`tabard link test`: does the EHR let us in, what can it do, does a search work, are visits joined; and what was refused so far."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tabard.dialect import load
from tabard.fhir import Resource
from tabard.ground.errors import CallerError, TabardError
from tabard.link.ehr.ehr import Connection, ledger_file
from tabard.link.ehr.ledger import Refusal, counted
from tabard.link.history import history_path
from tabard.link.link_keys import public_jwk, public_pem, read_link_key
from tabard.link.settings import FhirSettings, LinkSettings
from tabard.link.versions import live_version

_NOBODY = "tabard-link-test"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing tried: what came of it, and what to do where it failed."""

    name: str
    is_well: bool
    told: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """All that was tried, and all that was ever refused by this link."""

    link: str
    base_url: str
    steps: tuple[Step, ...]
    refusals: tuple[Refusal, ...]


class PublicHalf(NamedTuple):
    """A link's public key in both forms that record systems take."""

    pem: str
    jwk: dict[str, str]


def link_key(folder: Path, link: LinkSettings) -> PublicHalf:
    """The public key of a link. Raises CallerError where it has none."""
    settings = _fhir(link)
    if not settings.key:
        raise CallerError(
            "this link signs in with a secret", where=link.name, remedy="add it without --secret for a key"
        )
    key = read_link_key(folder, settings.key)
    return PublicHalf(public_pem(key), public_jwk(key))


def examine(folder: Path, link: LinkSettings) -> Examined:
    """Try the link's FHIR side. Raises CallerError for one that has none, or whose key cannot be read."""
    settings = _fhir(link)
    way = Connection(folder, link.name, settings)
    try:
        steps = [_tried("token", lambda: _token(way))]
        if steps[0].is_well:
            steps += [_tried("metadata", lambda: _capability(way)), _tried("search", lambda: _search(way))]
    finally:
        way.close()
    steps.append(_tried("visits", lambda: _visits(folder, link, settings)))
    return Examined(link.name, settings.base_url, tuple(steps), counted(ledger_file(folder, link.name)))


def _fhir(link: LinkSettings) -> FhirSettings:
    if link.fhir is None:
        raise CallerError(
            "this link has no FHIR side", where=link.name, remedy="add one by `tabard link add --fhir URL`"
        )
    return link.fhir


def _tried(name: str, ask: Callable[[], str]) -> Step:
    try:
        return Step(name, is_well=True, told=ask())
    except TabardError as fault:
        told = fault.message if fault.got is None else f"{fault.message} ({fault.got})"
        return Step(name, is_well=False, told=told, remedy=fault.remedy or "")


def _token(way: Connection) -> str:
    way.tokens.bearer(way.budget())
    return "the record system gives us a token"


def _capability(way: Connection) -> str:
    statement = way.driver.metadata(way.budget())
    types = {one.get("type") for rest in _list(statement, "rest") for one in _list(rest, "resource")}
    missing = {"Patient", "Encounter", "Observation", "DiagnosticReport"} - types
    if missing:
        raise CallerError(
            "the record system does not serve all that is asked", got=f"without {', '.join(sorted(missing))}"
        )
    return f"FHIR {statement.get('fhirVersion', '?')}, {len(types)} resource types"


def _search(way: Connection) -> str:
    """For a number that nobody has: what is tried is the search, not a patient."""
    for system in way.settings.identifiers.values():
        way.driver.search("Patient", (("identifier", f"{system}|{_NOBODY}"),), way.budget())
        break
    return "a patient can be searched for by number"


def _visits(folder: Path, link: LinkSettings, settings: FhirSettings) -> str:
    """Whether a visit number is among the identifiers: by it results name their visit, and a chart of two people is told."""
    begun = history_path(folder, link.name).exists()
    dialect = live_version(folder, link.name).dialect if begun else load(link.dialect)
    start = dialect.visits.system.partition("{}")[0]
    if not any(one.startswith(start) for one in settings.identifiers):
        raise CallerError(
            "no system of visit numbers stands in the link's identifiers: one of the proofs is missing",
            expected=f"{dialect.visits.system} and the record system's own",
            remedy=f"add it to identifiers in links/{link.name}.toml; a translated message shows it in Encounter.identifier",
        )
    return "visits are joined by their numbers"


def _list(resource: Resource, name: str) -> list[Resource]:
    told = resource.get(name)
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
