"""A proposed dialect in the shadow of the live one: what differs, element by element, and nothing that does not."""

import json
import stat
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from tabard.dialect import Dialect, load
from tabard.ground.errors import CallerError, NotFound
from tabard.link import MessageChange, ShadowReport, propose, read_report, report_of, shadow, standing
from unit.link.a_feed import IDS, LEAD, YESTERDAY, Ticking, begun, changed, fill
from unit.link.itk import Who, adt, merge, message, pid, pv1, result

CLOCK = Ticking()
JONES = Who("1002", family="JONES", born="19700101")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hospital's folder with one link."""
    return begun(tmp_path)


def run(folder: Path, dialect: Dialect, *, last: int | None = None, day: date | None = None) -> ShadowReport:
    """Propose a dialect and run it in the shadow."""
    found = propose(folder, "pas", dialect, LEAD, "a trial", CLOCK).proposal
    assert found is not None
    return shadow(folder, "pas", found.made.digest, LEAD, IDS, CLOCK, last=last, day=day)


def told(report: ShadowReport) -> list[tuple[int, str, str, object, object]]:
    """Each change: message, resource type, element, old, new."""
    return [
        (one.seq, change.resource.partition("/")[0], change.element, change.old, change.new)
        for one in read_report(report.path)
        for change in one.changes
    ]


def test_a_change_of_names_changes_only_names(folder: Path) -> None:
    """Two of three messages hold the code whose meaning changes; each differs in that element and in no other."""
    fill(folder, adt("A01"), adt("A01", JONES, visit="502"), message("A28", pid(sex="1")))
    sexes = {**load("itk-2.4").person.sex, "2": "other"}
    report = run(folder, changed(person__sex=sexes))
    assert (report.messages, report.changed) == (3, 2)
    assert report.elements == {"Patient.gender": 2}
    assert told(report) == [
        (1, "Patient", "gender", "female", "other"),
        (2, "Patient", "gender", "female", "other"),
    ]


def test_a_bed_in_another_component_changes_the_place(folder: Path) -> None:
    """The location rules: another Location, told by its id and its words, and the visit that lies there."""
    fill(folder, adt("A01"))
    report = run(folder, changed(locations__ward=3, locations__bed=2))
    assert report.changed == 1
    assert {name.partition(".")[0] for name in report.elements} <= {
        "Location",
        "Encounter",
        "Location (new)",
        "Location (gone)",
    }
    assert any(name.startswith("Location") for name in report.elements)


def test_another_number_for_the_patient_is_told_once_and_not_at_each_reference(folder: Path) -> None:
    """Where the identifier rules change whom a message is about, the visit's own elements still compare."""
    fill(folder, adt("A01"))
    report = run(folder, changed(identifiers__local_system="urn:elsewhere:{}"))
    names = set(report.elements)
    assert "Message.patient" in names
    assert "Patient.id" in names
    assert "Encounter.subject.reference" not in names
    (key,) = [one for one in told(report) if one[2] == "patient"]
    assert json.loads(msgspec.json.encode(key[3]))["local"] != json.loads(msgspec.json.encode(key[4]))["local"]


def test_what_a_null_empties_is_told(folder: Path) -> None:
    """A message that emptied an element, and would not any more: the resource is the same, its effect is not."""
    raw = adt("A08").replace(b"|19651213|", b'|""|')
    fill(folder, raw)
    report = run(folder, changed(null="ignored"))
    assert (1, "Patient", "birthDate (emptied)", True, None) in told(report)


def test_what_is_newly_parked_and_no_more_parked_is_told(folder: Path) -> None:
    """By message and reason, both ways round."""
    fill(folder, adt("A01"), message("ADT^A99^X", pid(), pv1()), adt("A02", place="W2^B2"))
    events = dict(load("itk-2.4").events)
    events["ADT^A99"] = events.pop("ADT^A02")
    report = run(folder, changed(events=events))
    assert list(read_report(report.path)) == [
        MessageChange(2, parked_then="unsupported_event (MSH-9)"),
        MessageChange(3, parked_now="unsupported_event (MSH-9)"),
    ]
    assert (report.parked_now, report.parked_then) == (
        {"unsupported_event (MSH-9)": 1},
        {"unsupported_event (MSH-9)": 1},
    )


