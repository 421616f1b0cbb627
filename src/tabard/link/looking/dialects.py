"""The dialects of one hospital's links, as people change them: what is live, what is proposed, its run in the shadow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock, Thread

import structlog

from tabard.audit import AuditLog
from tabard.dialect import Difference, differences, read_dialect, to_toml
from tabard.ground.errors import CallerError, NotFound, TabardError
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock
from tabard.link import switching
from tabard.link.history import Entry, read_history
from tabard.link.looking.changing import Changing
from tabard.link.looking.looks import Looker
from tabard.link.looking.reports import look_into
from tabard.link.shadow_report import MessageChange, ShadowReport, report_of
from tabard.link.shadowing import shadow
from tabard.link.switching import Signatory, Standing
from tabard.link.versions import version_of

_log = structlog.get_logger("tabard.link")


@dataclass(frozen=True, slots=True)
class Run:
    """A run in the shadow: how far it has come and of how much; `fault` says why it ended without a report."""

    done: int = 0
    of: int = 0
    is_over: bool = False
    fault: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """All about one link's dialect: how it stands, its history (newest first), what the proposal changes, the report, a run."""

    standing: Standing
    history: tuple[Entry, ...]
    text: str
    changes: tuple[Difference, ...]
    report: ShadowReport | None
    run: Run | None


class Dialects:
    """Changes of dialects at the hospital in `folder`. Any thread may use it; runs in the shadow have threads of their own."""

    def __init__(self, folder: Path, ids: KeyedIds, audit: AuditLog, clock: Clock) -> None:
        self._folder = folder
        self._ids = ids
        self._audit = audit
        self._clock = clock
        self._changing = Changing(folder, audit, clock)
        self._runs: dict[str, Run] = {}
        self._threads: dict[str, Thread] = {}
        self._lock = Lock()

    def about(self, link: str) -> About:
        """All about a link's dialect. Raises NotFound where its history has not begun, BrokenHistory, NoDialect."""
        run = self._runs.get(
            link
        )  # before its report is looked for: what ends in between is told as going on, never as nothing
        entries = read_history(self._folder, link)
        found = switching.standing(self._folder, link)
        live = version_of(self._folder, found.live).dialect
        proposal = found.proposal
        new = None if proposal is None else version_of(self._folder, proposal.made).dialect
        return About(
            found,
            tuple(reversed(entries)),
            to_toml(live if new is None else new),
            () if new is None else differences(live, new),
            self._report(found),
            run,
        )

    def propose(self, link: str, text: str, by: Signatory, reason: str) -> Standing:
        """Propose what a TOML text says. Raises BadDialect with every fault and its line; else as `switching.propose`."""
        dialect = read_dialect(text.encode(), "the proposed text")
        found = self._changing.propose(link, dialect, by, reason)
        with self._lock:
            self._runs.pop(link, None)
        return found

    def run_shadow(
        self, link: str, digest: str, by: Signatory, *, day: date | None = None, last: int | None = None
    ) -> None:
        """Begin a run of the proposal over a day (yesterday where none is named) or the `last` messages.

        Raises CallerError while another run of this link goes on.
        """
        with self._lock:
            before = self._runs.get(link)
            if before is not None and not before.is_over:
                raise CallerError("a run in the shadow goes on", where=link, remedy="wait until it is over")
            self._runs[link] = Run()
            thread = Thread(target=self._run, args=(link, digest, by, day, last), name="tabard-shadow", daemon=True)
            self._threads[link] = thread
        thread.start()

    def wait(self, link: str) -> None:
        """Return when the run of this link that goes on is over."""
        if (thread := self._threads.get(link)) is not None:
            thread.join()

    def look_into(self, link: str, looker: Looker, *, first: int = 0, most: int = 50) -> Sequence[MessageChange]:
        """What the latest report tells message by message, from the one numbered `first`. Raises NotFound, AuditUnavailable."""
        report = self._report(switching.standing(self._folder, link))
        if report is None:
            raise NotFound("there is no shadow report", where=link, remedy="run the proposal in the shadow first")
        return look_into(report, looker, self._audit, self._clock, first=first, most=most)

    def approve(self, link: str, digest: str, by: Signatory, role: str, report: str) -> Standing:
        """As `switching.approve`, audited."""
        return self._changing.approve(link, digest, by, role, report)

    def switch(self, link: str, digest: str, by: Signatory) -> Standing:
        """As `switching.switch`, audited."""
        return self._changing.switch(link, digest, by)

    def back(self, link: str, by: Signatory, reason: str) -> Standing:
        """As `switching.back`, audited."""
        return self._changing.back(link, by, reason)

    def _report(self, found: Standing) -> ShadowReport | None:
        """The report of the proposal's latest run; None where there is none, or its file is gone or altered."""
        if found.proposal is None or found.proposal.shadow is None:
            return None
        try:
            return report_of(self._folder, found.proposal.shadow)
        except NotFound:
            return None

    def _run(self, link: str, digest: str, by: Signatory, day: date | None, last: int | None) -> None:
        def tell(done: int, of: int) -> None:
            self._runs[link] = Run(done, of)

        try:
            shadow(self._folder, link, digest, by, self._ids, self._clock, day=day, last=last, tell=tell)
        except TabardError as fault:
            self._runs[link] = Run(is_over=True, fault=str(fault))
        except Exception as fault:  # noqa: BLE001  told by its class: its text may quote a message
            _log.error("shadow_run_failed", link=link, fault=type(fault).__name__)
            self._runs[link] = Run(is_over=True, fault=f"Tabard failed on this run ({type(fault).__name__}).")
        else:
            self._runs[link] = Run(is_over=True)
