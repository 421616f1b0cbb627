"""The centre's side: products and recalls written into the catalogue, and signatures kept fresh unattended."""

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tabard.catalogue import roles
from tabard.catalogue.edition import Edition
from tabard.catalogue.errors import NotPublished
from tabard.catalogue.keyring import need_online
from tabard.catalogue.metadata import newest_root, to_bytes
from tabard.catalogue.model import Entry, Index, Listed, Recall, Summary, read, write
from tabard.catalogue.public import write_files
from tabard.catalogue.recalling import put_recalls, recall_list, versions_of
from tabard.catalogue.reinstating import Reinstatement, digest_of, judge_reinstatement, undone
from tabard.catalogue.rotating import next_root
from tabard.catalogue.waiting import turn
from tabard.decision import HEAD_PATH, NotAccredited, Trust, judge
from tabard.ground.dsse import Envelope
from tabard.ground.errors import NotFound
from tabard.ground.keys import SigningKey
from tabard.ground.time import Clock, system_clock


class Publishing:
    """The catalogue in `folder`, to be read and written. It remembers nothing: the files are the truth.

    Raises NotFound when there is no catalogue. Several processes may write; they take turns.
    """

    def __init__(self, folder: Path, clock: Clock = system_clock) -> None:
        self.folder, self.public, self._clock = folder, folder / "public", clock
        if not (self.public / "metadata/timestamp.json").is_file():
            raise NotFound("there is no catalogue here", where=str(folder), remedy="make one: `tabard store init`")

    def root(self) -> bytes:
        """The newest root, which a hospital pins."""
        return to_bytes(newest_root(self.public))

    def trust(self) -> Trust:
        """The accreditors."""
        return Trust.from_bytes(self._reading().target(roles.TARGETS, roles.ACCREDITORS) or b"")

    def summaries(self) -> tuple[Summary, ...]:
        """All products in short, by id."""
        return _index(self._reading()).products

    def entries(self) -> tuple[Entry, ...]:
        """All products, by id."""
        edition = self._reading()
        found = (_entry(edition, one.product) for one in _index(edition).products)
        return tuple(entry for entry in found if entry is not None)

    def entry(self, product: str) -> Entry | None:
        """One product, or None."""
        return _entry(self._reading(), product)

    def recalls(self) -> tuple[Recall, ...]:
        """All recalls that hold, in the order in which they were issued: no drills, nothing that was undone."""
        listed = recall_list(self._reading())
        gone = undone(listed.reinstatements, self.trust(), self._clock()) if listed.reinstatements else {}
        return tuple(one for one in listed.recalls if not one.is_drill and digest_of(one) not in gone)

    def all_recalls(self) -> tuple[Recall, ...]:
        """Every recall and drill that was ever issued, in order."""
        return recall_list(self._reading()).recalls

    def keep_package(self, raw: bytes) -> str:
        """Keep a package where sites fetch it, for an entry that will list it; its SHA-256."""
        sha256 = hashlib.sha256(raw).hexdigest()
        path = self.public / roles.package_path(sha256)
        if not path.exists():
            write_files({path: raw})
        return sha256

    def publish(self, *entries: Entry) -> None:
        """List these entries, each in the place of the one before it, in one edition.

        Raises NotPublished when a version is new and its package is not kept, or the accreditors' decision is not good:
        what every site would refuse is not published.
        """
        with self._writing() as edition:
            trust = self.trust()
            for entry in entries:
                self._check_new(entry, _entry(edition, entry.product), trust)
            products = {one.product: one for one in _index(edition).products}
            products |= {entry.product: Summary.of(entry) for entry in entries}
            index = Index(tuple(products[name] for name in sorted(products)))
            told = {roles.entry_path(entry.product): entry.to_bytes() for entry in entries} | {
                roles.INDEX: write(index)
            }
            for path, content in told.items():
                edition.put(edition.bin_of(path), path, content)
            if edition.role(roles.CATALOGUE).signed.targets.pop(roles.INDEX, None) is not None:
                edition.sign(roles.CATALOGUE)  # where an earlier Tabard kept it: each site would fetch that role anew
            for name in dict.fromkeys(map(edition.bin_of, told)):
                edition.sign(name)
            edition.publish()

    def unlist(self, product: str, package_sha256: str) -> bool:
        """List that version no more: no site installs it anew; whether it was listed. What is installed already, a recall is for."""
        with self._writing() as edition:
            before = _entry(edition, product)
            left = tuple(one for one in before.versions if one.package_sha256 != package_sha256) if before else ()
            if before is None or len(left) == len(before.versions):
                return False
            path = roles.entry_path(product)
            bin_name = edition.bin_of(path)
            after = Entry(product, before.name, before.summary, before.publisher, left) if left else None
            if after is None:
                edition.role(bin_name).signed.targets.pop(path, None)
            else:
                edition.put(bin_name, path, after.to_bytes())
            others = (one for one in _index(edition).products if one.product != product)
            products = sorted((*others, *([Summary.of(after)] if after else [])), key=lambda one: one.product)
            is_early = edition.target(roles.CATALOGUE, roles.INDEX) is not None
            index_role = roles.CATALOGUE if is_early else edition.bin_of(roles.INDEX)
            edition.put(index_role, roles.INDEX, write(Index(tuple(products))))
            for name in dict.fromkeys((bin_name, index_role)):
                edition.sign(name)
            edition.publish()
        return True

    def publish_head(self, head: bytes) -> bool:
        """Let the catalogue hold this head of the decision log, signed with all else; whether it was another before."""
        return self._hold(HEAD_PATH, head)

    def head(self) -> bytes | None:
        """The head of the decision log as it is published; None before the first decision."""
        return self._held(HEAD_PATH)

    def publish_advisories(self, signed_set: bytes) -> bool:
        """Let the catalogue carry this signed set of known vulnerabilities; whether it was another before."""
        if len(signed_set) > roles.LARGEST_ADVISORIES_BYTES:
            raise NotPublished("this set of advisories is too large", got=f"{len(signed_set)} bytes")
        return self._hold(roles.ADVISORIES, signed_set)

    def advisories(self) -> bytes | None:
        """The signed set of known vulnerabilities that the catalogue carries; None where it has none."""
        return self._held(roles.ADVISORIES)

    def recall(self, recall: Recall, key: SigningKey) -> None:
        """Issue a recall, signed with one of the recall keys. Raises NotPublished for another key or an id twice."""
        with self._writing() as edition:
            before = recall_list(edition)
            if any(one.id == recall.id for one in before.recalls):
                raise NotPublished("a recall has this id already", where=recall.id)
            put_recalls(edition, replace(before, recalls=(*before.recalls, recall)), key)

    def reinstate(self, envelope: Envelope, key: SigningKey) -> Reinstatement:
        """Undo a recall by what enough accreditors signed; a recall key puts it on the list. Raises NotPublished."""
        told = judge_reinstatement(envelope, self.trust(), self._clock())
        with self._writing() as edition:
            before = recall_list(edition)
            if told.recall_sha256 not in map(digest_of, before.recalls):
                raise NotPublished("there is no such recall", where=told.recall_id, expected=told.recall_sha256)
            after = replace(before, reinstatements=(*before.reinstatements, envelope.to_dict()))
            put_recalls(edition, after, key)
        return told

    def recall_version(self, recall_id: str) -> int:
        """Since which version of the recall role this recall stands in its list. Raises NotFound."""
        found = versions_of(self.public).get(recall_id)
        if found is None:
            raise NotFound(
                "there is no such recall",
                where=recall_id,
                remedy="`tabard catalogue recall` told its id; the store's page Reach lists them all",
            )
        return found

    def enrol(self, trust: Trust, keys: Collection[SigningKey]) -> None:
        """Let these be the accreditors, signed with the targets keys. Raises NotPublished when the keys are not enough."""
        with self._writing() as edition:
            edition.put(roles.TARGETS, roles.ACCREDITORS, trust.to_bytes())
            edition.sign(roles.TARGETS, keys)
            edition.publish()

    def refresh(self) -> bool:
        """Sign anew what the store signs by itself and is half through its time; whether there was any."""
        if not self._due(self._reading()):
            return False
        with self._writing() as edition:
            due = self._due(edition)
            for role in due:
                if role not in {roles.SNAPSHOT, roles.TIMESTAMP}:
                    edition.sign(role)
            if due:
                edition.publish()
        return bool(due)

    def renew(self, role: str, keys: Collection[SigningKey]) -> None:
        """Sign what an offline role (`root`, `targets`, `recall`) says anew, as it must be before its time is over."""
        with self._writing() as edition:
            if role == roles.ROOT:
                edition.root = next_root(edition.root, keys, edition.now)
            else:
                edition.sign(role, keys)
            edition.publish()

    def expiries(self) -> dict[str, datetime]:
        """Until when the word of each role holds that people must sign for."""
        edition = self._reading()
        signed = {role: edition.role(role).signed.expires for role in (roles.TARGETS, roles.RECALL)}
        return {roles.ROOT: edition.root.signed.expires, **signed}

    def _held(self, path: str) -> bytes | None:
        edition = self._reading()
        return edition.target(edition.bin_of(path), path)

    def _hold(self, path: str, content: bytes) -> bool:
        """Let the bin of this path hold this; whether it was another before."""
        if self._held(path) == content:
            return False
        with self._writing() as edition:
            name = edition.bin_of(path)
            edition.put(name, path, content)
            edition.sign(name)
            edition.publish()
        return True

    def _due(self, edition: Edition) -> list[str]:
        unattended = (roles.CATALOGUE, *edition.bins(), roles.SNAPSHOT, roles.TIMESTAMP)
        return [role for role in unattended if edition.is_due(role)]

    def _check_new(self, entry: Entry, before: Entry | None, trust: Trust | None = None) -> None:
        for listed in entry.versions:
            if before is None or before.version(listed.version) != listed:
                self._check(entry.product, listed, trust or self.trust())

    def _check(self, product: str, listed: Listed, trust: Trust) -> None:
        path = self.public / roles.package_path(listed.package_sha256)
        if not path.is_file() or path.stat().st_size != listed.package_size:
            raise NotPublished("the package is not kept here", where=product, expected=listed.package_sha256)
        try:
            judge(
                listed.decision_bytes,
                trust=trust,
                package_sha256=listed.package_sha256,
                product=product,
                version=listed.version,
                now=self._clock(),
                site=None,
            )
        except NotAccredited as fault:
            raise NotPublished(
                f"every hospital would refuse it: {fault.message}",
                where=f"{product} {listed.version}",
                expected=fault.expected,
                got=fault.got,
                remedy=fault.remedy,
            ) from fault

    def _reading(self) -> Edition:
        return Edition(self.public, {}, self._clock())

    @contextmanager
    def _writing(self) -> Iterator[Edition]:
        with turn(self.folder):
            keys = need_online(self.folder, self._reading())
            yield Edition(self.public, keys, self._clock())


def _entry(edition: Edition, product: str) -> Entry | None:
    path = roles.entry_path(product)
    raw = edition.target(edition.bin_of(path), path)
    return Entry.from_bytes(raw) if raw is not None else None


def _index(edition: Edition) -> Index:
    raw = edition.target(edition.bin_of(roles.INDEX), roles.INDEX) or edition.target(roles.CATALOGUE, roles.INDEX)
    return read(raw or b"", Index)
