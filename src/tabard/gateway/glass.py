"""Who broke the glass, for whom, why, until when; and who looked at it afterwards.

A break is a person's, in one session of theirs, for one patient; a product launched under it carries it in its context and
can never make one. It is in the audit before it opens anything, and waits for a review by somebody else.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from uuid import uuid4

from sqlalchemy import BigInteger, Column, Engine, MetaData, Row, String, Table, Text, insert, select, update

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.gateway.errors import Refused, bad_request, forbidden, not_found
from tabard.gateway.model import CLINICIAN, Context, EncounterContext, PatientContext, Person, Rights
from tabard.gateway.ports import Record
from tabard.ground.time import Clock, from_us, to_us

LASTS = timedelta(minutes=30)
REVIEWER = "clinical_safety"
"""The role whose people review breaks."""

_REASON = range(3, 201)
_MOST_AT_ONCE = 10
_MOST_LISTED = 200
METADATA = MetaData()
BREAKS = Table(
    "break_glass",
    METADATA,
    Column("id", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("session", String, nullable=False),
    Column("patient", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("begun_us", BigInteger, nullable=False, index=True),
    Column("expires_us", BigInteger, nullable=False),
    Column("reviewed_by", String),
    Column("reviewed_us", BigInteger),
    Column("note", Text),
)


@dataclass(frozen=True, slots=True)
class Break:
    """One break of the glass; `reviewed_by` is a person's id, None until somebody looked at it."""

    id: str
    person: str
    session: str
    patient: str
    reason: str
    begun: datetime
    expires: datetime
    reviewed_by: str | None = None
    reviewed: datetime | None = None
    note: str | None = None


