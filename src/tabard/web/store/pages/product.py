"""One product: what it may touch, the decision and its evidence, its versions, what was recalled."""

from dataclasses import dataclass

from starlette.responses import Response

from tabard.ground.errors import NotFound
from tabard.product import Touch
from tabard.store import ListedVersion, Listing
from tabard.web.design.times import when
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Asked
from tabard.web.store.render import page
from tabard.web.store.words import ShownRecall, officer_words, role_words, shown_recall

_KIB = 1024


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the table."""

    version: str
    published: str
    until: str
    changed: tuple[str, ...]
    state: str
    colour: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The page of one version of a product."""

    id: str
    name: str
    summary: str
    version: str
    base: str
    facts: tuple[tuple[str, str], ...]
    touches: tuple[Touch, ...]
    words: tuple[str, ...]
    signed_by: tuple[Person, ...]
    versions: tuple[Version, ...]
    recalls: tuple[ShownRecall, ...]
    decision: str


def show(counter: Counter, asked: Asked) -> Response:
    """The product's page: its newest version, or the one that the address names. Raises NotFound."""
    listing = counter.store.listing(asked.request.path_params["product"])
    wanted = asked.request.path_params.get("version")
    one = next((each for each in listing.versions if wanted in (None, each.version)), None)
    if one is None:
        raise NotFound("no such version of this product is published here", remedy="look at the product's own page")
    return page("product.html", frame=asked.frame, product=_shown(counter, listing, one))


def _shown(counter: Counter, listing: Listing, one: ListedVersion) -> Shown:
    versions = {each.package_sha256: each.version for each in listing.versions}
    return Shown(
        id=listing.product,
        name=listing.name,
        summary=listing.summary,
        version=one.version,
        base=counter.base_url,
        facts=_facts(listing, one),
        touches=one.touches,
        words=one.words,
        signed_by=tuple(Person(each.name, role_words(each.role)) for each in one.signed_by),
        versions=tuple(map(_version, listing.versions)),
        recalls=tuple(shown_recall(each, versions) for each in one.recalls),
        decision=_decision(counter, one.package_sha256),
    )


def _decision(counter: Counter, package_sha256: str) -> str:
    """The SHA-256 of the statement by which that package was decided on, as the log has it."""
    entries = reversed(counter.store.decisions())
    return next((one.statement_sha256 for one in entries if one.package_sha256 == package_sha256), "")


def _facts(listing: Listing, one: ListedVersion) -> tuple[tuple[str, str], ...]:
    manifest = one.manifest
    return (
        ("Version", f"{one.version}, published {when(one.published).text}"),
        ("Publisher", f"{listing.publisher_name} ({listing.publisher}), its manufacturer under DCB0129"),
        ("Clinical safety officer", officer_words(manifest)),
        ("Intended use", manifest.intended_use),
        ("Opened with", ", ".join(sorted({str(part.context) for part in manifest.parts}))),
        ("Licence", manifest.licence),
        (
            "Parts by others",
            ", ".join(f"{each.name} {each.version} ({each.licence})" for each in manifest.components) or "none",
        ),
        ("Size", f"{one.package_size / _KIB:,.0f} KiB"),
        ("SHA-256", one.package_sha256),
    )


def _version(one: ListedVersion) -> Version:
    state, colour = (
        ("Current", "green") if one.is_current else ("Recalled", "red") if one.recalls else ("Out of date", "grey")
    )
    published, until = when(one.published).text, when(one.decision.valid_until).text
    return Version(one.version, published, until, one.changed, state, colour)
