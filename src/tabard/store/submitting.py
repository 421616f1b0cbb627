"""Submitting: what comes over the counter is judged before anything is kept of it."""

from hashlib import sha256
from typing import NamedTuple

from tabard.accreditation import Case, Status, begin, submit
from tabard.ground.dsse import Envelope
from tabard.ground.ids import new_key, unguessable
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock
from tabard.product import FILE_NAME, Package, check_release, read_package
from tabard.store.admitting import WAITING, check_beside, check_queue
from tabard.store.cases import Cases, Kept, Told
from tabard.store.drafting import DRAFT, Drafts
from tabard.store.errors import NotTaken
from tabard.store.folder import Folder
from tabard.store.model import Submission
from tabard.store.publishers import Publishers

LARGEST_PACKAGE_BYTES = 64 * 1024 * 1024
LARGEST_RELEASE_BYTES = 256 * 1024

MANUFACTURER = (
    "Whoever publishes a product is its manufacturer under DCB0129: the clinical risk management of it is yours, "
    "with your own clinical safety officer, and accreditation does not take it from you."
)


class Submitting(NamedTuple):
    """The counter: takes a package and its signed release, and begins a case."""

    folder: Folder
    cases: Cases
    publishers: Publishers
    drafts: Drafts
    clock: Clock

    def submit(self, package: bytes, release: bytes, *, is_draft: bool = False) -> Submission:
        """Take a package with its release, when its publisher is enrolled and signed it with a key in force.

        The same bytes again are the same case; in the place of a draft of that version other bytes are too. Raises
        BadPackage, BadRelease or NotTaken, saying what to do: then nothing was kept.
        """
        if len(package) > LARGEST_PACKAGE_BYTES or len(release) > LARGEST_RELEASE_BYTES:
            raise NotTaken("the package or the release is too large", expected=f"{LARGEST_PACKAGE_BYTES} bytes at most")
        read = read_package(package)
        keyid = self._signer(read, release)
        release = Envelope.from_bytes(release).to_bytes()  # the one text of it, which hospitals will see too
        kept = self._kept(read, release, keyid, is_draft=is_draft)
        if is_draft:
            self.drafts.check_room(kept.case)
        else:
            check_queue(kept.case, [one.case for one in self.cases.of(*WAITING)])
        told = Told(
            "draft" if is_draft else "submitted",
            read.manifest.publisher,
            f"version {read.manifest.version}, SHA-256 {read.sha256}",
        )

        def keep(others: tuple[Case, ...]) -> None:
            check_beside(kept.case, others)
            if not (at := self.folder.package(read.sha256)).exists():
                write_private(at, package)  # before the case: a package without a case harms nobody

        kept, is_new = self.cases.add(kept, told, keep, self.drafts.let_go)
        if kept.case.status in (
            *WAITING,
            Status.draft,
        ):  # the same bytes again ask for another try, where ours had failed
            self.cases.note(kept.case.id, kept.progress, tries=0)
        return Submission(
            kept.case, is_new, (MANUFACTURER, DRAFT) if kept.case.status is Status.draft else (MANUFACTURER,)
        )

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

    def _kept(self, read: Package, release: bytes, keyid: str, *, is_draft: bool) -> Kept:
        manifest, now = read.manifest, self.clock()
        draft = begin(new_key().hex(), read, sha256(release).hexdigest(), now, nonce=unguessable())
        return Kept(
            case=draft if is_draft else submit(draft, now),
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
