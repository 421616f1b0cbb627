"""What is verified before a product is installed, step by step; the first that does not pass ends it.

Nothing is written here. Order is safety: who may speak (the catalogue), what was decided, that these are the bytes, that
their publisher released them, that they ask for no more than was judged, that nobody has recalled them since.
Why it is so: docs/decisions/0023-what-stops-a-product.md.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from tabard.catalogue import Client, Level, Listed, Recall
from tabard.decision import Decision, Trust, judge
from tabard.ground.dsse import Envelope
from tabard.ground.errors import InternalError, TabardError
from tabard.ground.keys import PublicKey
from tabard.hospital.errors import InstallRefused
from tabard.hospital.evidence import Passed, Signer, Step, listed
from tabard.hospital.model import Install
from tabard.hospital.recalls import of_package
from tabard.product import Manifest, Package, check_release, read_package

Tell = Callable[[Passed], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The product to install, at its newest version where none is named; an older one than is here only when allowed."""

    product: str
    version: str | None = None
    allow_older: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """A package that may be installed: what was decided of it, by whom, and each step that passed."""

    listed: Listed
    package: Package
    decision: Decision
    verifier: str
    signers: tuple[Signer, ...]
    steps: tuple[Passed, ...]
    recalls: tuple[Recall, ...]


class Verifying:
    """One verification: `client` is the catalogue, `site` this hospital's ODS code, `now` the time, `tell` hears each step."""

    def __init__(self, client: Client, site: str, now: datetime, tell: Tell) -> None:
        self._client = client
        self._site = site
        self._now = now
        self._tell = tell
        self._steps: list[Passed] = []

    def verified(self, wanted: Wanted, here: Install | None) -> Verified:
        """The package that is wanted, all of it verified; `here` is what is installed. Raises InstallRefused."""
        trust = self._catalogue()
        listed = self._listing(wanted, here)
        decision, signers = self._decision(listed, wanted.product, trust)
        package = self._package(listed)
        self._release(listed, package, decision)
        self._manifest(package.manifest, decision)
        recalls = self.recall(wanted.product, package.sha256)
        return Verified(listed, package, decision, trust.verifier, signers, tuple(self._steps), recalls)

    def _catalogue(self) -> Trust:
        """1. Root, timestamp, snapshot, targets: signed, fresh, and no older than what was seen before."""
        with _at(Step.catalogue):
            self._client.refresh()
            trust, state = self._client.trust(), self._client.state()
        until = "" if state.expires is None else f", fresh until {_moment(state.expires)}"
        self._pass(Step.catalogue, f"The catalogue of {trust.verifier} is signed{until}.")
        return trust

    def _listing(self, wanted: Wanted, here: Install | None) -> Listed:
        """2. The product stands in the catalogue, at that version."""
        with _at(Step.listing):
            entry = self._client.entry(wanted.product)
        found = entry.newest if wanted.version is None else entry.version(wanted.version)
        if found is None:
            raise InstallRefused(
                Step.listing,
                "no_such_version",
                "the catalogue does not list this version",
                expected=f"one of {', '.join(one.version for one in entry.versions)}",
                got=str(wanted.version),
                remedy="name one of these, or none for the newest",
            )
        _check_age(found.version, wanted, here)
        self._pass(Step.listing, f"{entry.name} {found.version} is listed, published by {entry.publisher}.")
        return found

    def _decision(self, listed_: Listed, product: str, trust: Trust) -> tuple[Decision, tuple[Signer, ...]]:
        """3. A person of each role that its class needs signed a decision of this very package; it holds today, and here."""
        with _at(Step.decision):
            decision = judge(
                listed_.decision_bytes,
                trust=trust,
                package_sha256=listed_.package_sha256,
                product=product,
                version=listed_.version,
                now=self._now,
                site=self._site,
            )
        signers = signers_of(listed_.decision_bytes, trust, decision)
        self._pass(
            Step.decision,
            f"Accredited by {listed(map(str, signers))} on {_day(decision.decided)} until {_day(decision.valid_until)}.",
        )
        return decision, signers

    def _package(self, listed_: Listed) -> Package:
        """4. The bytes are those that were decided, and hold nothing but plain files with safe names."""
        with _at(Step.package):
            package = read_package(self._client.package(listed_))
        _agree(Step.package, "package", listed_.package_sha256, package.sha256)
        self._pass(
            Step.package,
            f"The package has SHA-256 {package.sha256}: {package.size_bytes:,} bytes, {len(package.files)} files.",
        )
        return package

    def _release(self, listed_: Listed, package: Package, decision: Decision) -> None:
        """5. Its publisher released it, by a key that the decision names, and that is the release that was judged."""
        with _at(Step.release):
            keys = tuple(map(PublicKey.from_pem, decision.publisher_keys))
            release = check_release(listed_.release_bytes, package.sha256, keys)
        _agree(Step.release, "release", decision.release_sha256, release.sha256)
        _agree(Step.release, "publisher", decision.publisher, release.publisher)
        _agree(
            Step.release, "product", f"{decision.product} {decision.version}", f"{release.product} {release.version}"
        )
        self._pass(Step.release, f"Released by {release.publisher} with key {release.keyid[:16]}.")

    def _manifest(self, manifest: Manifest, decision: Decision) -> None:
        """6. It is what was decided, and asks for no more."""
        asked = f"{manifest.id} {manifest.version} of {manifest.publisher}"
        _agree(Step.manifest, "product", f"{decision.product} {decision.version} of {decision.publisher}", asked)
        _within("scopes", (scope for part in manifest.parts for scope in part.scopes), decision.scope.scopes)
        _within("contexts", (part.context.value for part in manifest.parts), decision.scope.contexts)
        _check_class(manifest, decision)
        self._pass(Step.manifest, f"It asks for no more than was judged: {', '.join(decision.scope.scopes)}.")

    def recall(self, product: str, sha256: str) -> tuple[Recall, ...]:
        """7. Nobody has recalled it; the notices that do not stand in the way. Raises InstallRefused."""
        recalls = of_package(self._client.recalls(), product, sha256)
        for recall in recalls:
            if recall.level is not Level.advisory:
                raise InstallRefused(
                    Step.recall,
                    "recalled",
                    f"the centre has recalled this package: {recall.reason}",
                    where=f"recall {recall.id}",
                    expected="no recall of it",
                    got=f"{recall.level.value.replace('_', ' ')}, issued on {_day(recall.issued)}",
                    remedy=recall.remedy,
                )
        told = "No recall of it is known." if not recalls else f"No recall forbids it; {len(recalls)} safety notice(s)."
        self._pass(Step.recall, told)
        return recalls

    def _pass(self, step: Step, words: str) -> None:
        passed = Passed(step, words)
        self._steps.append(passed)
        self._tell(passed)


