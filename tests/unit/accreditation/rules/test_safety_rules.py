"""Rules of the safety case: of this log, of this configuration, whole, signed by an officer who was registered; each failing alone."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from tabard.accreditation import Verdict
from tabard.accreditation.safety.model import APPROVAL, CASE
from tabard.accreditation.safety.sealing import sealed
from tabard.ground.canonical import canonical
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.keys import SigningKey, new_signing_key
from tabard.product import SBOM_NAME, Package, pack, parse_manifest, read_package, sbom_of
from unit.accreditation.safe import APPROVED, case_text, fails, found_of, not_assessed, papers_of
from unit.accreditation.tiny import HAZARDS, failing, tiny

TEXT = case_text(tiny().manifest, tiny().files)
DRAFT = HAZARDS.replace('"deployment"', '"development"').replace('"Dr Ada Pretend"', '"nobody yet: not for use"')


def again(package: Package, **files: bytes | None) -> Package:
    """The package with these files as they are, and a bill of materials of them."""
    told = {
        CASE: files.get("case", package.files.get(CASE)),
        APPROVAL: files.get("approval", package.files.get(APPROVAL)),
    }
    kept = {name: raw for name, raw in {**package.files, **told}.items() if raw is not None and name != SBOM_NAME}
    kept[SBOM_NAME] = sbom_of(parse_manifest(kept["tabard.toml"], kept), kept)
    return read_package(pack(kept))


def spoilt(old: str, new: str) -> Package:
    """The tiny product whose safety case says something else, sealed and signed as that."""
    assert old in TEXT
    return papers_of(tiny(), TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "rule", "place"),
    [
        ('scope = "One page, and what it reads."\n', "", "safety-case-readable", "scope"),
        ("Nurses see who is on the ward.", "Doctors see all.", "safety-case-readable", "intended_use"),
        ("issue = 1", "issue = 2", "safety-case-of-this-log", "issue"),
        ("transferred = ['H1.2']", "transferred = []", "safety-case-whole", "transferred H1.2"),
        ("transferred = ['H1.2']", "transferred = ['H1.2', 'H1.1']", "safety-case-whole", "transferred H1.1"),
        (
            "[[third_party]]",
            '[[remaining]]\nhazard = "H7"\nwords = "w"\n[[third_party]]',
            "safety-case-whole",
            "remaining H7",
        ),
        (
            'checked_by = "Somebody Else"',
            'checked_by = "Dr Ada Pretend"',
            "safety-registration-in-date",
            "officer.checked_by",
        ),
        ("checked_at = 2026-01-05", "checked_at = 2025-02-01", "safety-registration-in-date", "officer.checked_at"),
        ("checked_at = 2026-01-05", "checked_at = 2026-03-03", "safety-registration-in-date", "officer.checked_at"),
        ("expires = 2026-12-31", "expires = 2026-03-01", "safety-registration-in-date", "officer.expires"),
        ('competence = ["a course"]', "competence = []", "safety-registration-in-date", "officer.competence"),
        (
            "pkg:npm/small@2.0.0",
            "pkg:npm/small@1.0.0",
            "safety-third-parties-covered",
            "third_party pkg:npm/small@2.0.0",
        ),
        ("It was read whole and does one thing.", "Fine.", "safety-third-parties-covered", "third_party[0].assessed"),
    ],
)
def test_a_fault_of_the_safety_case_fails_its_rule_alone(old: str, new: str, rule: str, place: str) -> None:
    """One fault, one rule; all others, of whatever family, pass."""
    if rule == "safety-case-readable" and place == "scope":
        kept = again(tiny(), case=tiny().files[CASE].replace(old.encode(), b""))
        assert fails(kept)[rule] == [f"{CASE} {place}"]
        return
    assert failing(spoilt(old, new)) == {rule: [f"fail {CASE} {place}"]}


def test_a_component_may_be_assessed_in_every_version() -> None:
    """A package URL without its version speaks of all of them."""
    assert failing(spoilt("pkg:npm/small@2.0.0", "pkg:npm/small")) == {}


def test_a_product_with_nothing_of_others_owes_no_such_assessment() -> None:
    """Nothing is to be told of what is not there."""
    manifest = tiny().files["tabard.toml"].decode().partition("[[component]]")[0]
    package = tiny({"tabard.toml": manifest, "vendor/small.js": None})
    assert ("safety-third-parties-covered", Verdict.not_applicable, "tabard.toml") in found_of(package)


def test_a_changed_product_is_another_configuration() -> None:
    """A file changed after the officer looked: the case is of what was, and says so."""
    changed = again(tiny())
    files = {**changed.files, "app.css": b"body { color: #000000; background: #ffffff; }\n"}
    files[SBOM_NAME] = sbom_of(parse_manifest(files["tabard.toml"], files), files)
    package = read_package(pack(files))
    assert failing(package) == {"safety-case-of-this-configuration": [f"fail {CASE} configuration_sha256"]}


def test_a_log_of_another_digest_than_the_case_names_is_told() -> None:
    """A comment is enough: what was signed is these bytes."""
    files = {**tiny().files, "hazards.toml": HAZARDS.encode() + b"# more\n"}
    files[SBOM_NAME] = sbom_of(parse_manifest(files["tabard.toml"], files), files)
    told = fails(read_package(pack(files)))
    assert told == {
        "safety-case-of-this-log": [f"{CASE} hazard_log_sha256"],
        "safety-log-signed": [f"{APPROVAL} hazards.toml"],
    }


def statement(package: Package, key: SigningKey) -> dict[str, Any]:
    """What the officer signs, as anybody could write it."""
    names = ("hazards.toml", CASE)
    officer = {"name": "Dr Ada Pretend", "register": "GMC", "number": "9999001", "publicKey": key.public.pem}
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": name, "digest": {"sha256": hashlib.sha256(package.files[name]).hexdigest()}} for name in names
        ],
        "predicateType": "urn:tabard:safety-approval:v1",
        "predicate": {
            "product": "tiny",
            "version": "1.0.0",
            "issue": 1,
            "officer": officer,
            "approvedAt": APPROVED.isoformat(),
        },
    }


def signed(told: dict[str, Any], key: SigningKey) -> bytes:
    return Envelope(IN_TOTO, canonical(told)).signed_by(key).to_bytes()


def test_a_statement_that_is_whole_and_signed_counts() -> None:
    """The one that the next test spoils."""
    key = new_signing_key()
    assert fails(again(tiny(), approval=signed(statement(tiny(), key), key))) == {}


@pytest.mark.parametrize(
    "wrong", ["key", "type", "subject", "twice", "officer", "issue", "zone", "more", "none", "text", "version"]
)
def test_an_approval_that_does_not_hold_fails_this_rule_alone(wrong: str) -> None:
    """Another's key, another kind, other files, another person, another issue, no zone, a key that nobody knows, no JSON."""
    key = new_signing_key()
    told = statement(tiny(), key)
    predicate = told["predicate"]
    if wrong == "key":
        key = new_signing_key()
    told["predicateType"] = "urn:other" if wrong == "type" else told["predicateType"]
    if wrong in ("subject", "twice"):
        told["subject"] = told["subject"][:1] if wrong == "subject" else [*told["subject"], told["subject"][0]]
    predicate["officer"]["number"] = "1" if wrong == "officer" else "9999001"
    predicate["issue"] = 2 if wrong == "issue" else 1
    predicate["version"] = "0.9.0" if wrong == "version" else "1.0.0"
    predicate["approvedAt"] = "2026-03-02T10:00:00" if wrong == "zone" else predicate["approvedAt"]
    if wrong == "more":
        predicate["password"] = "x"  # a secret would hide here
    raw = {"none": b"{}", "text": b"\xff"}.get(wrong) or signed(told, key)
    found = fails(again(tiny(), approval=raw))
    assert found.keys() == {"safety-log-signed"}, found


