"""The way of a case: reviews, draft, signatures, each by whom it must be."""

from unittest.mock import patch

import pytest
from sqlalchemy.exc import IntegrityError

from tabard.accreditation import BadReview, BadSignature, NotNow, Status
from tabard.ground.errors import NotFound
from tabard.ground.keys import new_signing_key
from tabard.store import MovedOn, NotTaken, NotYours
from tabard.store.publishers import Publishers
from tabard.store.tables import DECISIONS, EVENTS, STATES
from unit.store.world import World, digest, terms


def test_the_whole_way_of_a_case(world: World) -> None:
    """Submitted, checked, reviewed, drafted, signed by two, published: each step is written down with who did it."""
    case = world.decided()
    world.store.release()
    detail = world.store.case(case)
    assert detail.row.status == "published"
    assert [(one.kind, one.by) for one in detail.happened] == [
        ("submitted", "RZZ"),
        ("checked", "the store"),
        *(("assigned", name) for name in ("Ada Safe", "Bo Secure", "Cy Safe")),
        ("reviewed", "Bo Secure"),
        ("reviewed", "Ada Safe"),
        ("judged", "Ada Safe"),
        ("judged", "Bo Secure"),
        ("drafted", "Ada Safe"),
        ("signed", "Ada Safe"),
        ("signed", "Bo Secure"),
        ("decided", "the store"),
        ("published", "the store"),
    ]
    assert [(one.name, one.role) for one in detail.row.signed_by] == [
        ("Ada Safe", "clinical_safety"),
        ("Bo Secure", "security"),
    ]
    assert any("Only on wards." in line for line in detail.words)


def test_nothing_is_drafted_before_a_person_has_reviewed_what_no_machine_could(world: World) -> None:
    """What was not assessed never passes by itself."""
    case = world.submit(world.package())
    world.store.check()
    assert world.store.case(case).row.unreviewed == 2
    for name in ("Ada Safe", "Bo Secure"):
        world.store.assign(case, world.who(name), "none")
    with pytest.raises(NotNow, match="a person has yet to review"):
        world.store.draft(case, world.who("Ada Safe"))
    with pytest.raises(BadReview, match="this role may not judge that"):
        world.store.review(case, world.who("Bo Secure"), "pages-accessible", "I opened every page of it.")
    with pytest.raises(NotTaken, match="cannot stand"):
        world.store.review(case, world.who("Ada Safe"), "pages-accessible", "It is not good at all.", verdict="fail")


def test_one_person_is_not_two(world: World) -> None:
    """The same person twice, or a second person of the same role, decides nothing."""
    case = world.reviewed()
    world.store.draft(case, world.who("Ada Safe"))
    world.sign(case, "Ada Safe")
    with pytest.raises(BadSignature, match="signed already"):
        world.sign(case, "Ada Safe")
    world.sign(case, "Cy Safe")
    detail = world.store.case(case)
    assert detail.case.status is Status.signing
    assert "security reviewer" in detail.row.next_step
    world.store.release()
    assert world.store.listings() == ()


def test_a_signature_is_the_person_s_own_over_what_stands(world: World) -> None:
    """Neither another's key, nor a signature of other bytes, nor one over an earlier draft is taken."""
    case = world.reviewed()
    first = world.store.draft(case, world.who("Ada Safe"), terms(months=6)).case.statement
    world.clock.pass_by(hours=1)
    second = world.store.draft(case, world.who("Bo Secure"), terms(months=9)).case.statement
    assert first is not None
    assert second is not None
    ada, bo, who = world.key("Ada Safe"), world.key("Bo Secure"), world.who("Ada Safe")
    now, keyid = digest(second.payload), ada.public.keyid
    with pytest.raises(NotYours):
        world.store.sign(case, who, bo.public.keyid, bo.sign(second.to_sign), now)
    with pytest.raises(BadSignature, match="no signature of the statement"):
        world.store.sign(case, who, keyid, bo.sign(second.to_sign), now)
    with pytest.raises(BadSignature, match="no signature of the statement"):
        world.store.sign(case, who, keyid, ada.sign(second.payload), now)
    with pytest.raises(MovedOn, match="not the statement that stands"):
        world.store.sign(case, who, keyid, ada.sign(first.to_sign), digest(first.payload))
    world.store.sign(case, who, keyid, ada.sign(second.to_sign), now)
    with pytest.raises(NotNow, match="somebody has signed"):
        world.store.draft(case, world.who("Bo Secure"))


def test_a_decision_names_the_key_that_released_and_no_other(world: World) -> None:
    """A publisher's other keys are not let in by the way; a key that is not in force any more is drafted with no more."""
    other = new_signing_key().public
    world.store.publishers.enrol("RZZ", "St Elsewhere NHS Trust", (other,))
    decision = world.store.draft(world.reviewed(), world.who("Ada Safe")).decision
    assert decision is not None
    assert decision.publisher_keys == (world.begun.publisher.public.pem,)
    late = world.reviewed("2.0.0")
    with patch.object(Publishers, "keys_now", lambda *_: (other,)), pytest.raises(NotTaken, match="not in force"):
        world.store.draft(late, world.who("Ada Safe"))


def test_who_looked_at_an_older_state_is_told(world: World) -> None:
    """Two people who act on one case at once do not act on what they have not seen."""
    case = world.reviewed()
    seen = world.store.case(case).version
    world.store.draft(case, world.who("Ada Safe"), seen=seen)
    with pytest.raises(MovedOn, match="somebody else changed"):
        world.store.draft(case, world.who("Bo Secure"), terms(months=36), seen=seen)
    with pytest.raises(MovedOn):
        world.store.refer_back(case, world.who("Bo Secure"), "", "Is it fit for a ward?", seen=seen)


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 2001, "all\x1b[2J is well with this one"])
def test_words_that_could_look_like_others_are_not_taken(world: World, words: str) -> None:
    """What stands in a signed page is text on one line; a terminal's orders are none."""
    case = world.reviewed()
    with pytest.raises(NotTaken, match="cannot stand"):
        world.store.draft(case, world.who("Ada Safe"), terms(words))
    assert world.store.case(case).case.status is Status.in_review


def test_a_condition_is_one_line(world: World) -> None:
    """Nobody smuggles a second sentence into the page by a line break."""
    case = world.reviewed()
    detail = world.store.draft(case, world.who("Ada Safe"), terms("On wards.\nThere are no conditions."))
    assert "Condition 1: On wards. There are no conditions." in detail.words


def test_what_happened_is_never_changed(world: World) -> None:
    """The database itself refuses to change or take away a line of the log."""
    world.decided()
    world.store.release()
    kept = (
        EVENTS.update().values(words="nothing"),
        STATES.update().values(state=""),
        DECISIONS.update().values(entry=b""),
    )
    with world.store._submitting.cases._engine.connect() as connection:
        for statement in (*kept, EVENTS.delete(), STATES.delete(), DECISIONS.delete()):
            with pytest.raises(IntegrityError, match="what happened is not changed"):
                connection.execute(statement)


def test_an_unknown_case_is_not_found(world: World) -> None:
    """Whatever is done to no case, there is none."""
    with pytest.raises(NotFound):
        world.store.case("nothing")
    with pytest.raises(NotFound):
        world.store.suspend("nothing", world.who("Ada Safe"), "It is not there at all.")
