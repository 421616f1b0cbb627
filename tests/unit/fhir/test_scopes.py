"""SMART scopes: parsed strictly, narrowed to what was accredited, silent ones permit nothing."""

import pytest
from hypothesis import given, settings, strategies as st

from tabard.fhir.scopes import BadScope, Level, Scopes, parse

LEVELS = st.sampled_from(["patient", "user"])
TYPES = st.sampled_from(["*", "Patient", "Encounter", "Observation"])
LETTERS = st.sets(st.sampled_from("cruds"), min_size=1).map(lambda held: "".join(x for x in "cruds" if x in held))
SCOPES = st.lists(st.builds("{}/{}.{}".format, LEVELS, TYPES, LETTERS), max_size=5).map(" ".join)


def test_a_plain_scope_permits_its_letters_on_its_type_and_nothing_else() -> None:
    """`user/Encounter.rs` reads and searches Encounters, and that is all."""
    scopes = parse("launch user/Encounter.rs")
    assert scopes.permits("Encounter", "r")
    assert scopes.permits("Encounter", "s")
    assert not scopes.permits("Encounter", "c")
    assert not scopes.permits("Patient", "r")
    assert scopes.words == ("launch",)


def test_a_level_that_was_not_asked_about_does_not_count() -> None:
    """A patient scope permits nothing where only user scopes count."""
    assert not parse("patient/Encounter.rs").permits("Encounter", "r", (Level.user,))


@pytest.mark.parametrize(("old", "new"), [("read", "rs"), ("write", "cud"), ("*", "cruds")])
def test_version_1_is_read_as_version_2(old: str, new: str) -> None:
    """The v1 words mean their v2 letters, and are told back as they were asked: an old client compares them."""
    asked = parse(f"patient/Patient.{old}")
    assert asked == parse(f"patient/Patient.{new}")
    assert str(asked) == f"patient/Patient.{old}"
    assert str(asked.narrow(parse("patient/*.cruds"))) == f"patient/Patient.{old}"
    assert str(asked.narrow(parse("patient/*.cr"))) == f"patient/Patient.{''.join(x for x in 'cr' if x in new)}"


@pytest.mark.parametrize(
    "text",
    [
        "user/Observation.rs?",
        "user/Observation.rs?category=",
        "user/Observation.rs?category",
        "user/Observation.rs?subject.name=x",
        "user/Observation.rs?_has:Provenance:target:agent=x",
        "user/Observation.rs?_include=Observation:subject",
        "user/Observation.rs?nothing=x",
        "user/Observation.rs?category=%0a",
        "user/Observation.rs?category=" + "x" * 1000,
        "user/*.rs?category=laboratory",
        "user/Encounter.sr",
        "user/Encounter.",
        "user/Encounter",
        "nobody/Encounter.rs",
        "user/encounter.rs",
        "user/Encounter.rs  user/Patient.rs",
        "user/Encounter.rs\tlaunch",
        'la"unch',
        " ",
    ],
)
def test_what_is_not_a_supported_scope_is_refused(text: str) -> None:
    """A search part that is not understood, letters out of order, blanks too many or a wrong character: refused, never taken for a plain scope."""
    with pytest.raises(BadScope):
        parse(text)


@pytest.mark.parametrize(
    ("asked", "accredited", "granted"),
    [
        ("launch user/*.cruds", "launch user/Encounter.rs user/Patient.r", "launch user/Encounter.rs user/Patient.r"),
        ("user/Encounter.rs", "user/*.r", "user/Encounter.r"),
        ("patient/Encounter.rs", "user/Encounter.rs", ""),
        ("user/Encounter.rs offline_access", "user/Encounter.rs", "user/Encounter.rs"),
        ("user/*.rs user/Encounter.rs", "user/*.rs", "user/*.rs"),
        ("user/Encounter.s", "user/Encounter.r", ""),
        ("", "user/*.cruds", ""),
    ],
)
def test_granted_is_what_was_asked_and_accredited(asked: str, accredited: str, granted: str) -> None:
    """The meet of both, wildcards narrowed, levels apart, empty where nothing is shared."""
    assert str(parse(asked).narrow(parse(accredited))) == granted


SIGNS = "category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs"


def test_a_scope_with_a_search_asks_for_what_a_resource_must_match() -> None:
    """Any of the scopes that permit it will do; where one of them is plain, nothing more is asked."""
    fine = parse(f"patient/Observation.rs?{SIGNS} patient/Observation.r?status=final&category=survey")
    assert str(fine) == f"patient/Observation.rs?{SIGNS} patient/Observation.r?category=survey&status=final"
    signs = (("category", SIGNS.partition("=")[2]),)
    assert fine.searches("Observation", "s") == (signs,)
    assert fine.searches("Observation", "r") == (signs, (("category", "survey"), ("status", "final")))
    assert fine.permits("Observation", "r")
    assert not fine.permits("Condition", "r")
    assert parse(f"{fine} user/*.r").searches("Observation", "r") == ()
    assert parse(f"{fine} user/*.r").searches("Observation", "r", (Level.patient,)) != ()


