"""The queue: what is due over all that is published, whom a case waits for, and filters that show what they say."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from html import unescape

import pytest

from tabard.accreditation import Milestone
from tabard.store.dues import Dues
from unit.web_store.judged import HARM, Judged


def queue(judged: Judged, query: str = "") -> str:
    """The page as the clinical safety reviewer has it."""
    judged.world.sign_in("clinical")
    return unescape(judged.world.get(f"/cases{query}").text)


def is_listed(text: str, case: str) -> bool:
    """Whether a case stands in a group of the page."""
    return f'href="/cases/{case}">' in text


def test_a_condition_that_is_soon_due_stands_above_the_cases(judged: Judged) -> None:
    """Case, condition, owner and day; one that is due in years is not there, nor one without a day; nor is it in the way of a filter."""
    text = queue(judged)
    assert "Conditions overdue, or due within 30 days (1)" in text
    assert f'href="/cases/{judged.accredited}#conditions-set"' in text
    assert text.index("Mend the small print on screens.") < text.index("Waiting for you")
    assert "Only on screens of staff." not in text
    assert "due within 30 days" not in queue(judged, "?whose=mine")


def test_a_day_that_is_past_is_overdue_until_it_is_met(judged: Judged) -> None:
    """By the store's clock, the oldest first; on its last day it is not yet."""
    dues: Dues = judged.world.store._dues
    day = dues.all()[0].due
    now = judged.world.store.clock()
    for days, is_overdue in ((0, False), (1, True), (400, True)):
        late = now + (day - now.date()) + timedelta(days=days)
        found = dues._replace(clock=partial(datetime.fromisoformat, late.isoformat())).all()
        assert [(one.due, one.is_overdue) for one in found] == [(day, is_overdue)]
    assert dues.all(within=timedelta(days=3)) == ()
    assert [one.name for one in dues.all(within=timedelta(days=365 * 100))] == ["Ward board", "Ward board"]


def test_beside_what_is_due_stands_its_plan_and_when_it_was_told_last(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a plan it says so, and nobody was told while its day is not past; the maker's words are words."""
    text = queue(judged)
    assert "No plan yet" in text
    assert "Last told overdue" not in text
    store = judged.world.store
    (due,) = store.dues()
    late = replace(due, plan=(Milestone(f"Write it anew {HARM}", due.due),), reminded=store.clock(), days_late=1)
    monkeypatch.setattr(store, "dues", lambda: (late,))
    text = queue(judged)
    assert f"{due.due:%d-%b-%Y}: Write it anew" in text
    assert "Last told overdue on" in text
    assert "No plan yet" not in text
    assert HARM not in judged.world.get("/cases").text


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("?role=security", "waiting", "accredited"),
        ("?role=information_governance", None, "waiting"),
        ("?class=1", "accredited", None),
        ("?class=3", None, "waiting"),
        ("?clock=over", None, "waiting"),
        ("?whose=mine", "waiting", "failing"),
        ("?state=suspended", "suspended", "waiting"),
        (f"?role={HARM}&class=9&clock=x&state=x", "waiting", None),
    ],
)
def test_filters_show_what_they_say(judged: Judged, query: str, there: str | None, not_there: str | None) -> None:
    """By role that has yet to sign, class, clock, state, person; a made-up filter shows everything."""
    text = queue(judged, query)
    assert there is None or is_listed(text, getattr(judged, there))
    assert not_there is None or not is_listed(text, getattr(judged, not_there))


def test_what_a_person_took_on_waits_for_them(judged: Judged) -> None:
    """Until they signed; and what nobody of their role took on, of a class that needs it."""
    text = queue(judged)
    mine = text[text.index("Waiting for you") : text.index("Waiting for others")]
    assert is_listed(mine, judged.waiting)
    assert not is_listed(mine, judged.accredited)
