"""The whole chain walked as a stranger would: from the root to the package, each step with who signed and until when."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tabard.catalogue import roles
from tabard.catalogue.client import Client
from tabard.catalogue.metadata import Metadata, Root, S, Targets
from tabard.catalogue.model import Entry, Listed
from tabard.decision import ROLES, Decision, NotAccredited, Reason, Trust, judge
from tabard.ground.dsse import Envelope
from tabard.ground.errors import NotFound
from tabard.ground.time import Clock, system_clock

_TOP = (roles.ROOT, roles.TIMESTAMP, roles.SNAPSHOT, roles.TARGETS, roles.RECALL, roles.CATALOGUE)


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was verified: what, about what, what it says, who signed, until when it holds."""

    step: str
    about: str
    says: str
    signed_by: tuple[str, ...] = ()
    until: datetime | None = None


def walk(client: Client, product: str | None = None, clock: Clock = system_clock) -> Iterator[Step]:
    """Verify everything that `client` can reach, of one product or of all, a step after the other.

    The publisher's own release signature is left to the hospital that installs. Raises Untrusted, NotAccredited or
    NotFound at the first step that does not hold.
    """
    client.refresh()
    listed = [one.product for one in client.products()]
    for role in _TOP:
        yield _role(client, role)
    trust = client.trust()
    yield Step("accreditors", trust.verifier, ", ".join(f"{one.name} ({ROLES[one.role]})" for one in trust.accreditors))
    if product is not None and product not in listed:
        raise NotFound("the catalogue does not list this product", where=product, expected=", ".join(listed) or "none")
    for one in listed if product is None else [product]:
        yield from _product(client, one, trust, clock())


def _product(client: Client, product: str, trust: Trust, now: datetime) -> Iterator[Step]:
    entry = client.entry(product)
    path = roles.entry_path(product)
    signed = _role(client, _bin(client, path))
    yield replace(signed, step="entry", about=product, says=f"{signed.says} of {signed.step}")
    for listed in entry.versions:
        yield from _version(client, entry, listed, trust, now)


def _version(client: Client, entry: Entry, listed: Listed, trust: Trust, now: datetime) -> Iterator[Step]:
    about = f"{entry.product} {listed.version}"
    try:
        decision = judge(
            listed.decision_bytes,
            trust=trust,
            package_sha256=listed.package_sha256,
            product=entry.product,
            version=listed.version,
            now=now,
            site=None,
        )
    except NotAccredited as fault:
        if fault.reason is not Reason.out_of_date or listed == entry.newest:
            raise
        yield Step("decision", about, "out of date, as older versions come to be: not installed any more")
        return
    yield Step("decision", about, f"accredited: {decision.id}", _persons(listed, trust, decision), decision.valid_until)
    raw = client.package(listed)
    yield Step("package", about, f"{len(raw):,} bytes, SHA-256 {listed.package_sha256}")
    for recall in client.recalls():
        if recall.is_about(entry.product, listed.package_sha256):
            yield Step("recall", about, f"{recall.level}: {recall.reason} {recall.remedy}")


def _persons(listed: Listed, trust: Trust, decision: Decision) -> tuple[str, ...]:
    keys = Envelope.from_bytes(listed.decision_bytes).signers(trust.keys)
    signed = (one for one in trust.accreditors if keys & set(one.keys) and one.is_in_office(decision.decided))
    return tuple(f"{one.name} ({ROLES[one.role]})" for one in signed)


def _role(client: Client, role: str) -> Step:
    """What the site's own copy of the role says, which was verified just before, and whose keys signed it."""
    metadata: Metadata[Any] = Metadata.from_bytes(_file(client, role))
    parent = _delegator(client, role)
    result = parent.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
    return Step(
        role,
        "",
        f"version {metadata.signed.version}",
        tuple(f"key {keyid[:12]}" for keyid in result.signed),
        metadata.signed.expires,
    )


def _delegator(client: Client, role: str) -> Root | Targets:
    if role == roles.ROOT or roles.delegator_of(role) == roles.ROOT:
        return _read(client, Root, roles.ROOT).signed
    return _read(client, Targets, roles.delegator_of(role)).signed


def _bin(client: Client, path: str) -> str:
    delegations = _read(client, Targets, roles.CATALOGUE).signed.delegations
    found = [] if delegations is None else list(delegations.get_roles_for_target(path))
    return found[0][0]


def _read(client: Client, _kind: type[S], role: str) -> Metadata[S]:
    return Metadata[S].from_bytes(_file(client, role))


def _file(client: Client, role: str) -> bytes:
    return (client.metadata / f"{role}.json").read_bytes()
