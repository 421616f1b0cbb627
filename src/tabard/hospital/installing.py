"""Installing a product of the catalogue: verified, taken on, unpacked, and only then let in; and taking it away again."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from tabard.decision import plain_words
from tabard.ground.errors import TabardError
from tabard.hospital.errors import InstallRefused
from tabard.hospital.evidence import Control, Evidence, Passed, Step, Told
from tabard.hospital.hospital import Hospital
from tabard.hospital.model import Install
from tabard.hospital.unpacking import remove, sweep, unpack
from tabard.hospital.verification import Tell, Verified, Verifying, Wanted
from tabard.product import Package, touched


@dataclass(frozen=True, slots=True)
class TakenOn:
    """What a hospital takes on with a product: the decision's conditions, and the hazard log's controls that are its own.

    `touches` says in words what the product may do here, `more` which of that an installed version of it may not.
    """

    conditions: tuple[str, ...]
    controls: tuple[Control, ...]
    touches: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to take on."""
        return bool(self.conditions or self.controls or self.more)


Accept = Callable[[TakenOn], bool]
"""Asked whether the hospital takes this on; not asked when there is nothing."""


def _silent(_: Passed) -> None:
    return


def install(hospital: Hospital, wanted: Wanted, accept: Accept, tell: Tell = _silent) -> Install:
    """Install the product that is wanted; `tell` hears each step as it passes.

    An earlier version goes on until the new one is whole. Raises InstallRefused at the first step that does not pass,
    with nothing left behind; NoCentre.
    """
    client, clock = hospital.centre.client, hospital.clock
    here = hospital.installs.find(wanted.product)
    verified = Verifying(client, hospital.settings.ods, clock(), tell).verified(wanted, here)
    taken = taken_on(verified, here)
    passed = _accepted(taken, accept)
    tell(passed)
    if taken:  # a recall may have come while somebody read what is taken on
        client.refresh()
        Verifying(client, hospital.settings.ods, clock(), _silent).recall(wanted.product, verified.package.sha256)
    return _put(hospital, verified, _evidence(hospital, verified, taken, passed))


def uninstall(hospital: Hospital, product: str) -> Install:
    """Take the product away: it opens no more, its files go, what was verified stays. Raises NotFound.

    A hospital that is being served ends the product's tokens within a second.
    """
    install = hospital.installs.uninstall(product)
    sweep(hospital.folder.products / product, frozenset())
    return install


def taken_on(verified: Verified, here: Install | None) -> TakenOn:
    """What the hospital takes on with this package, in place of what is installed here."""
    words = touched(verified.package.manifest)
    before = words.keys() if here is None else here.scopes.split()
    more = tuple(told for scope, told in words.items() if scope not in before)
    conditions = tuple(map(str, verified.decision.conditions))
    return TakenOn(conditions, _controls(verified.package), tuple(words.values()), more)


def _controls(package: Package) -> tuple[Control, ...]:
    """Source: DCB0160 3.2: the deploying organisation takes on what the manufacturer's hazard log leaves to it."""
    from tabard.accreditation import read_hazard_log  # noqa: PLC0415  serving a hospital needs none of its rules

    name = package.manifest.hazards
    try:
        return tuple(Control(hazard, words) for hazard, words in read_hazard_log(package.files.get(name, b"")).tasks)
    except TabardError:
        return (Control(name, "The hazard log cannot be read by this Tabard: read it yourself before you accept."),)


def _accepted(taken: TakenOn, accept: Accept) -> Passed:
    if not taken:
        return Passed(Step.conditions, "There is nothing to take on.")
    if not accept(taken):
        raise InstallRefused(
            Step.conditions,
            "not_accepted",
            "what the hospital would take on was not accepted",
            expected=f"{_counted(taken)} accepted",
            got="no",
            remedy="read them, then answer yes or give --accept-conditions",
        )
    return Passed(Step.conditions, f"{_counted(taken)} of hazards were accepted.")


def _counted(taken: TakenOn) -> str:
    told = f"{len(taken.conditions)} condition(s) and {len(taken.controls)} control(s)"
    return f"{len(taken.more)} thing(s) more that it may touch, {told}" if taken.more else told


def _evidence(hospital: Hospital, verified: Verified, taken: TakenOn, accepted: Passed) -> Evidence:
    decision, package = verified.decision, verified.package
    pinned = hospital.settings.catalogue
    told = Told(
        source="" if pinned is None else pinned.source,
        verifier=verified.verifier,
        size_bytes=package.size_bytes,
        steps=(*verified.steps, accepted),
        signers=verified.signers,
        decided=decision.decided,
        until=decision.valid_until,
        plain=plain_words(decision, touched(package.manifest)),
        notices=tuple(recall.reason for recall in verified.recalls),
        conditions=taken.conditions,
        controls=taken.controls,
    )
    envelopes = (verified.listed.decision_bytes, verified.listed.release_bytes)
    return Evidence(decision.product, decision.version, package.sha256, *envelopes, told, hospital.clock(), None, "")


def _put(hospital: Hospital, verified: Verified, evidence: Evidence) -> Install:
    """Unpack, then let it in: in one transaction, so that a cut between the two leaves what was there before."""
    package = verified.package
    product = hospital.folder.products / package.manifest.id
    into = product / package.sha256
    before = hospital.installs.find(package.manifest.id)
    is_here = before is not None and before.sha256 == package.sha256
    digests = {name: sha256(content).hexdigest() for name, content in package.files.items()}
    if not (is_here and hospital.installs.checked(package.manifest.id).is_active):  # what runs is not touched
        unpack(package.files, into)
    try:
        install = hospital.installs.put(package, into, digests, evidence)
    except BaseException:
        if not is_here:
            remove(into)
            sweep(product, frozenset() if before is None else frozenset({before.sha256}))
        raise
    kept = {package.sha256} | ({before.sha256} if before else set())
    sweep(product, frozenset(kept))
    return install
