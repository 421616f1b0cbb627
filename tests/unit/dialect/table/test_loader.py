"""Dialects are read from files, and every fault of a file is told at once."""

from pathlib import Path

import pytest

from tabard.dialect import BadDialect, Event, load, names
from tabard.dialect.table.loader import LARGEST_BYTES
from tabard.ground.errors import NotFound


def site(folder: Path, text: str) -> str:
    file = folder / "site.toml"
    file.write_text(text)
    return str(file)


def faults(folder: Path, text: str) -> dict[str, tuple[str, str]]:
    with pytest.raises(BadDialect) as refusal:
        load(site(folder, text))
    assert refusal.value.where == str(folder / "site.toml")
    return {fault.key: (fault.expected, fault.got) for fault in refusal.value.faults}


@pytest.mark.parametrize("name", names())
def test_every_shipped_dialect_is_sound(name: str) -> None:
    """A shipped dialect loads by its name and carries it."""
    assert load(name).name == name


def test_a_site_says_only_what_differs(tmp_path: Path) -> None:
    """A file on a base joins tables, replaces lists, and replaces a code table whole."""
    dialect = load(
        site(
            tmp_path,
            """
            base = "itk-2.4"
            name = "elsewhere"
            [events]
            "ADT^A05" = "register"
            [locations]
            ward = 1
            [identifiers]
            nhs_number = [{ type = "NH" }]
            [visits.classes]
            system = "urn:elsewhere"
            codes = { IN = "IMP" }
            """,
        )
    )
    assert dialect.events["ADT^A05"] is Event.register
    assert dialect.events["ADT^A01"] is Event.admit
    assert (dialect.locations.ward, dialect.locations.bed) == (1, 3)
    assert [rule.type for rule in dialect.identifiers.nhs_number] == ["NH"]
    assert dialect.visits.classes.codes == {"IN": "IMP"}
    assert dialect.visits.classes.display == {}


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    """Unknown keys, missing keys, wrong types and unknown words of one file come in one answer, each with its place."""
    told = faults(
        tmp_path,
        """
        base = "itk-2.4"
        timezone = "Europe/London"
        null = "empties"
        [events]
        "ADT^A05" = "preadmit"
        [locations]
        ward = 0
        [identifiers]
        fields = ["PID3"]
        nhs_number = [{ authorty = "NHS" }]
        [visits.classes]
        codes = { I = 1 }
        system = "urn:x"
        [visits.participants]
        PV7 = "ATND"
        """,
    )
    assert told.pop("timezone")[1] == "a key that is not known"
    assert told.pop("identifiers.nhs_number.1.authorty")[1] == "a key that is not known"
    events = "one of " + ", ".join(event.value for event in Event)
    place = "a field such as PID-3"
    assert told == {
        "null": ("one of clears, ignored", "'empties'"),
        "events.ADT^A05": (events, "'preadmit'"),
        "locations.ward": ("int >= 1", "0"),
        "identifiers.fields.1": (place, "'PID3'"),
        "visits.classes.codes.I": ("str", "1"),
        "visits.participants.PV7": (place, "'PV7'"),
    }


def test_what_is_unsound_is_told_with_what_has_no_shape(tmp_path: Path) -> None:
    """One pass tells all: a wrong type hides no wrong zone, pattern or word; and nothing is told that is there only for want of it."""
    told = faults(
        tmp_path,
        """
        base = "itk-2.4"
        time_zone = "Europe/Lundun"
        [locations]
        ward = "one"
        [events]
        "ADT^A60" = "ignored"
        "ADT^A61" = "ignore"
        [ignored]
        "ADT^A61" = "no effect here"
        [identifiers]
        fields = ["PID3", "PID-4"]
        nhs_number = [{ authority = "NHS", field = "PID-9" }]
        [visits.service_type]
        system = "urn:x"
        shape = "(a+)+b"
        [names.uses]
        L = "officialle"
        """,
    )
    assert {"time_zone", "locations.ward", "events.ADT^A61", "identifiers.fields.1", "names.uses.L"} <= told.keys()
    assert {"ignored.ADT^A60", "visits.service_type.shape"} <= told.keys()
    assert "ignored.ADT^A61" not in told  # its event is ignored once the word is mended


def test_a_base_that_is_none_hides_no_other_fault(tmp_path: Path) -> None:
    """What can be judged without it is told too, and not that all is missing."""
    told = faults(tmp_path, 'base = "itk-2.5"\nnull = "empties"\n[locations]\nward = 0\n')
    assert set(told) == {"base", "null", "locations.ward"}


