"""Submitting: what comes over the counter is judged before anything is kept of it."""

from hashlib import sha256
from typing import NamedTuple

from tabard.accreditation import Status, begin, submit
from tabard.ground.dsse import Envelope
from tabard.ground.ids import new_key, unguessable
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock
from tabard.product import FILE_NAME, Manifest, Package, check_release, read_package
from tabard.store.cases import Cases, Kept, Standing, Told
from tabard.store.errors import NotTaken
from tabard.store.folder import Folder
from tabard.store.model import Submission
from tabard.store.publishers import Publishers
from tabard.store.versions import as_numbers

LARGEST_PACKAGE_BYTES = 64 * 1024 * 1024
LARGEST_RELEASE_BYTES = 256 * 1024

_WAITING = (Status.submitted, Status.checking)
_STOOD = (Status.decided, Status.published, Status.suspended, Status.withdrawn, Status.expired)
_MOST_WAITING = 20
"""Packages of one publisher that wait for the checker: whoever sends more keeps others waiting."""

MANUFACTURER = (
    "Whoever publishes a product is its manufacturer under DCB0129: the clinical risk management of it is yours, "
    "with your own clinical safety officer, and accreditation does not take it from you."
)


class Submitting(NamedTuple):
    """The counter: takes a package and its signed release, and begins a case."""

    folder: Folder
    cases: Cases
    publishers: Publishers
    clock: Clock

    def submit(self, package: bytes, release: bytes) -> Submission:
        """Take a package with its release, when its publisher is enrolled and signed it with a key in force.

        The same bytes again are the same case. Raises BadPackage, BadRelease or NotTaken, saying what to do: then
        nothing was kept.
        """
        if len(package) > LARGEST_PACKAGE_BYTES or len(release) > LARGEST_RELEASE_BYTES:
            raise NotTaken("the package or the release is too large", expected=f"{LARGEST_PACKAGE_BYTES} bytes at most")
        read = read_package(package)
        keyid = self._signer(read, release)
        self._check_queue(read)
        release = Envelope.from_bytes(release).to_bytes()  # the one text of it, which hospitals will see too
        kept = self._kept(read, release, keyid)
        told = Told("submitted", read.manifest.publisher, f"version {read.manifest.version}, SHA-256 {read.sha256}")

        def keep(standing: Standing) -> None:
            _check(read.manifest, standing)
            if not (at := self.folder.package(read.sha256)).exists():
                write_private(at, package)  # before the case: a package without a case harms nobody

        kept, is_new = self.cases.add(kept, told, keep)
        if kept.case.status in _WAITING:  # the same bytes again ask for another try, where ours had failed
            self.cases.note(kept.case.id, kept.progress, tries=0)
        return Submission(kept.case, is_new, (MANUFACTURER,))

    def _signer(self, read: Package, release: bytes) -> str:
        """The key of the manifest's publisher that signed the release. Raises NotTaken, BadRelease."""
        manifest = read.manifest
        if self.publishers.find(manifest.publisher) is None:
            raise NotTaken(
                "this publisher is not enrolled here",
                where=f"{FILE_NAME}: publisher",
                got=manifest.publisher,
                remedy="ask the store to enrol your organisation and its key; check the ODS code in the manifest",
            )
        found = check_release(release, read.sha256, self.publishers.keys_now(manifest.publisher))
        expected = (manifest.publisher, manifest.id, manifest.version)
        if (got := (found.publisher, found.product, found.version)) != expected:
            raise NotTaken(
                "the release was signed for another product or version",
                where="release",
                expected=" ".join(expected),
                got=" ".join(got),
                remedy="sign this package: tabard product sign",
            )
        return found.keyid

    def _check_queue(self, read: Package) -> None:
        """Raises NotTaken where too many packages of the publisher wait, this one not among them."""
        publisher = read.manifest.publisher
        waiting = [one.case.package_sha256 for one in self.cases.of(*_WAITING) if one.case.publisher == publisher]
        if len(waiting) >= _MOST_WAITING and read.sha256 not in waiting:
            raise NotTaken(
                "too many packages of this publisher wait to be checked",
                where=publisher,
                expected=f"fewer than {_MOST_WAITING}",
                got=str(len(waiting)),
                remedy="wait until some are checked, then submit again",
            )

    def _kept(self, read: Package, release: bytes, keyid: str) -> Kept:
        manifest, now = read.manifest, self.clock()
        draft = begin(new_key().hex(), read, sha256(release).hexdigest(), now, nonce=unguessable())
        return Kept(
            case=submit(draft, now),
            version=1,
            tries=0,
            progress="",
            package_size=len(read.raw),
            release=release,
            release_keyid=keyid,
            manifest_text=read.files[FILE_NAME],
            hazards=read.files.get(manifest.hazards, b""),
            files={name: sha256(content).hexdigest() for name, content in read.files.items()},
        )


def _check(manifest: Manifest, standing: Standing) -> None:
    """Raises NotTaken for a version that cannot be taken beside what stands of the product already."""
    if any(publisher != manifest.publisher for _, publisher, _ in standing):
        raise NotTaken(
            "another publisher brought a product of this id",
            where=f"{FILE_NAME}: id",
            got=manifest.id,
            remedy="choose an id of your own",
        )
    if any(version == manifest.version for version, _, _ in standing):
        raise NotTaken(
            "this version was submitted before, with other bytes",
            where=f"{FILE_NAME}: version",
            expected="a version not yet used: one version, one package",
            got=manifest.version,
            remedy="give it the next version, build, sign and submit again",
        )
    published = (version for version, _, status in standing if status in _STOOD)
    newest = max(published, key=as_numbers, default="0.0.0")
    if newest != "0.0.0" and as_numbers(manifest.version) <= as_numbers(newest):
        raise NotTaken(
            "a version that is not older was published",
            where=f"{FILE_NAME}: version",
            expected=f"newer than {newest}",
            got=manifest.version,
            remedy="give it a newer version, build, sign and submit again",
        )
