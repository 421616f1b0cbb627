"""Advisories: matched by each ecosystem's own order of versions, believed when signed by whom we know, and only while fresh."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tabard.accreditation import AdvisorySet, CouldNot, Verdict, read_advisories
from tabard.accreditation.advisories.matching import concerns, package_of
from tabard.accreditation.advisories.model import Advisory, Range
from tabard.accreditation.probing.known import KIND, oldest, sign_advisories
from tabard.ground.dsse import Envelope
from tabard.ground.errors import CallerError
from tabard.ground.keys import new_signing_key
from unit.accreditation.tiny import Saw, report_of, tiny

MADE = datetime(2026, 3, 1, 9, tzinfo=UTC)
KEY, OTHER = new_signing_key(), new_signing_key()


def entry(ecosystem: str = "npm", name: str = "small", **more: Any) -> dict[str, Any]:
    events = [{"introduced": "0"}, {"fixed": "2.0.1"}]
    affected = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "SEMVER", "events": events}]}
    return {"id": "GHSA-1", "summary": "It trusts all.", "aliases": ["CVE-2026-1"], "affected": [affected], **more}


def read(raw: bytes, now: datetime = MADE) -> AdvisorySet | CouldNot:
    return read_advisories(raw, (KEY.public,), now)


@pytest.mark.parametrize(
    ("ecosystem", "version", "introduced", "fixed", "last", "is_hit"),
    [
        ("npm", "1.9.9", "0", "2.0.0", "", True),
        ("npm", "2.0.0", "0", "2.0.0", "", False),
        ("npm", "2.0.0-rc.1", "0", "2.0.0", "", True),
        ("npm", "2.0.0-rc.2", "2.0.0-rc.10", "2.0.0", "", False),
        ("npm", "2.0.0-rc.a", "2.0.0-rc.10", "2.0.0", "", True),
        ("npm", "1.0.0", "1.0.0", "", "", True),
        ("npm", "1.2.0", "1.0.0", "", "1.2.0", True),
        ("npm", "1.2.1", "1.0.0", "", "1.2.0", False),
        ("npm", "10.0.0", "9.0.0", "11.0.0", "", True),
        ("PyPI", "1.0.post1", "1.0", "1.1", "", True),
        ("PyPI", "1.1rc1", "1.0", "1.1", "", True),
        ("PyPI", "1!0.5", "1.0", "2.0", "", False),
        ("PyPI", "1.10", "1.9", "1.11", "", True),
    ],
)
def test_versions_are_compared_as_their_ecosystem_does(
    ecosystem: str, version: str, introduced: str, fixed: str, last: str, *, is_hit: bool
) -> None:
    """Not as texts: 10 is above 9, and what comes before a release is below it."""
    one = Advisory("X-1", ecosystem, "a", "", (Range(introduced, fixed, last),))
    assert concerns(one, ecosystem, version) is is_hit


def test_what_cannot_be_compared_is_no_no() -> None:
    """A version that is none is for a person."""
    one = Advisory("X-1", "npm", "a", "", (Range("0", "2.0.0"),))
    assert concerns(one, "npm", "latest") is None


@pytest.mark.parametrize(
    ("purl", "name"),
    [
        ("pkg:pypi/Some_Thing@1.0", "some-thing"),
        ("pkg:npm/%40scope/thing@1.0.0", "@scope/thing"),
        ("pkg:npm/thing@1.0.0?arch=any", "thing"),
        ("pkg:generic/RZZ/thing@1.0.0", None),
        ("nonsense", None),
    ],
)
def test_a_purl_names_its_package(purl: str, name: str | None) -> None:
    """As names of its ecosystem are compared."""
    found = package_of(purl)
    assert (found and found.plain_name) == name


def test_a_set_that_is_signed_is_read_and_its_hit_fails() -> None:
    """From OSV's form to the finding, with its date beside it and its digest in the evidence."""
    known = read(sign_advisories([entry()], KEY, MADE), MADE + timedelta(days=3))
    assert isinstance(known, AdvisorySet)
    (found,) = [one for one in report_of(tiny(), Saw(known=known)).findings if one.rule == "no-known-vulnerability"]
    assert found.verdict is Verdict.failed
    assert "GHSA-1 CVE-2026-1 It trusts all." in found.got
    assert found.measured == (("advisories made", "2026-03-01"), ("advisories' age", "3 days"))
    later = read(sign_advisories([entry()], KEY, MADE), MADE + timedelta(days=4))
    assert isinstance(later, AdvisorySet)
    assert report_of(tiny(), Saw(known=later)).to_bytes() == report_of(tiny(), Saw(known=known)).to_bytes()


def test_withdrawn_and_foreign_advisories_are_left_out() -> None:
    """They say nothing of what we match."""
    known = read(sign_advisories([entry(withdrawn="2026-01-01T00:00:00Z"), entry("Go")], KEY, MADE))
    assert isinstance(known, AdvisorySet)
    assert known.advisories == ()


def test_another_s_signature_or_a_changed_byte_is_no_set() -> None:
    """Whoever may write the file may not write what is in it."""
    raw = sign_advisories([entry()], KEY, MADE)
    with pytest.raises(CallerError, match="not signed"):
        read_advisories(raw, (OTHER.public,), MADE)
    envelope = Envelope.from_bytes(raw)
    changed = Envelope(KIND, envelope.payload[:-1] + b"\x7f", envelope.signatures)
    with pytest.raises(CallerError, match="not signed"):
        read(changed.to_bytes())


def test_an_old_set_and_one_of_days_to_come_judge_nothing() -> None:
    """The finding says of which day they are, and is a person's."""
    raw = sign_advisories([], KEY, MADE)
    for now in (MADE + oldest() + timedelta(seconds=1), MADE - timedelta(hours=2)):
        told = read(raw, now)
        assert isinstance(told, CouldNot)
        assert "2026-03-01" in told.reason
        (found,) = [one for one in report_of(tiny(), Saw(known=told)).findings if one.rule == "no-known-vulnerability"]
        assert found.verdict is Verdict.not_assessed
    assert isinstance(read(raw, MADE + oldest()), AdvisorySet)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"no gzip",
        gzip.compress(b"{}", mtime=0),
        gzip.compress(b" " * (65 * 1024 * 1024), mtime=0),
        gzip.compress(b"{}", mtime=0)[:-4],
    ],
    ids=["nothing", "no gzip", "empty", "a bomb", "cut off"],
)
def test_what_is_signed_and_no_set_is_refused(payload: bytes) -> None:
    """A bomb too."""
    with pytest.raises(CallerError, match="no set"):
        read(Envelope(KIND, payload).signed_by(KEY).to_bytes())


def test_a_component_of_no_known_ecosystem_is_for_a_person() -> None:
    """Nobody publishes advisories of it here."""
    package = tiny(manifest={"pkg:npm/small@2.0.0": "pkg:generic/small@2.0.0"})
    (found,) = [one for one in report_of(package).findings if one.rule == "no-known-vulnerability"]
    assert found.verdict is Verdict.not_assessed


def test_the_same_entries_make_the_same_set() -> None:
    """In whatever order they came."""
    one, two = entry(), entry(name="other")
    assert (
        Envelope.from_bytes(sign_advisories([one, two], KEY, MADE)).payload
        == Envelope.from_bytes(sign_advisories(json.loads(json.dumps([two, one])), KEY, MADE)).payload
    )