@pytest.mark.parametrize(
    ("asked", "accredited", "granted"),
    [
        (f"patient/Observation.rs?{SIGNS}", "patient/*.rs", f"patient/Observation.rs?{SIGNS}"),
        ("patient/Observation.rs", f"patient/Observation.r?{SIGNS}", f"patient/Observation.r?{SIGNS}"),
        ("patient/*.rs", f"patient/Observation.r?{SIGNS}", f"patient/Observation.r?{SIGNS}"),
        (
            "patient/Observation.rs?category=a",
            "patient/Observation.rs?category=b",
            "patient/Observation.rs?category=a&category=b",
        ),
        ("patient/Observation.rs patient/Observation.rs?category=a", "patient/*.rs", "patient/Observation.rs"),
    ],
)
def test_searches_are_narrowed_too(asked: str, accredited: str, granted: str) -> None:
    """What is granted must match what both sides ask; the plain scope says all that a finer one does."""
    assert str(parse(asked).narrow(parse(accredited))) == granted


def test_a_value_may_be_written_with_percent_signs() -> None:
    """As browsers do; what would end the value is written so again."""
    assert str(parse("patient/Observation.rs?code=a%26b%7Cc")) == "patient/Observation.rs?code=a%26b|c"


@given(SCOPES, SCOPES)
@settings(derandomize=True, deadline=None, max_examples=80)
def test_narrowing_never_gives_what_either_side_lacks(asked: str, accredited: str) -> None:
    """For every level, type and letter: granted exactly when both sides permit it."""
    one, other = parse(asked), parse(accredited)
    granted = one.narrow(other)
    for level in Level:
        for kind in ("Patient", "Encounter", "Observation", "Location"):
            for letter in "cruds":
                both = one.permits(kind, letter, (level,)) and other.permits(kind, letter, (level,))  # type: ignore[arg-type]  # a letter of cruds
                assert granted.permits(kind, letter, (level,)) == both  # type: ignore[arg-type]  # a letter of cruds


@given(SCOPES)
@settings(derandomize=True, deadline=None, max_examples=50)
def test_scopes_told_and_parsed_again_are_the_same(text: str) -> None:
    """Writing scopes down loses nothing."""
    assert parse(str(parse(text))) == parse(text)


@pytest.mark.parametrize(
    "text", [f"patient/Observation.rs?code={'é' * 900}", f"patient/Observation.rs?code={'%7F' * 10}"]
)
def test_a_scope_that_could_not_be_read_again_is_refused(text: str) -> None:
    """Grants are kept as text: a value that grows beyond the bound as it is written out is refused, as one with a control mark."""
    with pytest.raises(BadScope):
        parse(text)


def test_what_two_sides_ask_together_is_bounded_too() -> None:
    """Both parts are sound, and more together than can be read again: nothing is granted by it, and the rest stands."""
    asked = parse("patient/Patient.rs patient/Observation.rs?" + "&".join(f"code=a{each}" for each in range(10)))
    accredited = parse("patient/Patient.rs patient/Observation.rs?code=b")
    assert str(asked.narrow(accredited)) == "patient/Patient.rs"
    assert str(accredited.narrow(asked)) == "patient/Patient.rs"


FINER = st.lists(
    st.builds(
        "{}/Observation.{}{}".format,
        LEVELS,
        LETTERS,
        st.sampled_from(["", "?code=a", "?category=b", "?category=b&code=a"]),
    ),
    max_size=5,
).map(" ".join)


@given(SCOPES, FINER, st.sampled_from(["Patient", "Observation", "Location"]), st.sampled_from("cruds"))
@settings(derandomize=True, deadline=None, max_examples=80)
def test_what_is_permitted_is_what_some_scope_says(plain: str, finer: str, kind: str, letter: str) -> None:
    """The quick way tells the same as going through every scope: whether one permits it, and what it asks besides."""
    scopes = parse(f"{plain} {finer}".strip()) if plain else parse(finer)
    for levels in ((), (Level.user,), (Level.patient, Level.user), tuple(Level)):
        covering = [
            one for one in scopes.resources if one.level in levels and one.type in {kind, "*"} and letter in one.letters
        ]
        searches = tuple(dict.fromkeys(one.search for one in covering))
        assert scopes.permits(kind, letter, levels) == bool(covering)  # type: ignore[arg-type]  # a letter of cruds
        assert scopes.searches(kind, letter, levels) == (() if () in searches else searches)  # type: ignore[arg-type]  # a letter of cruds


def test_no_scope_permits_nothing() -> None:
    """Deny by default."""
    assert not Scopes().permits("Patient", "r")
