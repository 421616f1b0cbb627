"""Many sites that poll one catalogue, on a clock that is moved: who has acted and answered, and who is silent."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tabard.catalogue import Client, Here, Level, Reach, Receipt, Sites, Standing
from tabard.ground.keys import SigningKey, new_signing_key
from tabard.ground.time import to_us
from unit.catalogue.centre import Centre

POLL_MINUTES = 15
PRODUCT = "ward-board"


@dataclass(slots=True)
class Polling:
    """A site with one product, which looks once in `POLL_MINUTES`, at a minute of its own, while it is online."""

    id: str
    minute: int
    client: Client
    key: SigningKey
    is_online: bool = True

    def look(self, centre: Centre, sites: Sites) -> None:
        """Refresh, obey, answer."""
        self.client.refresh()
        installed = centre.publishing.entry(PRODUCT)
        assert installed is not None
        version = installed.newest
        is_stopped = any(
            one.level is Level.stop and one.is_about(PRODUCT, version.package_sha256) for one in self.client.recalls()
        )
        here = Here(
            PRODUCT, version.version, version.package_sha256, Standing.stopped if is_stopped else Standing.active
        )
        now = centre.clock()
        receipt = Receipt(self.id, to_us(now), now, self.client.list_version(), self.client.channel, (here,))
        sites.receive(receipt.sealed(self.key))


def many_sites(centre: Centre, sites: Sites, folder: Path, how_many: int) -> list[Polling]:
    """So many sites, enrolled, whose minutes are spread over the round."""
    found, root = [], centre.publishing.root()
    for number in range(how_many):
        key, id_ = new_signing_key(), f"R{number:04}"
        sites.enrol(id_, f"Hospital {number}", key.public)
        client = Client(folder / id_, str(centre.public), root, centre.clock)
        found.append(Polling(id_, number % POLL_MINUTES, client, key))
    return found


def minutes(centre: Centre, sites: Sites, polling: list[Polling], many: int) -> Iterator[int]:
    """Let so many minutes pass; in each, whose turn it is looks."""
    for minute in range(many):
        for one in polling:
            if one.is_online and one.minute == minute % POLL_MINUTES:
                one.look(centre, sites)
        centre.clock.move(minutes=1)
        yield minute


def a_recall_reaches(centre: Centre, folder: Path, how_many: int) -> tuple[Reach, set[str], int]:
    """Everybody looks once; a tenth goes offline; a recall: its reach after 30 minutes, who is offline, after how many all online had acted."""
    sites = Sites(centre.root / "catalogue", centre.clock)
    try:
        polling = many_sites(centre, sites, folder, how_many)
        list(minutes(centre, sites, polling, POLL_MINUTES))
        for one in polling[::10]:
            one.is_online = False
        recall = centre.recall()
        centre.publishing.recall(recall, centre.keys("recall")[0])
        version, online, needed = centre.publishing.recall_version(recall.id), sum(one.is_online for one in polling), 0
        for minute in minutes(centre, sites, polling, 2 * POLL_MINUTES):
            acted = sum(one.how == "acted" for one in sites.reach(recall, version).sites)
            needed = needed or (minute + 1 if acted == online else 0)
        offline = {f"Hospital {int(one.id[1:])}" for one in polling if not one.is_online}
        return sites.reach(recall, version), offline, needed
    finally:
        sites.close()
