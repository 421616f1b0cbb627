"""An accent: a message as it was worded, reworded by a site's habits. It sees fields and parts them by plain splitting."""

from tabard.sandbox.background import background_of
from tabard.sandbox.events import Event, Kind
from tabard.sandbox.habits import Habits

_NULL = '""'
_NHS = ("^^^NHS", "^^^NHSNBR^NHSNMBR")
_NUMBERS, _BARE_NHS = 3, 19
_TYPE, _ACCEPT, _APPLICATION = 9, 15, 16
_TOLD_BEHIND = frozenset({Kind.admitted, Kind.updated, Kind.pre_admitted})
_EMPTIED = frozenset({"EVN", "PID", "PD1", "NK1", "PV1", "PV2"})
_LONGEST = {"EVN": 6, "PID": 30, "PD1": 12, "NK1": 7, "PV1": 45, "PV2": 24}
_WORDS = {
    ("PID", 8): {"1": "Male", "2": "Female", "9": "Not Specified"},
    ("PV1", 2): {"I": "Inpatient", "P": "Preadmit", "INPATIENT": "Inpatient"},
    ("PV1", 4): {"21": r"Emergency-A\T\E/Dental", "28": "Emergency-Other", "11": "Elective-Waiting List"},
    ("PV1", 14): {"19": "Usual place of residence"},
    ("PV1", 36): {"1": "Normal Discharge with follow up"},
    ("PV1", 37): {"19": "Usual Place of Residence"},
    ("PV1", 41): {"ACTIVE": "Active", "DISCHARGED": "Discharged", "PREADMIT": "Preadmit"},
}


def reword(message: bytes, event: Event, habits: Habits) -> bytes:
    """The message that tells the event, as a site of these habits words it."""
    if habits == Habits():
        return message
    lines = [line.split("|") for line in message.decode().split("\r") if line]
    if habits.background and event.kind in _TOLD_BEHIND:
        lines += [line.split("|") for line in background_of(event, habits.background)]
    for fields in lines:
        _reword(fields, event, habits)
    return "".join(f"{'|'.join(fields)}\r" for fields in lines).encode()


def _reword(fields: list[str], event: Event, habits: Habits) -> None:
    name = fields[0]
    if habits.merge is not None and event.kind is Kind.merged:
        _say_merge(fields, habits.merge.value)
    if habits.nulls_acknowledgement and name == "MSH":
        fields[_ACCEPT - 1] = fields[_APPLICATION - 1] = _NULL
    if habits.is_nhs_in_pid_19 and name == "PID":
        _move_nhs_number(fields)
    if habits.is_in_words:
        _say_in_words(fields)
    if habits.has_nulls and name in _EMPTIED:
        fields += [""] * (_LONGEST[name] + 1 - len(fields))
        fields[1:] = [field or _NULL for field in fields[1:]]


def _say_merge(fields: list[str], trigger: str) -> None:
    """A34 is of structure ADT_A30, A40 of ADT_A39; version 2.3 names none."""
    if fields[0] == "MSH":
        structure = {"A34": "ADT_A30", "A40": "ADT_A39"}[trigger]
        code, *rest = fields[_TYPE - 1].split("^")
        fields[_TYPE - 1] = "^".join([code, trigger, *([structure] if len(rest) > 1 else [])])
    elif fields[0] == "EVN" and fields[1]:
        fields[1] = trigger


def _move_nhs_number(fields: list[str]) -> None:
    numbers = fields[_NUMBERS].split("~")
    nhs = [one for one in numbers if one.partition("^")[2] and f"^{one.partition('^')[2]}" in _NHS]
    fields[_NUMBERS] = "~".join(one for one in numbers if one not in nhs)
    fields += [""] * (_BARE_NHS + 1 - len(fields))
    fields[_BARE_NHS] = nhs[0].partition("^")[0] if nhs else ""


def _say_in_words(fields: list[str]) -> None:
    for (name, n), words in _WORDS.items():
        if fields[0] == name and n < len(fields):
            fields[n] = words.get(fields[n], fields[n])