class Glasses:
    """The breaks of one hospital, those that hold in memory. Blocking but for `opened`; any thread."""

    def __init__(self, engine: Engine, record: Record, audit: AuditLog, clock: Clock, lasts: timedelta = LASTS) -> None:
        METADATA.create_all(engine)
        self._engine = engine
        self._record = record
        self._audit = audit
        self._clock = clock
        self._lasts = lasts
        self._lock = Lock()
        with engine.begin() as connection:
            rows = connection.execute(select(BREAKS).where(BREAKS.c.expires_us > to_us(clock()))).all()
        self._open = {row.id: _of(row) for row in rows}

    def begin(self, person: Person, patient: str, reason: str) -> Break:
        """Break the glass. Raises Refused (400, 403, 404, 429), AuditUnavailable: then nothing is open."""
        reason, now = reason.strip(), self._clock()
        made = Break(str(uuid4()), person.id, person.session or "", patient, reason, now, now + self._lasts)
        try:
            self._check(person, made)
        except Refused as refused:
            self._write(person, "break-glass", Outcome.refused, replace(made, patient="?"), reason=refused.reason)
            raise
        self._write(person, "break-glass", Outcome.granted, made, purpose=reason)
        row = {name: getattr(made, name) for name in ("id", "person", "session", "patient", "reason")}
        with self._engine.begin() as connection:
            connection.execute(
                insert(BREAKS), {**row, "begun_us": to_us(made.begun), "expires_us": to_us(made.expires)}
            )
        with self._lock:
            self._open[made.id] = made
        return made

    def opened(self, rights: Rights, /) -> frozenset[str]:
        """The patients whose glass is broken for these rights: in this session, or by the launch's own context."""
        if not self._open:
            return frozenset()
        carried = rights.context.glass if isinstance(rights.context, PatientContext | EncounterContext) else None
        now = self._clock()
        return frozenset(
            one.patient
            for one in tuple(self._open.values())
            if one.expires > now
            and one.person == rights.person
            and ((rights.session is not None and one.session == rights.session) or one.id == carried)
        )

    def standing(self, person: Person, patient: str) -> Break | None:
        """This session's break for a patient, None where the glass is whole."""
        now = self._clock()
        mine = (one for one in tuple(self._open.values()) if one.person == person.id and one.patient == patient)
        good = [one for one in mine if person.session and one.session == person.session and one.expires > now]
        return max(good, key=lambda one: one.expires, default=None)

    def carried(self, person: Person, context: Context) -> Context:
        """The context of a launch, with the break that this person's session has for its patient; whatever it said before."""
        if not isinstance(context, PatientContext | EncounterContext):
            return context
        standing = self.standing(person, context.patient)
        return replace(context, glass=None if standing is None else standing.id)

    def end(self, person_id: str) -> None:
        """Whoever signs out closes what they opened."""
        now = self._clock()
        with self._lock:
            ended = [key for key, one in self._open.items() if one.person == person_id]
            over = [key for key, one in self._open.items() if one.expires <= now]
            for key in {*ended, *over}:
                del self._open[key]
        if ended:
            with self._engine.begin() as connection:
                connection.execute(update(BREAKS).where(BREAKS.c.id.in_(ended)).values(expires_us=to_us(now)))

    def listed(self, *, is_reviewed: bool | None = None, limit: int = _MOST_LISTED) -> tuple[Break, ...]:
        """Breaks, the newest first; those that wait for a review, or those that had it."""
        asked = select(BREAKS).order_by(BREAKS.c.begun_us.desc(), BREAKS.c.id).limit(min(limit, _MOST_LISTED))
        if is_reviewed is not None:
            asked = asked.where(BREAKS.c.reviewed_us.is_not(None) if is_reviewed else BREAKS.c.reviewed_us.is_(None))
        with self._engine.begin() as connection:
            return tuple(map(_of, connection.execute(asked).all()))

    def review(self, person: Person, break_id: str, note: str) -> None:
        """Somebody else's word on a break, once. Raises Refused (400, 403, 404, 409), AuditUnavailable."""
        note = note.strip()
        with self._engine.begin() as connection:
            row = connection.execute(select(BREAKS).where(BREAKS.c.id == break_id)).one_or_none()
        if REVIEWER not in person.roles:
            raise forbidden("role", "Breaks of the glass are reviewed by clinical safety officers.")
        if row is None:
            raise not_found()
        if row.person == person.id:
            raise forbidden("own", "Nobody reviews what they did themselves.", remedy="Have a colleague do it.")
        if len(note) not in _REASON:
            raise bad_request("note", "Say what you found.", remedy="3 to 200 characters, without a patient's data.")
        if row.reviewed_us is not None:
            raise Refused(409, "conflict", "reviewed", "This break was reviewed before.")
        self._write(person, "review-glass", Outcome.granted, _of(row), purpose=note)
        told = {"reviewed_by": person.id, "reviewed_us": to_us(self._clock()), "note": note}
        with self._engine.begin() as connection:
            once = (BREAKS.c.id == break_id, BREAKS.c.reviewed_us.is_(None))
            connection.execute(update(BREAKS).where(*once).values(told))

    def _check(self, person: Person, made: Break) -> None:
        if CLINICIAN not in person.roles:
            raise forbidden("role", "Only a clinician breaks the glass.")
        if not made.session:
            raise forbidden("session", "The glass is broken by somebody signed in at the portal.")
        if len(made.reason) not in _REASON:
            raise bad_request(
                "reason", "Say why you must see it.", remedy="3 to 200 characters, without the patient's data."
            )
        if self._record.read("Patient", made.patient) is None:
            raise not_found()
        now = self._clock()
        mine = {one.patient for one in tuple(self._open.values()) if one.person == person.id and one.expires > now}
        if len(mine - {made.patient}) >= _MOST_AT_ONCE:
            raise Refused(429, "throttled", "too_many", "You have broken the glass for too many patients at once.")

    def _write(self, person: Person, action: str, outcome: Outcome, about: Break, **more: str) -> None:
        event = AuditEvent(
            self._clock(),
            action,
            outcome,
            person=person.id,
            context="hospital",
            resource=f"Patient/{about.patient}",
            glass=about.id if outcome is Outcome.granted else None,
            **more,  # type: ignore[arg-type]  # reason and purpose are texts
        )
        self._audit.write(event).result()


def _of(row: Row[tuple[object, ...]]) -> Break:
    reviewed = None if row.reviewed_us is None else from_us(row.reviewed_us)
    told = (row.id, row.person, row.session, row.patient, row.reason, from_us(row.begun_us), from_us(row.expires_us))
    return Break(*told, row.reviewed_by, reviewed, row.note)
