"""Who asks about evidence: an assessor in office, or a maker by a key of theirs that is in force."""

from dataclasses import dataclass
from typing import NamedTuple

from tabard.decision import Accreditor
from tabard.ground.keys import PublicKey
from tabard.ground.time import Clock
from tabard.store.people import Assessors
from tabard.store.publishers import Publishers
from tabard.store.requests import Asked, signer_of


@dataclass(frozen=True, slots=True)
class Maker:
    """An organisation that asks: its ODS code, its name, and the key that signed."""

    ods: str
    name: str
    keyid: str

    @property
    def words(self) -> str:
        """Who it is, as a line of the ledger says it."""
        return f"{self.name}, by key {self.keyid}"


class Askers(NamedTuple):
    """Everybody whose signed request is heard here."""

    assessors: Assessors
    publishers: Publishers
    clock: Clock

    def who_asks(self, header: str, asked: Asked) -> Accreditor | Maker:
        """Who signed that request, which is used up by it. Raises Unknown, saying why."""
        now = self.clock()
        known: dict[PublicKey, Accreditor | Maker] = {}
        for one in self.publishers.all().values():
            keys = (PublicKey(key.keyid, key.pem) for key in one.keys if key.valid_from <= now < key.valid_until)
            known |= {key: Maker(one.ods, one.name, key.keyid) for key in keys}
        for each in self.assessors.trust().accreditors:
            known |= {key: each for key in each.keys if each.is_in_office(now)}
        key, digest = signer_of(header, asked, known, now)
        self.assessors.once.use(digest, now)
        return known[key]
