"""The gate: whether a message belongs on this feed at all, before anything in it is read as a patient's.

A feed through an integration engine may carry other systems, test systems and other hospitals' patients. What does not
belong is parked with its reason; it is acknowledged like any other, for it was received.
"""

from collections.abc import Iterator

from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.foreign import sender_told
from tabard.dialect.schema import Dialect
from tabard.dialect.schema.sender import Among, KeepOut, Refusal, Sender
from tabard.dialect.table.patterns import compiled
from tabard.hl7v2 import Message, Repetition, path

_FROM_APPLICATION, _FROM_FACILITY = 3, 4
_OF_NO_PATIENT = frozenset({"T", "D"})
"""MSH-11.1 of training and of debugging. Source: HL7 table 0103."""


def gate(message: Message, dialect: Dialect) -> Untranslatable | None:
    """Why the message does not belong on this feed, by `[sender]` of its dialect; None where it does."""
    rules = dialect.sender
    refusal = _foreign(message, rules) or _test(message, rules)
    if refusal is not None:
        return refusal
    for name, kept in rules.kept_out.items():
        if _is_kept_out(message, kept):
            return _kept_out(name, kept)
    for name, refused in rules.refusals.items():
        if _is_refused(message, refused):
            return _refused(name, refused)
    return None


def _foreign(message: Message, rules: Sender) -> Untranslatable | None:
    for n, known in ((_FROM_APPLICATION, rules.applications), (_FROM_FACILITY, rules.facilities)):
        sent = message.segments[0].field(n).text.strip() if known else ""
        if known and sent not in known:
            return Untranslatable(
                Reason.foreign_sender,
                "The message comes from a sender that does not belong on this feed.",
                place=f"MSH-{n}",
                expected=f"one of {', '.join(known)}",
                got=sender_told(message, sent),
                remedy="Have the integration engine route it elsewhere; or name the sender in the dialect, where it belongs.",
            )
    return None


def _test(message: Message, rules: Sender) -> Untranslatable | None:
    marks = message.delimiters
    told = message.header.processing_id.split(marks.component, 1)[0].strip().upper()
    if rules.allows_test or told not in _OF_NO_PATIENT:
        return None
    return Untranslatable(
        Reason.test_message,
        "The message comes from a test or training system.",
        place="MSH-11",
        expected="P, or nothing",
        got=told,
        remedy="Have the sender send P; only a dialect for trials says `allows_test = true`.",
    )


def _is_kept_out(message: Message, rule: KeepOut) -> bool:
    shape = compiled(rule.pattern)
    return any(shape.fullmatch(value) for value in _values(message, rule.place, rule.among))


def _kept_out(name: str, rule: KeepOut) -> Untranslatable:
    return Untranslatable(
        Reason.kept_out,
        f"The dialect keeps such messages out ({name}): {rule.reason}",
        place=rule.place,
        expected="a patient of this hospital",
        remedy="Nothing to do where that is right; else mend sender.kept_out in the dialect, and give the message again.",
    )


def _is_refused(message: Message, rule: Refusal) -> bool:
    if rule.events and message.header.event not in rule.events:
        return False
    if rule.unless is not None and any(_values(message, rule.unless, None)):
        return False
    values = [*_values(message, rule.place, rule.among)]
    if rule.most is not None:
        return len([value for value in values if value]) > rule.most
    if rule.pattern is None:
        return not any(values)
    shape = compiled(rule.pattern)
    return any(shape.fullmatch(value) for value in values)


def _refused(name: str, rule: Refusal) -> Untranslatable:
    return Untranslatable(
        Reason.refused_by_dialect,
        f"The dialect refuses such messages ({name}): {rule.reason}",
        place=rule.place,
        expected=f"at most {rule.most}" if rule.most else "a value" if rule.pattern is None else "another value",
        remedy=rule.remedy,
    )


def _values(message: Message, place: str, among: Among | None) -> Iterator[str]:
    """What stands at the place in each segment of its name and each repetition that counts, without spaces around it."""
    at = path(place)
    for segment in message.all(at.segment):
        for repetition in segment.field(at.field).repetitions:
            if among is None or compiled(among.pattern).fullmatch(_text(repetition, among.component, 1)):
                yield _text(repetition, at.component or 1, at.subcomponent or 1)


def _text(repetition: Repetition, component: int, subcomponent: int) -> str:
    return repetition.component(component).subcomponent(subcomponent).strip()