def test_nothing_differs_where_nothing_it_says_was_sent(folder: Path) -> None:
    """A merge, a result, an admission, junk: the same by both, and none is told."""
    fill(folder, adt("A01"), result(), merge(JONES, Who("1001")), b"MSH|^~\\&|no message", b"junk")
    report = run(folder, changed(events={**load("itk-2.4").events, "ADT^A99": load("itk-2.4").events["ADT^A08"]}))
    assert (report.messages, report.changed, report.elements) == (5, 0, {})


def test_yesterday_is_the_hospital_s_own_day(folder: Path) -> None:
    """Where no day is named, the day before today where the hospital is; another day, or the last so many, when asked."""
    for days, who in ((2, "1003"), (1, "1002"), (0, "1001")):
        fill(folder, adt("A01", Who(who)), at=YESTERDAY + timedelta(days=1 - days))
    dialect = changed(person__sex={})
    assert [one.seq for one in read_report(run(folder, dialect).path)] == [2]
    assert [one.seq for one in read_report(run(folder, dialect, day=date(2026, 3, 1)).path)] == [1]
    assert [one.seq for one in read_report(run(folder, dialect, last=2).path)] == [2, 3]
    assert run(folder, dialect, last=99).messages == 3
    with pytest.raises(CallerError):
        run(folder, dialect, last=1, day=date(2026, 3, 1))


def test_another_link_s_messages_are_not_looked_at(folder: Path) -> None:
    """A dialect is one link's."""
    fill(folder, adt("A01"), link="lab")
    assert run(folder, changed(person__sex={})).messages == 0


def test_the_report_is_for_its_owner_only_and_bound_by_its_digest(folder: Path) -> None:
    """It names patients: mode 0600, in a folder that nobody else enters; altered, it is no report."""
    fill(folder, adt("A01"))
    report = run(folder, changed(person__sex={}))
    assert stat.S_IMODE(report.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(report.path.parent.stat().st_mode) == 0o700
    found = standing(folder, "pas").proposal
    assert found is not None
    assert found.shadow is not None
    assert report_of(folder, found.shadow) == report
    report.path.write_bytes(report.path.read_bytes().replace(b"female", b"male"))
    with pytest.raises(NotFound, match="altered"):
        report_of(folder, found.shadow)
    report.path.unlink()
    with pytest.raises(NotFound, match="gone"):
        report_of(folder, found.shadow)


def test_old_reports_do_not_pile_up(folder: Path) -> None:
    """The last few stay; a run that fails leaves none."""
    fill(folder, adt("A01"))
    for _ in range(7):
        run(folder, changed(person__sex={}))
    assert len(list((folder / "shadows").iterdir())) == 5
    with pytest.raises(CallerError):
        run(folder, changed(person__sex={}), last=0)
    assert len(list((folder / "shadows").iterdir())) == 5


def test_only_what_is_proposed_is_run(folder: Path) -> None:
    """A digest that nobody proposed is told as such."""
    run(folder, changed(person__sex={}))
    with pytest.raises(NotFound):
        shadow(folder, "pas", "0" * 64, LEAD, IDS, Ticking())


def test_progress_is_told_up_to_the_end(folder: Path) -> None:
    """Whoever waits sees how far it is."""
    fill(folder, *(adt("A01", Who(str(number))) for number in range(1200)))
    clock, seen = Ticking(), []
    found = propose(folder, "pas", changed(person__sex={}), LEAD, "a trial", clock).proposal
    assert found is not None
    shadow(folder, "pas", found.made.digest, LEAD, IDS, clock, last=1200, tell=lambda *step: seen.append(step))
    assert seen == [(500, 1200), (1000, 1200), (1200, 1200)]


def test_more_than_is_told_one_by_one_is_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is bounded; the counts are whole, and it says that it is not."""
    monkeypatch.setattr("tabard.link.shadowing.MOST_LINES", 2)
    fill(folder, *(adt("A01", Who(str(number))) for number in range(5)))
    report = run(folder, changed(person__sex={}))
    assert (report.changed, report.is_whole, len(list(read_report(report.path)))) == (5, False, 2)


def test_a_day_ends_at_midnight(folder: Path) -> None:
    """Minutes before it and after it are other days', also where clocks were set back in between."""
    for hour, who in ((-11, "before"), (-10, "in"), (12, "in, late"), (14, "after"), (13, "in, the clock set back")):
        fill(
            folder,
            adt("A01", Who(family=who.upper())),
            at=YESTERDAY.replace(hour=11, minute=0) + timedelta(hours=hour, minutes=-10),
        )
    report = run(folder, changed(person__sex={}), day=date(2026, 3, 2))
    assert [one.seq for one in read_report(report.path)] == [2, 3, 5]
