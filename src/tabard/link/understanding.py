"""One message as one dialect reads it, no record asked: what it becomes, and by which identifiers its patient is looked for."""

import msgspec

from tabard.dialect import Dialect, PatientKey, Untranslatable, translate
from tabard.ground.ids import KeyedIds
from tabard.hl7v2 import Message, Unreadable, parse
from tabard.link.bounds import check_bounds
from tabard.link.comparing import Understood
from tabard.link.errors import Parked, ParkedReason
from tabard.link.identity import LooseIds


class NotUnderstood(msgspec.Struct, frozen=True):
    """Why a dialect parks a message: the reason's code, and the place that it names. No patient data."""

    reason: str
    place: str = ""

    @property
    def told(self) -> str:
        """Both in one text."""
        return f"{self.reason} ({self.place})" if self.place else self.reason


class Understanding:
    """Reads messages of one link by one dialect, with the ids of one hospital."""

    def __init__(self, dialect: Dialect, ids: KeyedIds, link: str) -> None:
        self._dialect = dialect
        self._loose = LooseIds(ids, link)
        self.charset = dialect.sender.charset or ""
        """What MSH-18 is taken to say where it is empty."""

    def read(self, message: Message) -> Understood | NotUnderstood:
        """What the message becomes, or why it would be parked. Never raises for what a message holds."""
        ids = _Witness(self._loose)
        try:
            return Understood(translate(message, self._dialect, ids), ids.key, ids.prior_key)
        except Untranslatable as fault:
            return NotUnderstood(str(fault.reason), fault.place)
        except Parked as fault:
            return NotUnderstood(str(fault.reason))
        except Exception:  # noqa: BLE001  applying would park it alone as well
            return NotUnderstood(ParkedReason.internal_error.value)


Read = tuple[Understood | NotUnderstood, Understood | NotUnderstood]


def read_by_both(raw: bytes, old: Understanding, new: Understanding) -> Read:
    """The same message by two dialects, parsed once where both take it to be in the same character set."""
    first = _parsed(raw, old.charset)
    second = first if old.charset == new.charset else _parsed(raw, new.charset)
    return (
        first if isinstance(first, NotUnderstood) else old.read(first),
        second if isinstance(second, NotUnderstood) else new.read(second),
    )


def _parsed(raw: bytes, charset: str) -> Message | NotUnderstood:
    try:
        message = parse(raw, default_charset=charset)
        check_bounds(message)
    except Unreadable:
        return NotUnderstood(ParkedReason.unreadable.value)
    except Parked as fault:
        return NotUnderstood(str(fault.reason))
    return message


class _Witness:
    """Ids without a record, and which keys they were asked for."""

    def __init__(self, loose: LooseIds) -> None:
        self._loose = loose
        self.key: PatientKey | None = None
        self.prior_key: PatientKey | None = None
        self.other = loose.other

    def patient(self, key: PatientKey) -> str:
        self.key = self.key or key
        return self._loose.patient(key)

    def prior_patient(self, key: PatientKey) -> str:
        self.prior_key = self.prior_key or key
        return self._loose.prior_patient(key)
