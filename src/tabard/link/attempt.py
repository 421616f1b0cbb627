"""An attempt to apply one message: parsed, translated, filed; within a savepoint of the record that the caller holds."""

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from tabard.dialect import Dialect, Event, Flag, Translation, message_reference, provenance, translate
from tabard.ground.ids import KeyedIds
from tabard.ground.time import to_us
from tabard.hl7v2 import Message, parse
from tabard.journal import Outcome, State, Waiting
from tabard.link import holding
from tabard.link.ages import Stamp
from tabard.link.asked_at_once import asked_by, named
from tabard.link.bounds import check_bounds
from tabard.link.desk import Desk
from tabard.link.errors import Behind, NoEffectReason, Parked, ParkedReason, told_in_words
from tabard.link.filing import Filing
from tabard.link.identity import KeysOf, LooseIds, RecordIds
from tabard.link.keys import Keys
from tabard.link.records import Record
from tabard.link.remembering import Remembering, Told
from tabard.link.settling import Decided
from tabard.link.telling import recorded_again, recorded_at, told_at
from tabard.link.visits import latest_known
from tabard.link.writeback.echo import echoed

_OF_TWO = frozenset(
    {
        *(Event.merge, Event.change_numbers, Event.move_visits),
        *(Event.link_people, Event.unlink_people, Event.swap),
    }
)
"""Events about two registrations: they bar the messages of both."""


class Done(NamedTuple):
    """What came of a message, under which keys others may now come, and what was written: type, id and version."""

    outcome: Outcome
    released: tuple[bytes, ...] = ()
    written: tuple[tuple[str, str, int], ...] = ()


class Attempt:
    """One message's; `dialect` is that of its link, None where the link is not set up. `loose` makes the link's ids.

    `told` is what was told before.
    """

    def __init__(self, message: Waiting, dialect: Dialect | None, ids: KeyedIds, loose: LooseIds, told: Told) -> None:
        self._message = message
        self._told = told
        self._dialect = dialect
        self._loose = loose
        self._ids = ids
        self._keys = Keys(ids)
        self._parsed: Message | None = None
        self.under = b""
        """The key that the message is kept under, as soon as it is known."""
        self.event: Event | None = None

    def run(self, record: Record) -> Done:
        """Apply the message. Raises why it is not applied, and may then have written a part."""
        record = Remembering(record)
        dialect = self._dialect
        if dialect is None:
            raise Parked(ParkedReason.unknown_link)
        parsed = self._parsed = parse(self._message.raw, default_charset=dialect.sender.charset or "")
        check_bounds(parsed)
        self.event = dialect.events.get(parsed.header.event)
        decided = Decided(record, self._keys, self._loose, self._message.seq, is_of_one=self.event not in _OF_TWO)
        if decided.is_rejected:
            return Done(_no_effect(NoEffectReason.rejected))
        ids = RecordIds(
            record,
            self._loose,
            ask=lambda key: self._ask(record, self._keys.of(key)),
            decided=decided.of_words,
            doubted=decided.of_doubt,
            as_registered=self.event is Event.unlink_people,
        )
        translation = echoed(record, translate(parsed, dialect, ids), source_of(self._message.link))
        if translation.event is Event.ignored:
            why = next((flag.expected for flag in translation.flags if flag.code == "ignored"), "")
            return Done(_no_effect(NoEffectReason.ignored, why=why))
        return self._filed(record, parsed, dialect, ids, translation)

    def keys(self) -> tuple[bytes, ...]:
        """All keys that the message is about, found without a look at the record."""
        if self._parsed is None or self._dialect is None:
            return ()
        asked = KeysOf(self._loose)
        with suppress(Exception):  # what is wrong with it besides is told when it is its turn; here it only waits
            translate(self._parsed, self._dialect, asked)
        return self._keys.of_all(asked.keys)

    def _ask(self, record: Record, keys: tuple[bytes, ...]) -> None:
        self.under = self.under or next(iter(keys), b"")
        if (barred := holding.barred_by(record, keys, self._message.seq)) is not None:
            raise Behind(barred)

    def _filed(
        self, record: Record, parsed: Message, dialect: Dialect, ids: RecordIds, translation: Translation
    ) -> Done:
        self._look_up(record, translation)
        told = told_at(parsed.header.time, dialect.time_zone, self._message.received)
        stamp = self._stamp(record, parsed, dialect.time_zone, translation, told)
        desk = Desk(record, source_of(self._message.link), stamp, self._message.seq, dialect.time_zone, self._told)
        flags = (*_flags(translation), *Filing(desk, told, ids).file(translation))
        if not desk.written and desk.is_late:
            return Done(_no_effect(NoEffectReason.stale, flags=flags))
        written = tuple((*name, version) for name, version in desk.written.items())
        if written:
            self._tell_where_from(record, translation, written)
        return Done(Outcome(State.applied, flags=flags), self._released(record, desk), written)

    def _look_up(self, record: Record, translation: Translation) -> None:
        """What filing will ask for, at once."""
        link = self._message.link
        drafts = (draft for part in (translation, *translation.also) for draft in part.drafts)
        names, notes = asked_by(translation, [named(one) for one in drafts if self._told.is_same(one, source_of(link))])
        record.look_up([*names, ("Provenance", self._provenance_id())], notes)

    def _provenance_id(self) -> str:
        return self._ids.make("Provenance", self._message.link, str(self._message.seq))

    def _stamp(self, record: Record, parsed: Message, zone: str, translation: Translation, told: datetime) -> Stamp:
        """When the message was recorded; of two times that the clock's may mean, the one that is not the past of what is known."""
        received, evn = self._message.received, parsed.first("EVN")
        stamp = to_us(recorded_at(translation.recorded, told, received)), to_us(told)
        again = recorded_again(translation.recorded, evn.field(2).raw if evn else "", zone, received)
        if again is None or stamp >= latest_known(record, translation):
            return stamp
        return to_us(again), to_us(told)

    def _tell_where_from(
        self, record: Record, translation: Translation, written: tuple[tuple[str, str, int], ...]
    ) -> None:
        """One Provenance for the message: what it changed, version by version."""
        link, seq = self._message.link, self._message.seq
        targets = [f"{kind}/{id_}/_history/{version}" for kind, id_, version in written]
        told = provenance(translation, message_reference(link, seq), link, self._message.received, targets)
        record.put({**told, "id": self._provenance_id()}, source_of(link))

    def _released(self, record: Record, desk: Desk) -> tuple[bytes, ...]:
        """Under which keys messages waited for a patient who has now come."""
        come: set[bytes] = set()
        for kind, id_ in desk.written:
            if kind == "Patient" and (patient := desk.get(kind, id_)) is not None:
                come |= self._keys.of_patient(patient)
        return holding.awaiting(record, sorted(come))


def source_of(link: str) -> str:
    """The `meta.source` of what a link brought."""
    return f"urn:tabard:link:{link}"


def flag_text(flag: Flag) -> str:
    """A flag in one word, such as `PID-7:bad-date`."""
    return f"{flag.place}:{flag.code}".replace(" ", "-")


def _flags(translation: Translation) -> tuple[str, ...]:
    told = (flag for part in (translation, *translation.also) for flag in part.flags)
    return tuple(dict.fromkeys(flag_text(flag) for flag in told))


def _no_effect(reason: NoEffectReason, *, why: str = "", flags: tuple[str, ...] = ()) -> Outcome:
    """`why` are the dialect's own words, where it has any."""
    sentence = f"{told_in_words(reason)} It {why}." if why else told_in_words(reason)
    return Outcome(State.no_effect, str(reason), sentence, flags=flags)