def test_each_fault_says_where_it_stands_and_what_to_do(tmp_path: Path) -> None:
    """A fault carries the line of its key, or of the table that the key is missing from, and a remedy that names a near word."""
    text = """base = "itk-2.4"

[identifiers]
nhs_number = [
    { authority = "NHS" },  # a comment
    { authorty = "NHS" },
]
[organizations.packed_practice]
code = 6
"""
    with pytest.raises(BadDialect) as refusal:
        load(site(tmp_path, text))
    told = [(fault.line, fault.key) for fault in refusal.value.faults]
    missing = [(8, f"organizations.packed_practice.{name}") for name in ("name", "phone", "line", "town")]
    assert told == [(6, "identifiers.nhs_number.2.authorty"), *missing]
    assert refusal.value.faults[0].remedy == "Is `authority` meant? Else take it out."
    assert "line 6, identifiers.nhs_number.2.authorty: expected one of authority, field, type" in str(refusal.value)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    """A file without a base must say everything; each key that it lacks is a fault of its own."""
    told = faults(tmp_path, 'name = "bare"\n[locations]\nward = 1\n')
    assert told["time_zone"] == ("this key", "nothing")
    assert told["locations.bed"] == ("this key", "nothing")
    assert "name" not in told


def test_what_cannot_be_used_is_a_fault_too(tmp_path: Path) -> None:
    """A time zone that does not exist, a pattern that is none, and a rule that fits every identifier are refused."""
    told = faults(
        tmp_path,
        """
        base = "itk-2.4"
        time_zone = "Europe/Lundon"
        [identifiers]
        nhs_number = [{}]
        [practitioners]
        identifiers = [{ pattern = "C[0-9", system = "urn:x" }, { system = "urn:y" }]
        """,
    )
    assert set(told) == {
        "time_zone",
        "identifiers.nhs_number.1",
        "practitioners.identifiers.1.pattern",
        "practitioners.identifiers.2",
    }


def test_every_pattern_of_a_file_is_tried(tmp_path: Path) -> None:
    """What should be a regular expression and is none is a fault at its key, wherever it stands."""
    told = faults(
        tmp_path,
        """
        base = "millennium-uk"
        unresolved = "CD:["
        [visits.service_type]
        shape = "[0-9"
        [person.marital_status]
        shape = "("
        """,
    )
    assert set(told) == {"unresolved", "visits.service_type.shape", "person.marital_status.shape"}


def test_words_for_people_are_read_in_any_case(tmp_path: Path) -> None:
    """A site on a base that is told by display has its own words folded as the base's; the names of authorities are not."""
    dialect = load(
        site(
            tmp_path,
            """
            base = "millennium-uk"
            name = "elsewhere"
            [addresses]
            uses = { "At Home" = "home" }
            [identifiers]
            systems = { "Weir MRN" = "urn:weir" }
            [visits.admission_method.codes]
            "By Ambulance" = "21"
            """,
        )
    )
    assert dialect.addresses.uses["at home"] == "home"
    assert dialect.addresses.uses["previous"] == "old"
    assert dialect.identifiers.systems == {"Weir MRN": "urn:weir"}
    method = dialect.visits.admission_method.codes
    assert (method["by ambulance"], method["2a"], method["elective admission: booked"]) == ("21", "2A", "12")


@pytest.mark.parametrize("text", ["name = ", 'base = "nowhere"', "\x00"])
def test_a_file_that_is_no_dialect_is_refused(tmp_path: Path, text: str) -> None:
    """Broken TOML and an unknown base are faults of the file, not crashes."""
    assert len(faults(tmp_path, text)) == 1


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """A file of megabytes is no dialect, and is not read to its end."""
    told = faults(tmp_path, "#" * (LARGEST_BYTES + 1))
    assert told == {"the whole file": ("a file of at most 1 MiB", "a larger one")}


@pytest.mark.parametrize("name", ["nowhere", "../itk-2.4", "", "a" * 5000, "nul\0"])
def test_a_dialect_that_is_not_there_is_not_found(name: str) -> None:
    """The answer names the shipped dialects."""
    with pytest.raises(NotFound, match=r"itk-2\.4, lorenzo, millennium-barts, .*simhospital"):
        load(name)


@pytest.mark.parametrize("name", names())
def test_every_shipped_dialect_is_in_the_docs(name: str) -> None:
    """Whoever looks up dialects finds each by the name that a link takes."""
    page = Path(__file__).resolve().parents[4] / "docs" / "look-up" / "dialects.md"
    assert f"`{name}`" in page.read_text("utf-8")
