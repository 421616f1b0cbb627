"""The messages of this hospital's links: found by what is known of them, laid open for a reason, applied again or set aside."""

from datetime import datetime
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from tabard.ground.errors import CallerError, NotFound
from tabard.link import Looker, new_person, reject, same_person, withdraw
from tabard.web.design.times import UK, when
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.portal import Portal
from tabard.web.hospital.render import page
from tabard.web.hospital.views.messages import (
    STATES,
    decision_words,
    is_in_turn,
    message,
    resources,
    rows,
    state_words,
    understand,
    verb_words,
    ways,
)
from tabard.web.hospital.views.patients import Banner, banner

_PAGE = 50
_MOST_DIGITS = 18


def search(portal: Portal, asked: Asked) -> Response:
    """The messages that agree with what was asked, newest first, a page at a time. Nothing of their content is shown."""
    sought = understand(asked.request.query_params)
    before = number(asked.request.query_params.get("before", ""))
    found = portal.journal.search(sought.asked, _PAGE, before=before)
    typed = {name: value for name, value in sought.typed.items() if value}
    counts = portal.journal.counts(sought.asked.link)
    values = {
        "typed": sought.typed,
        "problems": sought.problems,
        "states": [(state, state_words(state), counts.states.get(state, 0)) for state in STATES],
        "received": counts.received,
        "link_choices": [(feed.link, feed.link) for feed in portal.links.feeds()],
        "state_choices": [(state, state_words(state)) for state in STATES],
        "messages": tuple(map(message, found.lines)),
        "older": None if found.before is None else f"/messages?{urlencode({**typed, 'before': found.before})}",
        "newest": f"/messages?{urlencode(typed)}" if before is not None else None,
    }
    return page("messages.html", frame=asked.frame, **values)


def show(portal: Portal, asked: Asked) -> Response:
    """One message: what became of it and what can be done; its content only for a reason. Raises NotFound."""
    return page("message.html", frame=asked.frame, **_about(portal, asked), inside=None)


def look_inside(portal: Portal, asked: Asked) -> Response:
    """The message laid open; the look is in the audit first. Raises NotFound, CallerError, AuditUnavailable."""
    seq = _seq(asked)
    role = asked.form.get("role", "")
    if role not in asked.person.roles:
        raise CallerError("You do not have that role.", remedy="Choose the role in which you look.")
    looker = Looker(asked.person.id, role, asked.form.get("reason", ""))
    found = portal.inspection.open(seq, looker)
    inside: dict[str, object] = {
        "found": found,
        "segments": found.text.splitlines(),
        "rows": rows(found),
        "resources": resources(found),
        "candidates": None,
    }
    if portal.doubts.is_one(seq) or portal.doubts.decision(seq) is not None:
        inside["candidates"] = _candidates(portal, seq, looker)
    return page("message.html", frame=asked.frame, **_about(portal, asked), inside=inside)


def replay(portal: Portal, asked: Asked) -> Response:
    """Have the message applied again."""
    return _acted(asked, "replay", portal.links.replay((_seq(asked),), _by(asked), _reason(asked)))


def release(portal: Portal, asked: Asked) -> Response:
    """Have the message, and all held for the same patient, tried again now."""
    key = portal.journal.key(_seq(asked))
    return _acted(asked, "release", portal.links.release((key,), _by(asked), _reason(asked)) if key else ())


def settle(portal: Portal, asked: Asked) -> Response:
    """A person's word on whom the message is about. Raises NotFound, CallerError."""
    seq, chosen, by, reason = _seq(asked), asked.form.get("chosen", ""), _by(asked), _reason(asked)
    kind, _, patient = chosen.partition("/")
    made = {"reject": reject, "new_person": new_person, "withdraw": withdraw}.get(kind)
    if made is None and kind != "Patient":
        raise CallerError("Nothing was chosen.", remedy="Choose whom the message is about.")
    portal.doubts.settle(seq, same_person(patient, by, reason) if made is None else made(by, reason))
    return _acted(asked, "withdraw" if made is withdraw else "settle", (seq,))


