"""What may be written back over a link (the table `[write]`); without it nothing is."""

from dataclasses import dataclass

from tabard.ground.errors import CallerError

FHIR = "fhir"
"""The destination that is the link's own `[fhir]`, and no file in `destinations/`."""

WRITABLE = ("Appointment", "DocumentReference", "Observation")
"""Types that can be made by products; a Patient can only be changed, and only where `updates_patients` says so."""

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class WriteSettings:
    """What products may write, and where it goes.

    `types` are some of Appointment, DocumentReference and Observation. `destination` is the name of a destination, or `fhir`
    for the link's own FHIR base. The next five go into MSH-3 to MSH-6 and MSH-11. A resource may have `limit_bytes`, as
    JSON. `updates_patients` is a word of its own: with it a Patient's telephones, addresses and marital status may be sent
    as an ADT^A31.
    """

    types: tuple[str, ...]
    destination: str
    sending_application: str = "TABARD"
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""
    processing_id: str = "P"
    limit_bytes: int = 2 * _MEBIBYTE
    updates_patients: bool = False

    def __post_init__(self) -> None:
        unknown = sorted(set(self.types) - set(WRITABLE))
        if unknown or not (self.types or self.updates_patients):
            raise _wrong("types", f"one or more of {', '.join(WRITABLE)}", ", ".join(unknown) or "none")
        if not self.destination:
            raise _wrong("destination", "the name of a destination, or fhir", "none")
        if not self.sending_application:
            raise _wrong("sending_application", "a name, by which the record system knows our numbers", "none")
        if self.limit_bytes <= 0:
            raise _wrong("limit_bytes", "more than 0", str(self.limit_bytes))

    @property
    def is_over_fhir(self) -> bool:
        """Whether writes go to the link's own FHIR base."""
        return self.destination == FHIR


def _wrong(field: str, expected: str, got: str) -> CallerError:
    return CallerError(
        "a setting of a link is wrong", where=f"write.{field}", expected=expected, got=got, remedy="mend it"
    )
