"""People's names as an NHS patient banner writes them: SURNAME, First (Title). Source: NHS Common User Interface."""

from collections.abc import Mapping, Sequence
from typing import Any

UNKNOWN = "Name not known"
_BEST_FIRST = ("official", "usual", "", "temp", "nickname", "anonymous")


def patient_name(names: Sequence[Mapping[str, Any]]) -> str:
    """The name to call a patient by, from HumanNames; former names never stand for the present one."""
    present = [name for name in names if name.get("use", "") in _BEST_FIRST]
    if not present:
        return UNKNOWN
    return _banner(min(present, key=lambda name: _BEST_FIRST.index(name.get("use", ""))))


def other_names(names: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Every other name that the record holds, with its use when that is known."""
    shown = patient_name(names)
    told = [(_banner(name), name.get("use", "")) for name in names]
    return tuple(f"{text} [{use}]" if use else text for text, use in told if text != shown)


def staff_name(names: Sequence[Mapping[str, Any]]) -> str:
    """`Dr Jane Smith`, empty when there is no name."""
    if not names:
        return ""
    name = names[0]
    parts = [*name.get("prefix", []), *name.get("given", [])[:1], name.get("family", "")]
    return " ".join(part for part in parts if part) or str(name.get("text", ""))


def _banner(name: Mapping[str, Any]) -> str:
    family, given, prefix = name.get("family", ""), " ".join(name.get("given", [])), " ".join(name.get("prefix", []))
    written = ", ".join(part for part in (family.upper(), given) if part) or name.get("text", "") or UNKNOWN
    return f"{written} ({prefix})" if prefix else written
