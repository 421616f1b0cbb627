"""A proposed dialect run over messages of the journal beside the live one: what would be filed otherwise, and what parked.

Nothing is written to the record, and none is read: both dialects read each message with the ids that this hospital makes
of its identifiers. What the record adds (who is known by which number, what is older) is the same for both as long as the
identifiers are; where these differ, it is told as `patient`.
"""

import os
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tabard.dialect import Dialect
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock, to_instant
from tabard.journal import JournalReader
from tabard.link.comparing import changes
from tabard.link.history import Entry, Step
from tabard.link.parked import JOURNAL_FILE
from tabard.link.shadow_report import SHADOWS, MessageChange, ReportFile, ShadowReport, Summary, to_report
from tabard.link.spans import Span, Tell, of_day, of_last
from tabard.link.switching import Signatory, record_shadow, standing
from tabard.link.understanding import NotUnderstood, Understanding, read_by_both
from tabard.link.versions import version_of

MOST_LINES = 100_000
"""Messages that differ are told one by one up to here, and beyond it only counted."""

_KEPT_REPORTS = 5


def shadow(  # noqa: PLR0913  what is run, over what, for whom
    folder: Path,
    link: str,
    digest: str,
    by: Signatory,
    ids: KeyedIds,
    clock: Clock,
    *,
    day: date | None = None,
    last: int | None = None,
    tell: Tell = lambda _done, _of: None,
) -> ShadowReport:
    """Run the proposed version `digest` of a link over a day (yesterday where none is named) or the `last` messages.

    The run is written into the link's history; words given for an earlier run count no more. Raises CallerError where both
    a day and a number are given, or where messages came and none of them is among these; NotFound where this version is
    not proposed.
    """
    if day is not None and last is not None:
        raise CallerError("a day or a number of messages, not both", where="--day, --last", remedy="leave one out")
    found = standing(folder, link)
    if found.proposal is None or found.proposal.made.digest != digest:
        raise NotFound("this version is not proposed", got=digest[:12], remedy="propose it first")
    old, new = (version_of(folder, entry).dialect for entry in (found.live, found.proposal.made))
    path = _path(folder, link, digest, clock)
    summary = Summary(link, found.live.digest, digest, "no messages: there is no journal yet", to_instant(clock()))
    reader = _reader(folder)
    try:
        span = None if reader is None else _span(reader, link, old, clock, day, last)
        pair = Understanding(old, ids, link), Understanding(new, ids, link)
        report = to_report(summary, _written(path, summary, reader, span, pair, tell), path)
        if not report.messages:
            _check_nothing_came(reader, link, report.span)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        if reader is not None:
            reader.close()
    record_shadow(folder, link, _entry(report, by, clock))
    _sweep(folder, link)
    return report


def _check_nothing_came(reader: JournalReader | None, link: str, span: str) -> None:
    """Raises CallerError where the link has messages, and only those looked at were none."""
    if reader is not None and reader.entries(link=link, limit=1):
        raise CallerError(
            "no message of this link came then: such a run proves nothing",
            where=f"link {link}",
            got=span,
            remedy="run it over a day on which messages came, or over the last so many",
        )


def _reader(folder: Path) -> JournalReader | None:
    path = folder / JOURNAL_FILE
    return JournalReader(path) if path.is_file() else None


def _span(reader: JournalReader, link: str, old: Dialect, clock: Clock, day: date | None, last: int | None) -> Span:
    if last is not None:
        return of_last(reader, link, last)
    zone = ZoneInfo(old.time_zone)
    return of_day(reader, link, day or clock().astimezone(zone).date() - timedelta(days=1), zone)


def _written(
    path: Path,
    summary: Summary,
    reader: JournalReader | None,
    span: Span | None,
    pair: tuple[Understanding, Understanding],
    tell: Tell,
) -> str:
    """The digest of the report's file once it is whole."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as raw:
        file = ReportFile(raw)
        if reader is not None and span is not None:
            summary.span = span.told
            for reached, messages in span.read(reader):
                for message in messages:
                    _one(file, summary, message.seq, message.raw, pair)
                tell(reached - span.first + 1, span.numbers)
        file.put(summary)
        raw.flush()
        os.fsync(handle)
    return file.digest


def _one(file: ReportFile, summary: Summary, seq: int, raw: bytes, pair: tuple[Understanding, Understanding]) -> None:
    found = _change(seq, raw, pair)
    summary.messages += 1
    if found is None:
        return
    summary.count(found)
    if summary.changed <= MOST_LINES:
        file.put(found)
    else:
        summary.is_whole = False


def _change(seq: int, raw: bytes, pair: tuple[Understanding, Understanding]) -> MessageChange | None:
    old, new = read_by_both(raw, *pair)
    if isinstance(old, NotUnderstood) or isinstance(new, NotUnderstood):
        then, now = (one.told if isinstance(one, NotUnderstood) else "" for one in (old, new))
        return None if then == now else MessageChange(seq, parked_then=then, parked_now=now)
    found = changes(old, new)
    return MessageChange(seq, found) if found else None


def _entry(report: ShadowReport, by: Signatory, clock: Clock) -> Entry:
    return Entry(
        at=clock(),
        step=Step.shadowed,
        digest=report.new,
        by=by.username,
        name=by.name,
        old=report.old,
        report=report.digest,
        file=report.path.name,
        span=report.span,
        messages=report.messages,
        changed=report.changed,
        parked_now=sum(report.parked_now.values()),
        parked_then=sum(report.parked_then.values()),
    )


def _path(folder: Path, link: str, digest: str, clock: Clock) -> Path:
    (folder / SHADOWS).mkdir(mode=0o700, exist_ok=True)
    return folder / SHADOWS / f"{link}.{clock():%Y%m%dT%H%M%S%f}.{digest[:12]}.jsonl"


def _sweep(folder: Path, link: str) -> None:
    """Earlier reports name patients and serve nobody any more; the last few stay."""
    for path in sorted((folder / SHADOWS).glob(f"{link}.*.jsonl"))[:-_KEPT_REPORTS]:
        path.unlink(missing_ok=True)
