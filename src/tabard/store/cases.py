"""Cases as they are kept: whole, each change in one transaction with a line of what happened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, insert, select, update

from tabard.accreditation import Case, Status, was_submitted
from tabard.ground.errors import NotFound
from tabard.ground.time import Clock, from_us, to_us
from tabard.product import Manifest, parse_manifest
from tabard.store.errors import MovedOn
from tabard.store.model import Happening
from tabard.store.tables import CASES, EVENTS, STATES


@dataclass(frozen=True, slots=True)
class Kept:
    """A case and what was kept of its package: enough to show it without opening the package again.

    `files` holds the SHA-256 of each file by its name; `version` counts the changes of the case.
    """

    case: Case
    version: int
    tries: int
    progress: str
    package_size: int
    release: bytes
    release_keyid: str
    manifest_text: bytes
    hazards: bytes
    files: Mapping[str, str]

    @property
    def manifest(self) -> Manifest:
        """What the product says of itself."""
        return parse_manifest(self.manifest_text, self.files.keys())


@dataclass(frozen=True, slots=True)
class Told:
    """A line for the log: what kind of thing happened, by whom, in words."""

    kind: str
    by: str
    words: str


class Cases:
    """Every case, and the log of what happened to each, which only grows."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def add(
        self,
        kept: Kept,
        told: Told,
        keep: Callable[[tuple[Case, ...]], None],
        let_go: Callable[[Connection, Case], None] = lambda _connection, _case: None,
    ) -> tuple[Kept, bool]:
        """Keep a new case; whether it is new: the same bytes again are the case that there is.

        `keep` is told, inside the same transaction, the product's other cases, drafts not among them; it raises to refuse
        the case, or else keeps what the case needs. A draft of that version gives way: its publisher's case goes on by the
        same id with these bytes, another publisher's stays theirs; then `let_go` is told of what was there.
        """
        with self._engine.begin() as connection:
            row = _of_version(connection, kept.case)
            here = None if row is None else _case(row)
            if row is not None and here is not None and _is_same(here, kept.case):
                return _kept(row), False
            others = others_of(connection, kept.case)
            keep(others)
            if row is None or here is None or was_submitted(here):
                connection.execute(insert(CASES).values(**_row(kept)))
            elif here.publisher == kept.case.publisher:
                kept = replace(kept, case=replace(kept.case, id=here.id), version=row.state_version + 1)
                connection.execute(update(CASES).where(CASES.c.id == here.id).values(**_row(kept)))
            else:
                connection.execute(
                    update(CASES).where(CASES.c.id == here.id).values(version=f"{here.version} {here.id}")
                )
                connection.execute(insert(CASES).values(**_row(kept)))
            self._keep_state(connection, kept.case, kept.version)
            self._tell(connection, kept.case.id, told)
            if here is not None and here.package_sha256 != kept.case.package_sha256:
                let_go(connection, here)
        return kept, True

    def get(self, case_id: str) -> Kept:
        """The case of that id. Raises NotFound."""
        with self._engine.begin() as connection:
            return _kept(_one(connection, case_id))

    def all(self) -> tuple[Kept, ...]:
        """Every case, newest first."""
        return self._those(select(CASES).order_by(CASES.c.seq.desc()))

    def of(self, *statuses: Status) -> tuple[Kept, ...]:
        """The cases of these statuses, oldest first."""
        return self._those(select(CASES).where(CASES.c.status.in_(statuses)).order_by(CASES.c.seq))

    def unsettled(self, settled: str, *statuses: Status) -> tuple[Kept, ...]:
        """The cases of these statuses that do not say `settled` of their progress, oldest first."""
        asked = select(CASES).where(CASES.c.status.in_(statuses), CASES.c.progress != settled)
        return self._those(asked.order_by(CASES.c.seq))

    def of_product(self, product: str) -> tuple[Kept, ...]:
        """The cases of that product, newest first."""
        return self._those(select(CASES).where(CASES.c.product == product).order_by(CASES.c.seq.desc()))

    def change(
        self,
        case_id: str,
        act: Callable[[Case], Case],
        told: Told | None,
        seen: int | None = None,
        also: Callable[[Connection, Case], None] = lambda _connection, _case: None,
    ) -> Kept:
        """Do `act`, which is pure and quick, to the case and write what happened. What `act` raises passes.

        `also` is done in the same transaction, once the case changed: a line of the decision log stands if the change does.
        Raises NotFound; MovedOn when the caller says which `seen` version it acts on, and it is not that any more.
        """
        with self._engine.begin() as connection:
            row = _one(connection, case_id)
            if seen is not None and row.state_version != seen:
                raise MovedOn(
                    "somebody else changed this case meanwhile",
                    expected=f"version {seen}",
                    got=f"version {row.state_version}",
                    remedy="look at it again, then decide",
                )
            before = _case(row)
            after = act(before)
            if after == before:
                return _kept(row)
            values = {"state": _text(after), "status": after.status.value, "state_version": row.state_version + 1}
            done = connection.execute(
                update(CASES)
                .where(CASES.c.id == case_id, CASES.c.state_version == row.state_version)
                .values(**values, progress="")
            )
            if done.rowcount != 1:
                raise MovedOn("somebody else changed this case meanwhile", remedy="look at it again, then decide")
            self._keep_state(connection, after, row.state_version + 1)
            if told is not None:
                self._tell(connection, case_id, told)
            also(connection, after)
            return _kept(_one(connection, case_id))

    def note(self, case_id: str, progress: str, tries: int | None = None) -> None:
        """Keep how far the work on a case has come; no change of the case, and no line in its log."""
        values = {"progress": progress} | ({} if tries is None else {"tries": tries})
        with self._engine.begin() as connection:
            connection.execute(update(CASES).where(CASES.c.id == case_id).values(**values))

    def tell(self, case_id: str, told: Told) -> None:
        """Write what happened to a case that is not changed by it."""
        with self._engine.begin() as connection:
            self._tell(connection, case_id, told)

    def happened(self, case_id: str) -> tuple[Happening, ...]:
        """What happened to that case, in order."""
        asked = select(EVENTS).where(EVENTS.c.submission == case_id).order_by(EVENTS.c.seq)
        with self._engine.begin() as connection:
            rows = connection.execute(asked).all()
        return tuple(Happening(from_us(row.at_us), row.kind, row.by, row.words) for row in rows)

    def _those(self, asked: Select[Any]) -> tuple[Kept, ...]:
        with self._engine.begin() as connection:
            return tuple(map(_kept, connection.execute(asked).all()))

    def states(self, case_id: str) -> tuple[Case, ...]:
        """Every state that the case was in, in order."""
        asked = select(STATES).where(STATES.c.submission == case_id).order_by(STATES.c.version)
        with self._engine.begin() as connection:
            return tuple(map(_case, connection.execute(asked).all()))

    def _keep_state(self, connection: Connection, case: Case, version: int) -> None:
        values = {"submission": case.id, "version": version, "status": case.status.value, "state": _text(case)}
        connection.execute(insert(STATES).values(**values, at_us=to_us(self._clock())))

    def _tell(self, connection: Connection, case_id: str, told: Told) -> None:
        at_us = to_us(self._clock())
        connection.execute(
            insert(EVENTS).values(submission=case_id, at_us=at_us, kind=told.kind, by=told.by, words=told.words)
        )


