"""Changing what a feed means: propose a version, let it run in the shadow, give words for it, switch; and switch back.

A change of identifier, merge, null or location rules wants two words: an integration lead's and a clinical safety
officer's, of two persons. A word is given for one pair of versions (live, proposed) and one shadow report; it is worth
nothing for another pair, another report, or a proposal made again. Back needs one person and one call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from tabard.dialect import RISKY, Dialect, differences, load
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock
from tabard.link.history import Entry, Step, Writing, changing, read_history
from tabard.link.settings import load_link
from tabard.link.versions import begin, keep, live_entry, lives, version_of

INTEGRATION, CLINICAL_SAFETY = "integration", "clinical_safety"
_ENDED = frozenset({Step.first, Step.proposed, Step.live, Step.back})


class NotApproved(CallerError):  # noqa: N818  says what the version is
    """A version that may not go live yet, or a word that cannot be given."""


Note = Callable[[str, Entry], None]
"""Hears of a link and a step just before the step is taken, with everything checked; what it raises prevents the step."""


def _nobody(_link: str, _entry: Entry) -> None:
    """Nobody hears of it."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who says it: a person's username (by which two persons are told apart), name, and the roles held here."""

    username: str
    name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version that is not live yet: what was proposed, its latest shadow run, the words given for that, and whose are missing."""

    made: Entry
    shadow: Entry | None
    words: tuple[Entry, ...]
    missing: tuple[str, ...]

    @property
    def is_risky(self) -> bool:
        """Whether it wants two persons' words."""
        return not RISKY.isdisjoint(self.made.kinds)

    @property
    def is_ready(self) -> bool:
        """Whether it may be switched to."""
        return self.shadow is not None and not self.missing


@dataclass(frozen=True, slots=True)
class Standing:
    """How a link stands: the live version, that to which `back` would go, and what is proposed."""

    link: str
    live: Entry
    before: Entry | None
    proposal: Proposal | None


def standing(folder: Path, link: str) -> Standing:
    """How the dialect of a link stands. Raises NotFound where its history has not begun, BrokenHistory."""
    return _standing(link, read_history(folder, link))


def propose(
    folder: Path,
    link: str,
    dialect: Dialect | Path | str,
    by: Signatory,
    reason: str,
    clock: Clock,
    *,
    note: Note = _nobody,
) -> Standing:
    """Propose a dialect (a name, a path, or whole) for a link; what was proposed before lapses with its words.

    Raises BadDialect with every fault; CallerError where nothing differs from the live one, or no reason is given.
    """
    _hold_role(by, (INTEGRATION,))
    if not reason.strip():
        raise CallerError("a change wants its reason", where="reason", remedy="say in a sentence why")
    begin(folder, load_link(folder, link), clock)
    new = dialect if isinstance(dialect, Dialect) else load(str(dialect))
    with changing(folder, link) as history:
        live = live_entry(history.entries, link)
        version = keep(folder, new)
        found = differences(version_of(folder, live).dialect, version.dialect)
        if version.digest == live.digest or not found:
            raise CallerError("this is the live dialect already", got=live.digest[:12], remedy="propose another one")
        kinds = tuple(sorted({one.kind.value for one in found}))
        told = _told(clock, Step.proposed, version.digest, by, INTEGRATION)
        entry = replace(told, old=live.digest, content=version.content, reason=reason.strip(), kinds=kinds)
        _add(history, link, entry, note)
        return _standing(link, history.entries)


def record_shadow(folder: Path, link: str, shadow: Entry) -> Standing:
    """Write down that a proposal ran in the shadow. Words given for an earlier run count no more."""
    with changing(folder, link) as history:
        proposal = _proposal(_standing(link, history.entries), shadow.digest)
        if shadow.old != proposal.made.old:
            raise _not_approved("another version went live meanwhile", "run the shadow again")
        history.add(shadow)
        return _standing(link, history.entries)


def approve(
    folder: Path,
    link: str,
    digest: str,
    by: Signatory,
    role: str,
    report: str,
    clock: Clock,
    *,
    note: Note = _nobody,
) -> Standing:
    """Give `by`'s word, as the holder of `role`, for the proposed version `digest` as its shadow report `report` shows it.

    Raises NotApproved where that is not what is proposed and was last run, or where this person gave a word already.
    """
    _hold_role(by, (role,))
    with changing(folder, link) as history:
        proposal = _proposal(_standing(link, history.entries), digest)
        if proposal.shadow is None:
            raise _not_approved(
                "it has not run in the shadow yet", "run `tabard link dialect shadow` and read its report"
            )
        if report != proposal.shadow.report:
            raise _not_approved(
                "this is not the report of its latest shadow run", "read the latest report, then approve that"
            )
        if any(word.by == by.username for word in proposal.words):
            raise _not_approved("this person has given a word for it already", "the other word is another person's")
        if role not in proposal.missing:
            raise _not_approved(f"no word of the role {role} is missing", "see `tabard link dialect list`")
        told = _told(clock, Step.approved, digest, by, role)
        _add(history, link, replace(told, old=proposal.made.old, report=report), note)
        return _standing(link, history.entries)


