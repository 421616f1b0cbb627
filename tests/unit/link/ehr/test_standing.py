"""A link's FHIR side is a feed among the feeds: it says when it last answered, and that it does not."""

from datetime import datetime, timedelta
from pathlib import Path

from tabard.link import FeedState, LinkSettings, add_link, examine, list_links
from tabard.link.ehr.breaker import FAILURES, Breaker
from tabard.link.ehr.ledger import Ledger, counted
from tabard.link.ehr.standing import SILENT_AFTER_S, Standing
from unit.link.ehr.stand_in import NOON, settings


def test_it_is_live_while_it_answers() -> None:
    """Never before the first answer, silent when it is long ago or fails again and again."""
    now = [NOON]
    breaker = Breaker(lambda: 0.0)
    standing = Standing("ehr", breaker, lambda: now[0])
    assert (standing.feed().link, standing.feed().state) == ("ehr-fhir", FeedState.never)
    standing.heard()
    assert (standing.feed().state, standing.feed().last_received) == (FeedState.live, NOON)
    for _ in range(FAILURES):
        breaker.failed()
    assert standing.feed().state is FeedState.silent
    breaker.succeeded()
    now[0] += timedelta(seconds=SILENT_AFTER_S + 1)
    assert standing.feed().state is FeedState.silent


def test_what_was_refused_is_seen_by_another_process(tmp_path: Path) -> None:
    """Counts are in a file, by reason and patient, with the last time; what is long ago is told only when asked for all."""
    now: list[datetime] = [NOON]
    ledger = Ledger(tmp_path / "refusals.db", lambda: now[0])
    ledger.tell("too_slow")
    now[0] += timedelta(days=2)
    ledger.tell("birth_date_differs", "ann")
    ledger.tell("birth_date_differs", "ann")
    ledger.tell("birth_date_differs", "ben")
    assert [(one.reason, one.times, one.patients) for one in counted(tmp_path / "refusals.db")] == [
        ("birth_date_differs", 3, 2),
        ("too_slow", 1, 0),
    ]
    assert [one.reason for one in ledger.since(timedelta(days=1))] == ["birth_date_differs"]
    assert ledger.patients("birth_date_differs") == ("ben", "ann") or ledger.patients("birth_date_differs") == (
        "ann",
        "ben",
    )
    ledger.close()
    assert counted(tmp_path / "none.db") == ()


def test_settings_with_a_fhir_side_survive_the_file(tmp_path: Path) -> None:
    """What was added is read back equal, and a link without it is as before."""
    link = LinkSettings("ehr", "millennium-uk", 0, fhir=settings(tmp_path))
    add_link(tmp_path, link)
    add_link(tmp_path, LinkSettings("pas", "itk-2.4", 0))
    assert list_links(tmp_path) == (link, LinkSettings("pas", "itk-2.4", 0))


def test_an_ehr_that_is_not_there_is_examined_without_a_crash(tmp_path: Path) -> None:
    """Nobody listens: the first step fails and says what to do, and nothing else is asked; the settings are looked at."""
    from dataclasses import replace  # noqa: PLC0415  for this one line

    nobody = replace(settings(tmp_path), base_url="http://127.0.0.1:1/r4/tenant-of-none", patience_s=1.0)
    step, visits = examine(tmp_path, LinkSettings("ehr", "millennium-uk", 0, fhir=nobody)).steps
    assert (step.name, step.is_well) == ("token", False)
    assert (visits.name, visits.is_well) == ("visits", True)
    assert step.remedy
