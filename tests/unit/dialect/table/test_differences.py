"""Two dialects differ key by key, and each difference is told by what it can do to a patient's data."""

import pytest

from tabard.dialect import RISKY, Difference, Kind, differences, digest_of, load, names
from tabard.dialect.table.loader import read_dialect

ITK = load("itk-2.4")


def changes(text: str) -> tuple[Difference, ...]:
    return differences(ITK, read_dialect(f'base = "itk-2.4"\n{text}'.encode(), "site.toml"))


@pytest.mark.parametrize(
    ("text", "key", "kind"),
    [
        ('null = "ignored"', "null", Kind.null),
        ("[locations]\nroom = 5", "locations.room", Kind.location),
        ('[events]\n"ADT^A99" = "merge"', "events.ADT^A99", Kind.merge),
        ('[events]\n"ADT^A40" = "update_person"', "events.ADT^A40", Kind.merge),
        ('[events]\n"ADT^A01" = "transfer"', "events.ADT^A01", Kind.location),
        ('[events]\n"ADT^A02" = "update_person"', "events.ADT^A02", Kind.location),
        ('[events]\n"ADT^A31" = "register"', "events.ADT^A31", Kind.other),
        ('[privacy]\npatient = ["ZU8-1"]', "privacy.patient", Kind.location),
        ('time_zone = "Europe/Dublin"', "time_zone", Kind.location),
        ("[visits]\nmay_move_all = true", "visits.may_move_all", Kind.merge),
        ('[identifiers]\nnhs_number = [{ type = "NH" }]', "identifiers.nhs_number", Kind.identifiers),
        ("[visits]\nauthority = 5", "visits.authority", Kind.identifiers),
        ('[sender]\nfacilities = ["RXX"]', "sender.facilities", Kind.identifiers),
        (
            '[practitioners]\nidentifiers = [{ type = "NH", system = "urn:x" }]',
            "practitioners.identifiers",
            Kind.identifiers,
        ),
        ('[names.uses]\nL = "usual"', "names.uses.L", Kind.other),
        ('title = "Another"', "title", Kind.other),
    ],
)
def test_a_difference_is_told_by_its_kind(text: str, key: str, kind: Kind) -> None:
    """One key changed is one difference, with what was and what is, of the kind that says who must answer for it."""
    (one,) = changes(text)
    assert (one.key, one.kind) == (key, kind)
    assert one.old != one.new
    assert (kind in RISKY) is (kind is not Kind.other)


def test_what_is_new_or_gone_has_nothing_on_the_other_side() -> None:
    """A key that one of the two lacks is None there."""
    (new,) = changes('[results.ucum]\nmmHg = "mm[Hg]"')
    assert (new.old, new.new) == (None, "mm[Hg]")


@pytest.mark.parametrize("name", names())
def test_a_dialect_does_not_differ_from_itself(name: str) -> None:
    """No difference, no other digest; any difference, another digest."""
    assert differences(load(name), load(name)) == ()
    assert [digest_of(load(one)) == digest_of(load(name)) for one in names()].count(True) == 1


def test_a_digest_is_of_what_is_said() -> None:
    """Comments, order and a default spelt out change no digest; a word does."""
    plain = read_dialect(b'base = "itk-2.4"\nname = "x"\ntitle = "t"', "a")
    same = read_dialect(b'# a comment\ntitle = "t"\nname = "x"\nbase = "itk-2.4"\n[sender]\nallows_test = false', "b")
    other = read_dialect(b'base = "itk-2.4"\nname = "x"\ntitle = "u"', "c")
    assert digest_of(plain) == digest_of(same) != digest_of(other)
