"""Times what a hospital does before it installs: catalogue, decision, a package of 1 MB, its release. In milliseconds.

The catalogue is served over loopback HTTP and is warm: the site has read it before, and nothing is new. Medians of 50.
Run: python bench/verification.py [--json FILE]
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import TypeVar

from tabard.catalogue import Client, Entry, Listed, Publishing, begin
from tabard.decision import Accreditor, Decision, Reviewer, Role, Scope, Trust, judge, statement
from tabard.ground.keys import PublicKey, SigningKey, new_signing_key, read_signing_key
from tabard.product import Package, build, check_release, pack, read_package, sign_release

ROUNDS = 50
TARGET_MS = 50.0
PACKAGE_BYTES = 1_000_000
PRODUCT = "ward-board"
VERIFIER = "urn:tabard:centre:bench"
HERE = Path(__file__).parents[1]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Centre:
    """A catalogue with one product, and the root to pin."""

    public: Path
    root: bytes


class Quiet(SimpleHTTPRequestHandler):
    """Files, and not a word."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def a_package() -> Package:
    """The ward board, filled up to a megabyte."""
    files = dict(build(HERE / "products/ward-board").files)
    filler = PACKAGE_BYTES - sum(map(len, files.values()))
    return read_package(pack({**files, **{f"filling/{number:02}.txt": b"." * (filler // 40) for number in range(40)}}))


def a_decision(package: Package, release: bytes, publisher: SigningKey) -> Decision:
    """That this package may be used for a year."""
    now, digest = datetime.now(UTC), "ab" * 32
    keys = (publisher.public,)
    return Decision(
        id="bench-1",
        product=PRODUCT,
        version=package.manifest.version,
        title=package.manifest.name,
        publisher=package.manifest.publisher,
        publisher_keys=tuple(key.pem for key in keys),
        package_sha256=package.sha256,
        package_size=len(package.raw),
        release_sha256=check_release(release, package.sha256, keys).sha256,
        report_sha256=digest,
        rules_sha256=digest,
        hazard_log_sha256=digest,
        scope=Scope("Bench.", ("system/Patient.rs",), ("ward",)),
        conditions=(),
        reviewed=(),
        decided=now,
        valid_from=now,
        valid_until=now + timedelta(days=365),
        reviewers=tuple(Reviewer(role.value, role.value, role, "X26") for role in Role),
    )


def a_centre(folder: Path) -> Centre:
    """A centre that has published the package."""
    begin(folder / "catalogue", folder / "offline", VERIFIER)
    publishing, now, year = Publishing(folder / "catalogue"), datetime.now(UTC), timedelta(days=365)
    people = {role: new_signing_key() for role in Role}
    accreditors = tuple(
        Accreditor(role.value, role.value, role, (key.public,), now - year, now + year, "X26")
        for role, key in people.items()
    )
    targets = [read_signing_key(folder / f"offline/targets-{number}.pem") for number in (1, 2)]
    publishing.enrol(Trust(VERIFIER, accreditors), targets)
    package, publisher = a_package(), new_signing_key()
    release = sign_release(package, publisher)
    envelope = statement(a_decision(package, release.to_bytes(), publisher), VERIFIER)
    for key in people.values():
        envelope = envelope.signed_by(key)
    sha256 = publishing.keep_package(package.raw)
    listed = Listed(
        package.manifest.version, sha256, len(package.raw), envelope.to_dict(), release.to_dict(), datetime.now(UTC)
    )
    publishing.publish(Entry(PRODUCT, "Ward board", "Bench.", package.manifest.publisher, (listed,)))
    return Centre(publishing.public, publishing.root())


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder over HTTP on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Clocked:
    """Keeps how long each part took."""

    def __init__(self) -> None:
        self.taken: dict[str, float] = {}

    def part(self, name: str, work: Callable[[], T]) -> T:
        """Do the work, and keep its milliseconds."""
        began = perf_counter()
        done = work()
        self.taken[name] = (perf_counter() - began) * 1e3
        return done


def one_round(client: Client) -> dict[str, float]:
    """What is verified before an install, part by part."""
    clocked = Clocked()
    clocked.part("catalogue: refresh", client.refresh)
    listed = clocked.part("catalogue: entry", lambda: client.entry(PRODUCT)).newest
    decision = clocked.part("decision", lambda: judged(client, listed))
    raw = clocked.part("package: fetch, digest", lambda: client.package(listed))
    package = clocked.part("package: read", lambda: read_package(raw))
    keys = tuple(map(PublicKey.from_pem, decision.publisher_keys))
    clocked.part("release", lambda: check_release(listed.release_bytes, package.sha256, keys))
    return {**clocked.taken, "whole": sum(clocked.taken.values())}


def judged(client: Client, listed: Listed) -> Decision:
    """The decision, judged."""
    return judge(
        listed.decision_bytes,
        trust=client.trust(),
        package_sha256=listed.package_sha256,
        product=PRODUCT,
        version=listed.version,
        now=datetime.now(UTC),
        site="RZZ",
    )


def main() -> None:
    """Print the medians, and write them as JSON where asked; not met is told, and exits 1."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        centre = a_centre(folder)
        with served(centre.public) as source:
            client = Client(folder / "site", source, centre.root)
            one_round(client)
            rounds = [one_round(client) for _ in range(ROUNDS)]
    medians = {name: round(statistics.median(each[name] for each in rounds), 2) for name in rounds[0]}
    for name, value in medians.items():
        print(f"{name:28}{value:10.2f} ms")
    print(f"{'target':28}{TARGET_MS:10.2f} ms")
    if "--json" in sys.argv:
        Path(sys.argv[sys.argv.index("--json") + 1]).write_text(json.dumps(medians, indent=2), encoding="utf-8")
    if medians["whole"] >= TARGET_MS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
