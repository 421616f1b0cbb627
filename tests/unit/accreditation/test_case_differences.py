"""A later version is judged by what changed; where nothing did, now and then by lot, which anybody can draw again."""

from dataclasses import replace

import pytest

from tabard.accreditation import (
    ONE_IN,
    Case,
    Route,
    code_changed,
    is_drawn,
    judge_by_difference,
    lot_of,
    publish,
    since,
)
from tabard.decision import Role
from tabard.product import Package
from unit.accreditation.people import NOW, OPEN, PACKAGE, checked, drafted, in_review, reviewed, submitted
from unit.accreditation.test_cases import sign
from unit.accreditation.tiny import HAZARDS, MANIFEST, tiny

QUIET = next(f"{number}" for number in range(1000) if not is_drawn(f"{number}", PACKAGE.sha256))
LOUD = next(f"{number}" for number in range(1000) if is_drawn(f"{number}", PACKAGE.sha256))


def other(**files: str) -> Package:
    return tiny({name.replace("__", "."): text for name, text in files.items()})


def test_a_first_version_is_judged_as_a_whole() -> None:
    """There is nothing to compare it with."""
    found = since(None, PACKAGE, "n")
    assert (found.route, set(found.roles)) == (Route.first, set(Role))


@pytest.mark.parametrize(
    ("change", "roles", "words"),
    [
        (
            {"tabard__toml": MANIFEST.replace('"user/Encounter.rs"', '"user/Encounter.rs", "user/Patient.rs"')},
            set(Role),
            "asks for more: user/Patient.rs",
        ),
        ({"tabard__toml": MANIFEST.replace("Nurses see", "Doctors see")}, set(Role), "other words"),
        ({"tabard__toml": MANIFEST.replace('["ward"]', '["ward", "emergency"]')}, set(Role), "used elsewhere"),
        ({"tabard__toml": MANIFEST.replace('["staff"]', '["staff", "patients"]')}, set(Role), "by others"),
        (
            {"tabard__toml": MANIFEST.replace("Dr Ada Pretend", "Dr Bo Pretend")},
            {Role.clinical_safety},
            "safety officer",
        ),
        ({"hazards__toml": HAZARDS.replace("Old list, or none", "Old list")}, {Role.clinical_safety}, "hazard log"),
        (
            {"tabard__toml": MANIFEST.replace('"2.0.0"', '"2.0.1"').replace("@2.0.0", "@2.0.1")},
            {Role.security},
            "dependencies",
        ),
    ],
)
def test_what_changed_says_who_judges_anew(change: dict[str, str], roles: set[Role], words: str) -> None:
    """More rights and another use: everybody; hazards: clinical safety; dependencies: security."""
    found = since(PACKAGE, other(**change), QUIET)
    assert (found.route, set(found.roles)) == (Route.difference, roles)
    assert any(words in one for one in found.because)


def test_much_code_is_judged_anew() -> None:
    """A fifth of it and less is not; the share is of bytes, of files that came or went too."""
    assert code_changed({"a.js": b"x" * 80, "b.js": b"y" * 20}, {"a.js": b"x" * 80, "b.js": b"z" * 20}) == 0.2
    assert code_changed({"a.js": b"x" * 50}, {"a.js": b"x" * 50, "b.js": b"z" * 50}) == 0.5
    assert code_changed({}, {}) == 0.0
    assert code_changed({"a.png": b"1"}, {"a.png": b"2"}) == 0.0
    found = since(PACKAGE, other(app__js="// nothing as it was\n" * 500), QUIET)
    assert Role.security in found.roles


def test_the_lot_is_drawn_again_by_anybody() -> None:
    """From the number that was made after the bytes were fixed; about one in ten, and the same each time."""
    drawn = sum(is_drawn(f"{number}", PACKAGE.sha256) for number in range(2000))
    assert 140 < drawn < 260
    assert ONE_IN == 10
    same, sampled = since(PACKAGE, PACKAGE, QUIET), since(PACKAGE, PACKAGE, LOUD)
    assert (same.route, same.roles) == (Route.same, ())
    assert (sampled.route, set(sampled.roles)) == (Route.sample, set(Role))
    assert sampled.lot == lot_of(LOUD, PACKAGE.sha256)


def accredited() -> Case:
    """A version that was reviewed by people, accredited and published."""
    case = drafted(reviewed(in_review(OPEN)))
    return publish(sign(sign(case, "safe"), "secure"), NOW)


def test_what_was_reviewed_stands_where_nothing_asks_for_a_new_look() -> None:
    """With its reviewer's name and the version it was said of; not for a role that judges anew, not by lot, not with other evidence."""
    before = accredited()
    case = checked(OPEN, submitted())
    same = since(PACKAGE, PACKAGE, QUIET)
    carried = judge_by_difference(case, same, before)
    assert carried.unreviewed == ()
    assert all("said of version 1.0.0" in one.reason for one in carried.reviews)
    again = judge_by_difference(case, same, carried)
    assert [one.reason.count("said of version") for one in again.reviews] == [1] * len(again.reviews)
    assert judge_by_difference(case, since(PACKAGE, PACKAGE, LOUD), before).reviews == ()
    assert judge_by_difference(case, replace(same, roles=tuple(Role)), before).reviews == ()
    moved = replace(OPEN, findings=tuple(replace(one, evidence="f" * 64) for one in OPEN.findings))
    assert judge_by_difference(checked(moved, submitted()), same, before).reviews == ()