def switch(folder: Path, link: str, digest: str, by: Signatory, clock: Clock, *, note: Note = _nobody) -> Standing:
    """Make an approved version live: the next message is read by it. Raises NotApproved while a word is missing."""
    _hold_role(by, (INTEGRATION,))
    with changing(folder, link) as history:
        proposal = _proposal(_standing(link, history.entries), digest)
        if proposal.shadow is None:
            raise _not_approved(
                "it has not run in the shadow yet", "run `tabard link dialect shadow` and read its report"
            )
        if proposal.missing:
            raise _not_approved(
                f"it wants the word of: {', '.join(proposal.missing)}", "have them read the report and approve it"
            )
        version_of(folder, proposal.made)  # raises where its file was altered since
        told = _told(clock, Step.live, digest, by, INTEGRATION)
        made, report = proposal.made, proposal.shadow.report
        _add(history, link, replace(told, old=made.old, content=made.content, report=report), note)
        return _standing(link, history.entries)


def back(folder: Path, link: str, by: Signatory, reason: str, clock: Clock, *, note: Note = _nobody) -> Standing:
    """Go back to the version that was live before: one person, at once. To go forward again wants a new proposal.

    Raises CallerError where there is none before.
    """
    role = _hold_role(by, (INTEGRATION, CLINICAL_SAFETY))
    with changing(folder, link) as history:
        found = _standing(link, history.entries)
        if found.before is None:
            raise CallerError(
                "there is no version before this one", got=found.live.digest[:12], remedy="propose a dialect instead"
            )
        version_of(folder, found.before)
        told = _told(clock, Step.back, found.before.digest, by, role)
        entry = replace(told, old=found.live.digest, content=found.before.content, reason=reason.strip())
        _add(history, link, entry, note)
        return _standing(link, history.entries)


def _standing(link: str, entries: Sequence[Entry]) -> Standing:
    live, stack = live_entry(entries, link), lives(entries)
    return Standing(link, live, stack[-2] if len(stack) > 1 else None, _proposed(entries))


def _proposed(entries: Sequence[Entry]) -> Proposal | None:
    """The last proposal, unless something went live after it."""
    last = max((place for place, entry in enumerate(entries) if entry.step in _ENDED), default=None)
    if last is None or entries[last].step is not Step.proposed:
        return None
    made, later = entries[last], entries[last + 1 :]
    shadow = next((entry for entry in reversed(later) if entry.step is Step.shadowed), None)
    words = tuple(entry for entry in later if shadow and entry.step is Step.approved and entry.report == shadow.report)
    wanted = (INTEGRATION, CLINICAL_SAFETY) if not RISKY.isdisjoint(made.kinds) else (INTEGRATION,)
    given = {word.role for word in words}
    return Proposal(made, shadow, words, tuple(role for role in wanted if role not in given))


def _proposal(found: Standing, digest: str) -> Proposal:
    if found.proposal is None or found.proposal.made.digest != digest:
        raise _not_approved(f"version {digest[:12]} is not what is proposed", "see `tabard link dialect list`")
    if found.proposal.made.old != found.live.digest:
        raise _not_approved("another version went live since it was proposed", "propose it again")
    return found.proposal


def _hold_role(by: Signatory, roles: Sequence[str]) -> str:
    """The first of `roles` that the person holds. Raises NotApproved."""
    for role in roles:
        if role in by.roles:
            return role
    raise _not_approved(
        f"{by.name} does not hold the role {' or '.join(roles)}", "have somebody who holds it do this, or be given it"
    )


def _told(clock: Clock, step: Step, digest: str, by: Signatory, role: str) -> Entry:
    return Entry(clock(), step, digest, by.username, by.name, role)


def _add(history: Writing, link: str, entry: Entry, note: Note) -> None:
    note(link, entry)
    history.add(entry)


def _not_approved(sentence: str, remedy: str) -> NotApproved:
    return NotApproved(sentence, remedy=remedy)