def signers_of(envelope: bytes, trust: Trust, decision: Decision) -> tuple[Signer, ...]:
    """Who signed a decision that was judged good: the persons that count, each with their role."""
    keys = Envelope.from_bytes(envelope).signers(trust.keys)
    counted = (one for one in trust.accreditors if keys & set(one.keys) and one.is_in_office(decision.decided))
    return tuple(Signer(one.name, one.role.value) for one in counted)


def age(version: str) -> tuple[int, ...]:
    """A version as a value that is greater the newer it is."""
    return tuple(int(number) for number in version.split("."))


def _check_age(version: str, wanted: Wanted, here: Install | None) -> None:
    if here is None or here.is_trial or wanted.allow_older or age(version) >= age(here.version):
        return
    raise InstallRefused(
        Step.listing,
        "older",
        "an older version than the one here",
        expected=f"{here.version} or newer",
        got=version,
        remedy="name --allow-older when the older one is truly wanted",
    )


@contextmanager
def _at(step: Step) -> Iterator[None]:
    """What other rooms refuse is refused at this step; our own faults stay our own."""
    try:
        yield
    except InternalError:
        raise
    except TabardError as fault:
        raise InstallRefused.of(step, fault) from fault


def _agree(step: Step, what: str, expected: str, got: str) -> None:
    if expected != got:
        raise InstallRefused(
            step,
            f"other_{what}",
            f"this is another {what} than the one that was decided",
            expected=expected,
            got=got,
            remedy="install nothing; tell the centre",
        )


def _check_class(manifest: Manifest, decision: Decision) -> None:
    """The signed class says how many judged it; this site classes the product itself, and takes no lesser one."""
    from tabard.accreditation import product_class  # noqa: PLC0415  serving a hospital needs none of its rules

    classed = product_class(manifest)
    if decision.product_class < classed.value:
        raise InstallRefused(
            Step.manifest,
            "lesser_class",
            "it was judged as a product of a lesser class than it is",
            expected=f"class {classed.value.value} or above: {classed.because[0]}",
            got=f"class {decision.product_class}",
            remedy="install nothing; tell the centre",
        )


def _within(what: str, asked: Iterator[str], allowed: Collection[str]) -> None:
    if beyond := sorted(set(asked) - set(allowed)):
        raise InstallRefused(
            Step.manifest,
            f"more_{what}",
            "the product asks for more than was judged",
            where=f"tabard.toml: {what}",
            expected=f"of {', '.join(allowed) or 'none'}",
            got=", ".join(beyond),
            remedy="install nothing; tell the centre",
        )


def _day(moment: datetime) -> str:
    told = moment.astimezone(UTC)
    return f"{told.day} {told:%B %Y}"


def _moment(moment: datetime) -> str:
    return f"{_day(moment)}, {moment.astimezone(UTC):%H:%M} UTC"
