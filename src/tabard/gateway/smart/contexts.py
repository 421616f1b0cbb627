"""A context as text for the tables, and back. What is not understood becomes no context: fail closed."""

import msgspec

from tabard.gateway.model import Context, EncounterContext, PatientContext, WardContext, WholeHospital


class _Kept(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    patient: str = ""
    encounter: str = ""
    ward: str = ""
    hospital: bool = False
    glass: str = ""


def keep(context: Context | WholeHospital) -> str:
    """The context as JSON."""
    match context:
        case PatientContext(patient, glass):
            return _text(_Kept(patient=patient, glass=glass or ""))
        case EncounterContext(encounter, patient, glass):
            return _text(_Kept(patient=patient, encounter=encounter, glass=glass or ""))
        case WardContext(ward):
            return _text(_Kept(ward=ward))
        case WholeHospital():
            return _text(_Kept(hospital=True))


def understand(text: str) -> Context | None:
    """The context kept as `text`; None where it is anything but one of the three, whole."""
    try:
        kept = msgspec.json.decode(text, type=_Kept)
    except msgspec.DecodeError:
        return None
    match kept:
        case _Kept(hospital=True):
            return None
        case _Kept(patient=patient, encounter="", ward="") if patient:
            return PatientContext(patient, kept.glass or None)
        case _Kept(patient=patient, encounter=encounter, ward="") if patient and encounter:
            return EncounterContext(encounter, patient, kept.glass or None)
        case _Kept(patient="", encounter="", ward=ward) if ward:
            return WardContext(ward)
        case _:
            return None


def is_whole_hospital(text: str) -> bool:
    """Whether `text` is the context of a backend service, which is nobody's launch."""
    return text == keep(WholeHospital())


def _text(kept: _Kept) -> str:
    return msgspec.json.encode(kept).decode()
