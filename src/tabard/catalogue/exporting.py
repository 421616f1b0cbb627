"""A copy of the catalogue to be carried or mirrored: verified while it is made, and nothing in it needs to be believed.

The same files in the same places as the public folder has them, of one edition and one channel.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tabard.catalogue import roles
from tabard.catalogue.channels import Channel, path_on
from tabard.catalogue.client import Client
from tabard.catalogue.metadata import Metadata, Targets
from tabard.catalogue.public import write_files
from tabard.ground.errors import NotFound
from tabard.ground.time import Clock, system_clock


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many files and bytes, which products, when the centre signed it, until when it holds."""

    channel: Channel
    files: int
    size_bytes: int
    products: tuple[str, ...]
    as_of: datetime | None
    until: datetime | None


def export(
    source: str,
    root: bytes,
    into: Path,
    channel: Channel = Channel.airgap,
    products: Collection[str] | None = None,
    clock: Clock = system_clock,
) -> Exported:
    """Copy the catalogue at `source` into the folder `into`, with the newest package of `products`, or of all.

    An earlier export there becomes this one, its timestamp last. Raises Untrusted, NotFound, CallerError.
    """
    with TemporaryDirectory(prefix="tabard-") as folder:
        client = Client(Path(folder), source, root, clock, channel=channel)
        client.refresh()
        listed = [one.product for one in client.products()]
        if missing := sorted(set(products or ()) - set(listed)):
            raise NotFound("the catalogue does not list this product", where=", ".join(missing))
        chosen = [one for one in listed if products is None or one in products]
        sizes = list(_written(client, chosen, into))
        state = client.state()
    return Exported(channel, len(sizes), sum(sizes), tuple(chosen), state.as_of, state.expires)


def _written(client: Client, products: Collection[str], into: Path) -> Iterator[int]:
    """Packages, then targets, then what names them; each file's size."""
    for product in products:
        listed = client.entry(product).newest
        yield _put(into / roles.package_path(listed.package_sha256), client.package(listed))
    client.advisories()  # kept with the other targets, where the catalogue carries any
    client.fetch_bins()
    for role in (roles.TARGETS, roles.CATALOGUE, roles.RECALL, *client.bins()):
        yield from _role(client, role, into)
    for path in (client.metadata / "root_history").iterdir():
        yield _put(into / "metadata" / path.name, path.read_bytes())
    raw = (client.metadata / "snapshot.json").read_bytes()
    version = Metadata.from_bytes(raw).signed.version
    yield _put(into / path_on(client.channel, f"metadata/{version}.snapshot.json"), raw)
    yield _put(
        into / path_on(client.channel, "metadata/timestamp.json"), (client.metadata / "timestamp.json").read_bytes()
    )


def _role(client: Client, role: str, into: Path) -> Iterator[int]:
    """The role's file, and those of its targets that are here."""
    raw = (client.metadata / f"{role}.json").read_bytes()
    signed = Metadata[Targets].from_bytes(raw).signed
    for path, info in signed.targets.items():
        kept = client.folder / "targets" / path
        if kept.is_file():
            yield _put(into / "targets" / info.get_prefixed_paths()[0], kept.read_bytes())
    yield _put(into / f"metadata/{signed.version}.{role}.json", raw)


def _put(path: Path, raw: bytes) -> int:
    if not path.is_file() or path.read_bytes() != raw:
        write_files({path: raw})
    return len(raw)