def others_of(connection: Connection, case: Case) -> tuple[Case, ...]:
    """The other cases of its product that were ever submitted: what a maker keeps as a draft is in nobody's way."""
    rows = connection.execute(select(CASES).where(CASES.c.product == case.product, CASES.c.id != case.id)).all()
    return tuple(found for found in map(_case, rows) if was_submitted(found))


def _of_version(connection: Connection, case: Case) -> Row[Any] | None:
    asked = select(CASES).where(CASES.c.product == case.product, CASES.c.version == case.version)
    return connection.execute(asked).one_or_none()


def _is_same(here: Case, new: Case) -> bool:
    """Whether nothing new comes with it: the same bytes, submitted already, or a draft as before."""
    is_known = was_submitted(here) or (here.status, new.status) == (Status.draft, Status.draft)
    return is_known and here.package_sha256 == new.package_sha256


def _one(connection: Connection, case_id: str) -> Row[Any]:
    row = connection.execute(select(CASES).where(CASES.c.id == case_id)).one_or_none()
    if row is None:
        raise NotFound(
            "there is no such case",
            remedy="look at the id: a maker gives it whole, as submitting told it; assessors find it in the list of cases",
        )
    return row


def _row(kept: Kept) -> dict[str, Any]:
    case = kept.case
    return {
        "id": case.id,
        "product": case.product,
        "version": case.version,
        "publisher": case.publisher,
        "status": case.status.value,
        "state": _text(case),
        "state_version": kept.version,
        "tries": kept.tries,
        "progress": kept.progress,
        "package_sha256": case.package_sha256,
        "package_size": kept.package_size,
        "release": kept.release,
        "release_keyid": kept.release_keyid,
        "manifest": kept.manifest_text,
        "hazards": kept.hazards,
        "files": msgspec.json.encode(kept.files).decode(),
    }


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        case=_case(row),
        version=row.state_version,
        tries=row.tries,
        progress=row.progress,
        package_size=row.package_size,
        release=row.release,
        release_keyid=row.release_keyid,
        manifest_text=row.manifest,
        hazards=row.hazards,
        files=msgspec.json.decode(row.files, type=dict[str, str]),
    )


def _text(case: Case) -> str:
    return msgspec.json.encode(case).decode()


def _case(row: Row[Any]) -> Case:
    return msgspec.json.decode(row.state, type=Case)
