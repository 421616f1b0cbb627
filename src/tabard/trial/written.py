"""What a product wrote, and whether it is what it says it is: by the gateway's own word on it. Pure."""

import json
import re
from collections.abc import Iterable
from typing import Any

from tabard.accreditation import Wrote
from tabard.trial.weather import Sent

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_INVALID = frozenset({400, 413, 415, 422})
_TAKEN = range(200, 300)
_MOST_FAULTS = 5
_DELETED = "DELETE"


def wrote(sent: Iterable[Sent]) -> tuple[Wrote, ...]:
    """Each kind of write once: type, whether it was taken, and its faults, without an id or a value."""
    told = {_wrote(one) for one in sent if one.method != _DELETED}
    return tuple(sorted(told, key=lambda one: (one.type, one.was_taken, one.faults)))


def _wrote(sent: Sent) -> Wrote:
    kind = sent.path.partition("/")[0] or str(_json(sent.body).get("resourceType", ""))
    shown = kind if _TYPE.fullmatch(kind) else "?"
    if sent.status in _TAKEN:
        return Wrote(shown, was_taken=True)
    return Wrote(shown, was_taken=False, faults=_faults(sent.answer) if sent.status in _INVALID else ())


def _faults(answer: bytes) -> tuple[str, ...]:
    """The gateway's own words on what is wrong; they hold no value."""
    issues = _json(answer).get("issue", ())
    told = [_told(one) for one in issues if isinstance(one, dict)][:_MOST_FAULTS]
    return tuple(one for one in told if one) or ("it cannot be taken",)


def _told(issue: dict[str, Any]) -> str:
    where = issue.get("expression") or issue.get("location") or ()
    words = issue.get("diagnostics") or issue.get("details", {}).get("text") or issue.get("code", "")
    return ascii(": ".join((*map(str, where), str(words)))[:300])[1:-1]


def _json(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
