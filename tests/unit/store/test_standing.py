"""What becomes of decisions at the store, and the evidence that they rest on: kept, listed, logged, never rewritten."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tabard.accreditation import Route, Status, Terms, frameworks
from tabard.accreditation.claims import BadLedger, Evidence, EvidenceKind
from tabard.catalogue import Publishing
from tabard.database import engine
from tabard.decision import HEAD_PATH, Head, verify_log
from tabard.store import EarlierForm
from tabard.store.folder import Folder
from tabard.store.form import FORM
from tabard.store.tables import EVIDENCE
from unit.store.world import START, World


def kinds(world: World) -> list[str]:
    return [one.kind for one in world.store.decisions()]


def item(world: World, id_: str = "dspt-2026", **others: object) -> Evidence:
    whole = Evidence(
        id=id_,
        sha256="ab" * 32,
        kind=EvidenceKind.document,
        title="How it is supported",
        organisation="RZZ",
        made=world.clock().date(),
        serves=(frameworks(world.clock().date())[0].criteria[0].id,),
    )
    return replace(whole, **others)  # type: ignore[arg-type]  # fields of an item


def test_every_decision_and_what_became_of_it_is_a_line(world: World) -> None:
    """Decided, suspended, brought back, expired: each with who it was; the catalogue's head stands in the log."""
    case = world.decided()
    world.store.release()
    world.store.suspend(case, world.who("Ada Safe"), "It froze on one ward last night.")
    for name in ("Ada Safe", "Bo Secure"):
        world.store.reinstate(case, world.who(name), "It was the network of that ward.")
    world.store.release()
    world.clock.pass_by(days=400)
    world.store.release()
    assert kinds(world) == ["decided", "suspended", "reinstated", "expired"]
    assert [one.by for one in world.store.decisions()] == [
        ("Ada Safe (clinical_safety)", "Bo Secure (security)"),
        ("Ada Safe (clinical_safety)",),
        ("Ada Safe (clinical_safety)", "Bo Secure (security)"),
        (),
    ]
    raw = world.store.publishing.head()
    assert raw is not None, HEAD_PATH
    assert verify_log(world.store.decisions(), Head.from_bytes(raw)).count == 4
    assert world.store.case(case).case.status is Status.expired
    assert world.store.listings() == ()


def test_a_store_that_is_killed_before_it_lists_no_more_does_so_later(world: World) -> None:
    """Suspended is suspended: the next round takes it from the catalogue, and a failure is tried again."""
    case = world.decided()
    world.store.release()
    world.store.suspend(case, world.who("Ada Safe"), "It froze on one ward last night.")
    with patch.object(Publishing, "unlist", side_effect=OSError):
        world.store.release()
    assert world.store.publishing.entry("tiny") is not None
    world.opened_again().release()
    assert world.store.publishing.entry("tiny") is None


def test_a_refusal_is_published_as_a_decision_and_listed_nowhere(world: World) -> None:
    """Its line says refused; hospitals find nothing to install."""
    case = world.reviewed()
    world.store.draft(case, world.who("Ada Safe"), Terms(grounds=("It shows a name without a birth date.",)))
    for name in ("Ada Safe", "Bo Secure"):
        world.sign(case, name)
    world.store.release()
    assert kinds(world) == ["refused"]
    assert world.store.publishing.entry("tiny") is None
    assert "within 28 days" in world.store.case(case).row.next_step


def test_a_later_version_is_judged_by_difference(world: World) -> None:
    """The first as a whole; of the second nothing changed that has to be judged, and its reviews stand unless the lot fell on it."""
    first = world.decided()
    world.store.release()
    second = world.submit(world.package("1.1.0"))
    world.store.check()
    before, after = (world.store.case(one).case.since for one in (first, second))
    assert before is not None
    assert after is not None
    assert before.route is Route.first
    assert (after.route in (Route.same, Route.sample), after.version) == (True, "1.0.0")
    assert after.lot


def test_every_state_of_a_case_is_kept(world: World) -> None:
    """Each once, in order, whole."""
    case = world.decided()
    states = world.store._submitting.cases.states(case)
    assert [one.status for one in states][:3] == [Status.submitted, Status.checking, Status.in_review]
    assert states[-1] == world.store.case(case).case


def test_evidence_is_only_added_to_and_stands_in_the_decision(world: World) -> None:
    """What stands for the product on the day of the draft is named by digest; what was withdrawn is not, and stays in the ledger."""
    world.store.evidence.add(item(world), "St Elsewhere")
    world.store.evidence.add(item(world, "dspt-2025", sha256="cd" * 32), "St Elsewhere")
    world.store.evidence.withdraw("RZZ", "dspt-2025", "It is of the year before.", "St Elsewhere")
    assert len(world.opened_again().evidence.ledger("RZZ").entries) == 3
    assert world.store.evidence.ledger("RYY").entries == ()
    decision = world.store.draft(world.reviewed(), world.who("Ada Safe")).decision
    assert decision is not None
    assert decision.evidence == ("ab" * 32,)
    assert decision.frameworks
    with pytest.raises(BadLedger):
        world.store.evidence.add(item(world), "St Elsewhere")
    with (
        world.store._submitting.cases._engine.connect() as connection,
        pytest.raises(IntegrityError, match="not changed"),
    ):
        connection.execute(EVIDENCE.delete())


def test_a_ledger_that_was_changed_on_the_disk_is_not_read(world: World) -> None:
    """Whoever writes past the database's refusal is found by the chain, when the store is opened anew."""
    world.store.evidence.add(item(world), "St Elsewhere")
    world.store.evidence.add(item(world, "dspt-2", sha256="cd" * 32), "St Elsewhere")
    with world.store._submitting.cases._engine.begin() as connection:
        connection.execute(text("DROP TRIGGER evidence_entry_update"))
        connection.execute(
            text("UPDATE evidence_entry SET entry = replace(entry, 'St Elsewhere', 'Nobody') WHERE number = 1")
        )
    with pytest.raises(BadLedger, match="changed"):
        world.opened_again().evidence.ledger("RZZ")


@pytest.mark.parametrize("form", [0, FORM + 1])
def test_a_store_of_another_form_with_cases_is_refused(world: World, form: int) -> None:
    """With what to do; without a case it opens."""
    tables = engine(Folder(world.store.folder.root).database)

    def marked() -> None:
        with tables.begin() as connection:
            connection.execute(text(f"PRAGMA user_version = {form}"))

    if form < FORM:
        marked()
        world.opened_again()
    world.submit(world.package())
    marked()
    with pytest.raises(EarlierForm, match="another Tabard"):
        world.opened_again()
    tables.dispose()


def test_the_service_clock_is_in_the_queue(world: World) -> None:
    """Working days used, of those for the product's class; a Monday to the next is five."""
    world.submit(world.package())
    assert START.weekday() == 0
    world.clock.now += timedelta(days=7)
    (row,) = world.store.cases()
    assert (row.product_class, row.used_days, row.of_days) == (1, 5, 15)
