"""What is read once and stands in many drafts: it is the same as when read anew, and nothing noticed is lost with it."""

import copy
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tabard.dialect import load, message_reference, provenance, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import PERSON, VISIT, ReadableIds, admission, flags, message, read, with_field

FULL = admission(visit=with_field(VISIT, 10, "300"))

MISSHAPEN = r"""MSH|^~\&|P0241|HOMERTON|HOMERTON_TIE|HOMERTON|20260203101502||ADT^A01|Q1||2.3
EVN|A01|20260203101502
PID|1||700202^^^Homerton Case Note Number^CNN||LINDQVIST^Arne^^^Mr^^Current||19580307000000|Male
PV1|1|Inpatient|ELM WARD^ELM B^Bed 11||||C99999931^Ito^Ken^^^^^^^Personnel^^^COMMUNITY DR NBR||||||||||||5100202^0^""^^Attendance No.
""".replace("\n", "\r").encode()
"""A consultant's code of eight digits, where it has seven."""


@pytest.mark.parametrize("n", [4, 14])
def test_an_unknown_code_is_flagged_in_every_message(n: int) -> None:
    """A code that the dialect does not know is kept as text and flagged, however often it came before."""
    raw = admission(visit=with_field(VISIT, n, "NONE9"))
    told = [flags(read(raw)) for _ in range(3)]
    assert any(place == f"PV1-{n}" for _, place in told[0])
    assert told[0] == told[1] == told[2]


def test_a_misshapen_code_of_a_doctor_is_flagged_in_every_message() -> None:
    """A doctor read before is looked at as one read for the first time."""
    homerton = load("millennium-homerton")
    told = [translate(parse(MISSHAPEN), homerton, ReadableIds()) for _ in range(2)]
    assert all(("bad-practitioner-code", "PV1-7") in flags(one) for one in told)


def test_a_message_told_again_is_told_alike() -> None:
    """What is remembered of wards, doctors and codes is what a dialect loaded anew makes of them."""
    first, again = read(FULL), read(FULL)
    anew = translate(parse(FULL), load("itk-2.4"), ReadableIds())
    assert first == again == anew


def test_two_hospitals_do_not_share_a_ward() -> None:
    """What is remembered of a place holds no id: the same ward of another hospital has that one's."""

    class Others(ReadableIds):
        def other(self, type: str, *parts: str) -> str:  # noqa: A002  FHIR's word
            return "other-" + super().other(type, *parts)

    ours, theirs = read(FULL), read(FULL, Others())
    ids = [
        {draft.resource["id"] for draft in one.drafts if draft.resource["resourceType"] == "Location"}
        for one in (ours, theirs)
    ]
    assert ids[1] == {f"other-{id_}" for id_ in ids[0]}
    ward_of_theirs = [draft.resource["partOf"] for draft in theirs.drafts if "partOf" in draft.resource]
    assert all(one["reference"].startswith("Location/other-") for one in ward_of_theirs)


def test_a_draft_is_as_it_was_after_others() -> None:
    """Drafts that share a part are not changed by what is read later."""
    first = read(FULL)
    kept = copy.deepcopy(first.drafts)
    for number in range(3):
        read(
            admission(
                person=with_field(PERSON, 3, f"M{number}^^^RXX"), visit=with_field(VISIT, 3, f"^WARD{number}^B^RXX01")
            )
        )
    assert first.drafts == kept


def test_one_moment_is_written_in_one_way() -> None:
    """Whatever zone the clock is in, a Provenance tells UTC: a replay makes the same bytes."""
    translation = read(message("ADT^A01", "EVN||20260301083000", PERSON, VISIT))
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    for zone in (timezone(timedelta(hours=1)), UTC, timezone(timedelta(hours=-5))):
        told = provenance(translation, message_reference("pas", 1), "pas", at.astimezone(zone), [])
        assert told["recorded"] == "2026-03-01T09:00:00.000+00:00"