def park(portal: Portal, asked: Asked) -> Response:
    """Set a held message aside for a person; what waited behind it goes on. Raises NotFound, CallerError."""
    seq, by, reason = _seq(asked), _by(asked), _reason(asked)
    if "park" not in ways(portal.journal.line(seq)):
        return _acted(asked, "park", ())
    portal.links.park(seq, by, reason)
    portal.doubts.let_go(seq, by, reason)
    return _acted(asked, "park", (seq,))


def _acted(asked: Asked, verb: str, done: tuple[int, ...]) -> Response:
    """Back to the message, which says what was done. Raises CallerError where nothing could be."""
    if not done:
        raise CallerError(
            f"This message cannot be {_DONE[verb]}.",
            remedy="Look at its state: only what was kept whole can be applied again, and only what is held released.",
        )
    return RedirectResponse(f"/messages/{_seq(asked)}?done={verb}", 303)


_DONE = {"replay": "applied again", "release": "released", "park": "set aside", "settle": "settled"}
_SAID = {
    "replay": "The message was given to be applied again.",
    "release": "The message and those held with it were tried again.",
    "settle": "It is written down whom the message is about. It and what waited behind it go on.",
    "withdraw": "Nobody has said any more whom the message is about; the same words are in doubt again.",
    "park": "The message is set aside and applied only when somebody asks for it.",
}
_WAITS = "It waits for its turn; load the page again to see what became of it."


def _about(portal: Portal, asked: Asked) -> dict[str, object]:
    seq = _seq(asked)
    line = portal.journal.line(seq)
    said, is_waiting = _SAID.get(asked.request.query_params.get("done", ""), ""), is_in_turn(line)
    return {
        "message": message(line),
        "ways": ways(line),
        "is_doubt": portal.doubts.is_one(seq),
        "is_waiting": is_waiting,
        "said": f"{said} {_WAITS}" if said and is_waiting else said,
        "decided": [(when(one.at), _named(portal, one.by), one) for one in portal.journal.interventions(seq)],
        "standing": _standing(portal, seq),
        "verb_words": verb_words,
        "roles": sorted(asked.person.roles),
        "typed": {name: asked.form.get(name, "") for name in ("role", "reason")},
    }


def _standing(portal: Portal, seq: int) -> dict[str, object] | None:
    """What a person said of whom the message is about, as it stands."""
    told = portal.doubts.decision(seq)
    if told is None:
        return None
    at, chosen = when(datetime.fromisoformat(told.at)), f"Patient/{told.patient_id}" if told.patient_id else told.kind
    return {"words": decision_words(told.kind), "by": _named(portal, told.by), "at": at, "chosen": chosen}


def _named(portal: Portal, username: str) -> str:
    """The name of somebody, with the account, by which two of one name are told apart."""
    name = portal.hospital.accounts.name_of(username)
    return username if name is None else f"{name} ({username})"


def _by(asked: Asked) -> str:
    """Who does it, as it is kept: the account."""
    return asked.session.account.username


def _candidates(portal: Portal, seq: int, looker: Looker) -> list[Banner]:
    """Those whom a message in doubt may be about."""
    today = portal.clock().astimezone(UK).date()
    return [banner(patient, today) for patient in portal.doubts.candidates(seq, looker)]


def _reason(asked: Asked) -> str:
    """Why the person does it. Raises CallerError where that is not said."""
    return Looker(asked.person.id, "", asked.form.get("reason", "")).reason.strip()


def _seq(asked: Asked) -> int:
    found = number(asked.request.path_params["seq"])
    if found is None:
        raise NotFound("There is no such message.", remedy="Look for it among the messages.")
    return found


def number(text: str) -> int | None:
    """A message's number; what is none is as if it were not asked for."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