def test_without_an_approval_a_log_for_use_fails() -> None:
    """And when the registration held cannot be said."""
    package = again(tiny(), approval=None)
    assert fails(package) == {"safety-log-signed": [APPROVAL]}
    assert not_assessed(package) == {"safety-registration-in-date": [f"{CASE} officer"]}


def test_a_log_in_development_that_nobody_approved_fails() -> None:
    """What is decided goes to real patients: no reviewer's word stands in the place of the officer's. It fails by that rule alone."""
    text = TEXT.replace('"deployment"', '"development"')
    package = again(papers_of(tiny({"hazards.toml": DRAFT}), text), approval=None)
    assert fails(package) == {"safety-log-signed": [APPROVAL]}
    bare = text.partition("[officer]")[0] + "[[third_party]]" + text.partition("[[third_party]]")[2]
    files = {name: raw for name, raw in package.files.items() if name not in (CASE, APPROVAL)}
    sealed = again(package, case=sealed_text(files, bare), approval=None)
    assert fails(sealed) == {"safety-log-signed": [APPROVAL]}
    assert not_assessed(sealed) == {"safety-registration-in-date": [f"{CASE} officer"]}


def sealed_text(files: dict[str, bytes], text: str) -> bytes:
    return sealed(text, parse_manifest(files["tabard.toml"], files), files).encode()


def test_the_officer_signs_as_somebody_whom_the_manifest_names() -> None:
    """Another person's approval, however well signed, is not the named officer's."""
    package = papers_of(tiny(), TEXT.replace('number = "9999001"', 'number = "7777777"'))
    told = fails(package)
    assert told == {
        "safety-log-signed": [f"{APPROVAL} officer"],
        "safety-registration-in-date": [f"{CASE} officer"],
    }


