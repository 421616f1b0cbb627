"""The decision log: every decision and what became of it, and the head by which anybody holds the log."""

from starlette.responses import Response

from tabard.decision import BadDecision, Entry, Head, Outcome, verify_log
from tabard.web.design.times import when
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Asked
from tabard.web.store.render import page

_SHOWN = 200
KINDS = {
    "decided": ("Accredited", "green"),
    "refused": ("Refused", "red"),
    "widened": ("Goes further", "green"),
    "suspended": ("Suspended", "red"),
    "reinstated": ("Listed again", "green"),
    "withdrawn": ("Withdrawn", "grey"),
    "expired": ("Expired", "grey"),
    "review_asked": ("Review asked", "yellow"),
}
"""What a line of the log tells, in words and a colour."""

_OUTCOMES: dict[str, tuple[str, str]] = {
    Outcome.with_conditions: ("Accredited, with conditions", "green"),
    Outcome.first_of_type: ("First of its type", "yellow"),
}


def show(counter: Counter, asked: Asked) -> Response:
    """The log, newest first, held together before it is shown."""
    entries = counter.store.decisions()
    raw = counter.store.publishing.head()
    return page(
        "decisions.html",
        frame=asked.frame,
        entries=[shown_entry(one) for one in reversed(entries[-_SHOWN:])],
        more=max(0, len(entries) - _SHOWN),
        head=Head.from_bytes(raw) if raw else None,
        holds=_holds(entries, raw),
        base=counter.base_url,
    )


def shown_entry(one: Entry) -> dict[str, object]:
    """One line of the log as a page tells it."""
    word, colour = _OUTCOMES.get(one.outcome, KINDS["decided"]) if one.kind == "decided" else _kind(one)
    at, by = when(one.at), ", ".join(one.by)
    return {"entry": one, "at": at, "word": word, "colour": colour, "by": by, "sha256": one.sha256}


def _kind(one: Entry) -> tuple[str, str]:
    return KINDS.get(one.kind, (one.kind, "grey"))


def _holds(entries: tuple[Entry, ...], raw: bytes | None) -> str:
    try:
        head = verify_log(entries, Head.from_bytes(raw) if raw else None)
    except BadDecision as no:
        return f"The log does not hold together: {no.message}. Tell whoever runs this store."
    lines = f"{head.count} line{'' if head.count == 1 else 's'}"
    return f"Each of the {lines} was held against the one before just now." if head.count else ""
