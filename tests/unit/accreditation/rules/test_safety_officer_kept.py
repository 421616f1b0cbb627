"""safety-officer-kept: another key of the officer's is told, and stands where the old key or a person vouches for it."""

import pytest

from tabard.accreditation import Subject, Verdict
from tabard.accreditation.errors import BadApproval
from tabard.accreditation.probing.ports import CouldNot
from tabard.accreditation.rules.safety_officer_kept import check
from tabard.accreditation.safety.approving import read_approval
from tabard.accreditation.safety.model import APPROVAL, Registration
from tabard.accreditation.safety.papers import case_of
from tabard.accreditation.safety.succession import SUCCESSION, hand_over
from tabard.demo.officer import unsafe_key
from tabard.ground.dsse import Envelope
from tabard.ground.keys import SigningKey, new_signing_key
from tabard.product import Package
from unit.accreditation.pairs_safety import again, following, version_2
from unit.accreditation.safe import APPROVED
from unit.accreditation.tiny import tiny, with_files

OLD, NEW, OTHER = unsafe_key(), new_signing_key(), new_signing_key()
BEFORE = tiny()
AFTER = version_2(following(), key=NEW)
THEN = read_approval(BEFORE.files[APPROVAL], "hazards.toml")
REASON = "The old key's card was worn out and was replaced."


def officer() -> Registration:
    case = case_of(AFTER)
    assert case is not None
    assert case.officer is not None
    return case.officer


def handed(*keys: SigningKey, product: str = "tiny", who: Registration | None = None) -> Package:
    """The version after, with a word by which a key is handed over."""
    return with_files(AFTER, {SUCCESSION: hand_over(product, THEN, who or officer(), REASON, keys, APPROVED)})


def told(package: Package, before: Package | None = BEFORE) -> tuple[Verdict, str]:
    (found,) = check(Subject(package, CouldNot("no browser", "none"), before=before))
    return found.verdict, found.place


def test_another_key_without_a_word_fails() -> None:
    """Somebody else may be signing in the officer's name."""
    assert told(AFTER) == (Verdict.failed, f"{APPROVAL} officer.publicKey")


def test_the_same_key_passes_and_a_first_issue_has_none_before_it() -> None:
    """Also where what was before was never approved."""
    assert told(version_2(following()))[0] is Verdict.passed
    assert told(BEFORE, None)[0] is Verdict.passed
    assert told(AFTER, again(tiny(), approval=None))[0] is Verdict.not_applicable


def test_without_the_version_before_a_person_compares() -> None:
    """Where the log says that there is one."""
    assert told(AFTER, None)[0] is Verdict.not_assessed


def test_a_word_of_both_keys_stands_and_one_of_the_new_key_is_for_a_person() -> None:
    """A key that is lost signs nothing: then the organisation is asked by another way."""
    assert told(handed(NEW, OLD)) == (Verdict.passed, SUCCESSION)
    assert told(handed(NEW)) == (Verdict.not_assessed, SUCCESSION)


@pytest.mark.parametrize("wrong", ["another key", "another product", "another person", "another's signature", "none"])
def test_a_word_that_does_not_fit_fails(wrong: str) -> None:
    """Of another key, product or person; or not signed by the key that takes over."""
    package = {
        "another key": lambda: handed(OTHER, OLD),
        "another product": lambda: handed(NEW, OLD, product="other"),
        "another person": lambda: handed(NEW, OLD, who=_renamed()),
        "another's signature": lambda: with_files(AFTER, {SUCCESSION: _swapped()}),
        "none": lambda: with_files(AFTER, {SUCCESSION: b"{}"}),
    }[wrong]()
    assert told(package) == (Verdict.failed, SUCCESSION)


def test_a_reason_is_told_and_no_third_key_vouches() -> None:
    """Before anything is signed."""
    with pytest.raises(BadApproval, match="is told"):
        hand_over("tiny", THEN, officer(), "Lost.", (NEW,), APPROVED)
    with pytest.raises(BadApproval, match="not the key that approved"):
        hand_over("tiny", THEN, officer(), REASON, (NEW, OTHER), APPROVED)


def _renamed() -> Registration:
    one = officer()
    return Registration(
        "Dr Somebody Else", one.profession, one.register, one.number, one.checked_at, one.checked_by, one.expires
    )


def _swapped() -> bytes:
    """What the new key said, under another key's signature alone."""
    raw = hand_over("tiny", THEN, officer(), REASON, (NEW,), APPROVED)

    envelope = Envelope.from_bytes(raw)
    return Envelope(envelope.payload_type, envelope.payload).signed_by(OTHER).to_bytes()