SECOND = """
[[hazard]]
id = "H2"
title = "Another"
causes = ["c"]
effect = "e"
harm = "h"
care_setting = "wards"
initial = { severity = "minor", likelihood = "low", rating = 1, rationale = "r" }
residual = { severity = "minor", likelihood = "low", rating = 1, rationale = "r" }
status = "controlled"
"""
CHANGE = '\n[[change]]\nversion = "1.1.0"\nwords = "The list is shorter; no risk is other than it was."\n'


def following(log: str, case: str = TEXT + CHANGE, issue: int = 2, supersedes: Package | None = None) -> Package:
    """Version 1.1.0 of the tiny product, with another style and this log."""
    old = supersedes or tiny({"hazards.toml": HAZARDS + SECOND})
    digest = hashlib.sha256(old.files["hazards.toml"]).hexdigest()
    told = log.replace('"1.0.0"', '"1.1.0"').replace("issue = 1", f'issue = {issue}\nsupersedes = "{digest}"')
    files = {"hazards.toml": told, "app.css": "body { color: #000; background: #fff; }\n"}
    return papers_of(
        tiny(files, {'version = "1.0.0"': 'version = "1.1.0"'}), case.replace("issue = 1", f"issue = {issue}")
    )


BEFORE = tiny({"hazards.toml": HAZARDS + SECOND})


def test_a_following_version_is_held_against_the_one_before() -> None:
    """All hazards kept, the issue before named, what changed told: all pass; without the one before a person must look."""
    after = following(HAZARDS + SECOND)
    assert fails(after, BEFORE) == {}
    assert not_assessed(after, BEFORE) == {}
    assert not_assessed(after) == {
        "hazard-ids-kept": ["hazards.toml supersedes"],
        "safety-officer-kept": [f"{APPROVAL} officer.publicKey"],
        "safety-change-assessed": [CASE],
    }


@pytest.mark.parametrize(
    ("log", "place"),
    [
        (HAZARDS, "H2"),
        (HAZARDS + SECOND.replace('"H2"', '"H3"'), "H2"),
        (HAZARDS + SECOND.replace('"Another"', '"Something else altogether"'), "H2"),
    ],
)
def test_no_hazard_is_taken_out_renumbered_or_given_to_another(log: str, place: str) -> None:
    """Incidents point at its id for years."""
    assert fails(following(log), BEFORE) == {"hazard-ids-kept": [f"hazards.toml {place}"]}


def test_an_issue_names_the_one_before_and_counts_up() -> None:
    """Or somebody could put an older log in its place."""
    other = following(HAZARDS + SECOND + "# x\n", supersedes=tiny())
    reworded = following((HAZARDS + SECOND).replace('effect = "e"', 'effect = "f"'), supersedes=tiny())
    assert fails(other, BEFORE) == {}
    assert fails(reworded, BEFORE) == {"hazard-ids-kept": ["hazards.toml supersedes"]}
    same = following((HAZARDS + SECOND).replace('effect = "e"', 'effect = "f"'), issue=1)
    assert fails(same, BEFORE) == {"hazard-ids-kept": ["hazards.toml issue"]}


@pytest.mark.parametrize(
    "case",
    [
        TEXT,
        TEXT + CHANGE.replace("1.1.0", "1.0.9"),
        TEXT + CHANGE.replace("The list is shorter; no risk is other than it was.", "Less."),
    ],
)
def test_a_changed_product_with_an_unchanged_safety_case_is_flagged(case: str) -> None:
    """What changed, and what it means for the risks, is said of this version."""
    assert fails(following(HAZARDS + SECOND, case), BEFORE) == {"safety-change-assessed": [f"{CASE} change 1.1.0"]}


def test_old_words_do_not_tell_a_new_change() -> None:
    """What the case before said already says nothing of this change."""
    before = papers_of(BEFORE, TEXT + CHANGE)
    assert fails(following(HAZARDS + SECOND), before) == {"safety-change-assessed": [f"{CASE} change 1.1.0"]}


def test_a_registration_is_held_against_the_day_of_approval() -> None:
    """An officer whose registration ended before they signed did not sign as a clinician."""
    late = papers_of(tiny(), TEXT, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert fails(late) == {"safety-registration-in-date": [f"{CASE} officer.expires"]}


@pytest.mark.parametrize("raw", [b"\xff", b"=", b"", b"a = " + b"[" * 5000, b"#" * (1024 * 1024 + 1)])
def test_a_case_that_is_none_fails(raw: bytes) -> None:
    """It is the product's fault and not an error of ours."""
    assert "safety-case-readable" in fails(again(tiny(), case=raw))


def test_every_unknown_key_of_a_case_is_told() -> None:
    """A mistyped key must not be passed over."""
    raw = tiny().files[CASE].replace(b"[officer]", b"[officer]\nnick = 1") + b"\n[other]\n"
    assert fails(again(tiny(), case=raw))["safety-case-readable"] == [f"{CASE} officer.nick", f"{CASE} other"]
