"""What the public log tells: of decisions all that is public, of the cases that led there nothing."""

import msgspec
from sqlalchemy import insert

from tabard.accreditation import Status, Terms
from tabard.database import engine
from tabard.decision import read_log, read_statement, verify_log
from tabard.store.tables import DECISIONS
from unit.store.world import World

GROUNDS = ("Two patients can be taken for one.",)


def refused(world: World) -> str:
    """A refusal that is public."""
    case = world.reviewed()
    world.store.draft(case, world.who("Ada Safe"), Terms(grounds=GROUNDS))
    world.sign(case, "Ada Safe")
    world.sign(case, "Bo Secure")
    world.store.release()
    return case


def served(world: World) -> str:
    """The log as anybody reads it."""
    return b"".join(one.to_bytes() for one in world.store.decisions()).decode()


def test_a_line_names_the_decision_and_not_the_case(world: World) -> None:
    """The decision's id, product, version, digests, signers with their roles; from the line the store finds the case."""
    case = world.decided()
    world.store.release()
    (line,) = world.store.decisions()
    statement = world.store.case(case).case.statement
    assert statement is not None
    assert line.decision == read_statement(statement.payload).id
    assert line.by == ("Ada Safe (clinical_safety)", "Bo Secure (security)")
    assert case not in served(world)
    assert world.store.case_of(line).case.id == case


def test_what_is_not_decided_has_no_line(world: World) -> None:
    """Neither a case that is asked about nor one that its maker takes back before it is decided."""
    case = world.reviewed()
    world.store.refer_back(case, world.who("Ada Safe"), "case", "What happens when two share a name?")
    world.store.withdraw(case, "St Elsewhere NHS Trust", "We shall not mend this one at all.")
    assert world.store.decisions() == ()
    other = world.reviewed("1.1.0", "Another")
    world.store.draft(other, world.who("Ada Safe"))
    world.store.withdraw(other, "St Elsewhere NHS Trust", "We shall not mend this one at all.")
    assert world.store.decisions() == ()
    assert world.store.case(other).case.statement is None


def test_a_refusal_is_public_by_name_and_its_dialogue_is_not(world: World) -> None:
    """Hospitals read that this version was refused; grounds stand in what was signed, and what its maker says stays in the case."""
    case = refused(world)
    world.store.ask_review(case, "St Elsewhere NHS Trust", "Our rival told you wrongly of two patients.")
    line, asked = world.store.decisions()
    assert (line.kind, line.product, line.version, line.outcome) == ("refused", "tiny", "1.0.0", "refused")
    assert (asked.kind, asked.by, asked.decision) == ("review_asked", ("St Elsewhere NHS Trust",), line.decision)
    for words in ("rival", GROUNDS[0], case):
        assert words not in served(world)
    assert any("rival" in one.words for one in world.store.case(case).happened)


def test_a_review_that_is_given_up_leaves_the_refusal(world: World) -> None:
    """It is told that the refusal stands, by the refusal's own digest; nothing of what was drafted anew."""
    case = refused(world)
    world.store.ask_review(case, "St Elsewhere NHS Trust", "We think that this was a mistake.")
    world.store.withdraw(case, "St Elsewhere NHS Trust", "We have no money for lawyers any more.")
    first, _, last = world.store.decisions()
    assert (last.kind, last.statement_sha256) == ("withdrawn", first.statement_sha256)
    assert "the refusal stands" in last.words
    assert "money" not in served(world)
    assert world.store.case(case).case.status is Status.withdrawn


def test_a_store_with_earlier_lines_goes_on(world: World) -> None:
    """Lines that named the case are served as they were written; what follows names it no more, and all holds together."""
    first = world.decided()
    world.store.release()
    (line,) = world.store.decisions()
    told = {**msgspec.json.decode(line.to_bytes()), "case": first}
    del told["decision"]
    earlier = read_log(msgspec.json.encode([told]))[0]
    tables = engine(world.store.folder.database)
    with tables.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER decision_entry_delete")
        connection.execute(DECISIONS.delete())
        row = {"seq": 1, "sha256": earlier.sha256, "entry": earlier.to_bytes()}
        connection.execute(insert(DECISIONS).values(**row))
    tables.dispose()
    store = world.opened_again()
    store.suspend(first, world.who("Ada Safe"), "It froze on one ward last night.")
    lines = store.decisions()
    assert [one.case for one in lines] == [first, ""]
    assert verify_log(lines, None).count == 2
    assert store.case_of(lines[0]).case.id == first
