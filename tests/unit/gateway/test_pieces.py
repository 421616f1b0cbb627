"""Small pure parts whose refusals another part would repeat: each is tried by itself."""

import pytest

from tabard.gateway import Refused
from tabard.gateway.api.cursors import Cursors, Place
from tabard.gateway.api.screening import screen
from tabard.gateway.policy.stays import is_staying
from tabard.ground.ids import new_key
from unit.gateway.world import encounter


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        (("patient.address-city", "Leeds"), "hidden"),
        (("subject:Patient.general-practitioner", "gp"), "hidden"),
        (("_has:Patient:general-practitioner:_id", "ann"), "hidden"),
        (("_has:Encounter:practitioner:status", "finished"), "hidden"),
        (("_revinclude", "Patient:general-practitioner"), "hidden"),
        (("_sort", "status,-participant"), "hidden"),
        (("_revinclude", "*"), "include"),
        (("_include", "*"), "include"),
        (("_include", "Encounter:*"), "include"),
        (("_include:iterate", "Patient:general-practitioner"), "hidden"),
        (("_include:recurse", "Encounter:patient"), "include"),
    ],
)
def test_what_reaches_beyond_is_refused_before_the_record_is_asked(pair: tuple[str, str], reason: str) -> None:
    """The gateway does not count on the record for this."""
    with pytest.raises(Refused) as refused:
        screen((pair,))
    assert (refused.value.status, refused.value.reason) == (400, reason)


def test_a_cursor_opens_for_its_bearer_and_type_and_key_alone() -> None:
    """Whose, of which type, sealed by us: all three."""
    cursors = Cursors(new_key())
    place = Place("grant", "Observation", (("code", "x"),), 10, "c")
    sealed = cursors.seal(place)
    assert cursors.open(sealed, "grant", "Observation") == place
    tries = [
        (cursors, "other", "Observation"),
        (cursors, "grant", "Encounter"),
        (Cursors(new_key()), "grant", "Observation"),
    ]
    for opener, bearer, kind in tries:
        with pytest.raises(Refused):
            opener.open(sealed, bearer, kind)
    for text in ("", "a.b.c.d.e", "é", sealed + "A"):
        with pytest.raises(Refused):
            cursors.open(text, "grant", "Observation")


@pytest.mark.parametrize("status", ["finished", "planned", "arrived", "cancelled", "onleave", "entered-in-error"])
def test_only_a_visit_in_progress_is_on_the_ward(status: str) -> None:
    """Whatever its places say, a visit that is over, planned or away is not there."""
    places = frozenset({"Location/w1"})
    assert is_staying(encounter("e", "ann", ("w1", "active")), places)
    assert not is_staying(encounter("e", "ann", ("w1", "active"), status=status), places)
