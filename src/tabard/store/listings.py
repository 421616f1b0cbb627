"""Listings: what the catalogue publishes, as a product's page shows it."""

from datetime import datetime
from typing import NamedTuple

from tabard.accreditation import Status
from tabard.catalogue import Entry, Level, Listed, Publishing, Recall
from tabard.decision import plain_words, read_statement
from tabard.ground.dsse import Envelope
from tabard.ground.errors import NotFound
from tabard.ground.time import Clock
from tabard.product import touched, touches
from tabard.store.cases import Kept
from tabard.store.looking import Looking
from tabard.store.model import ListedVersion, Listing


class Listings(NamedTuple):
    """The products that hospitals can install."""

    looking: Looking
    publishing: Publishing
    clock: Clock

    def all(self) -> tuple[Listing, ...]:
        """Every listing, by the product's name."""
        found = (self._listing(entry) for entry in self.publishing.entries())
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.product)))

    def one(self, product: str) -> Listing:
        """The listing of that product. Raises NotFound."""
        entry = self.publishing.entry(product)
        if entry is None:
            raise NotFound("no such product is published here", remedy="look at the list of products")
        return self._listing(entry)

    def _listing(self, entry: Entry) -> Listing:
        kept = {
            one.case.package_sha256: one
            for one in self.looking.cases.of_product(entry.product)
            if one.case.status in (Status.published, Status.decided, Status.suspended)
        }
        recalls = tuple(one for one in self.publishing.recalls() if one.product == entry.product)
        now = self.clock()
        versions = (
            self._version(listed, kept[listed.package_sha256], recalls, now)
            for listed in entry.versions
            if listed.package_sha256 in kept
        )
        publisher = self.looking.publishers.find(entry.publisher)
        return Listing(
            product=entry.product,
            name=entry.name,
            summary=entry.summary,
            publisher=entry.publisher,
            publisher_name=publisher.name if publisher else entry.publisher,
            versions=tuple(versions),
            recalls=recalls,
        )

    def _version(self, listed: Listed, kept: Kept, recalls: tuple[Recall, ...], now: datetime) -> ListedVersion:
        envelope = Envelope.from_bytes(listed.decision_bytes)
        decision = read_statement(envelope.payload)
        about = tuple(one for one in recalls if one.is_about(decision.product, listed.package_sha256))
        is_held_back = any(one.level is not Level.advisory for one in about)
        return ListedVersion(
            version=listed.version,
            published=listed.published,
            package_sha256=listed.package_sha256,
            package_size=listed.package_size,
            decision=decision,
            words=plain_words(decision, touched(kept.manifest)),
            signed_by=self.looking.assessors.signers_of(envelope),
            touches=touches(kept.manifest),
            manifest=kept.manifest,
            changed=self.looking.changed(kept),
            recalls=about,
            is_current=not is_held_back and decision.valid_from <= now < decision.valid_until,
        )
