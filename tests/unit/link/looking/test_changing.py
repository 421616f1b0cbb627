"""Every step by which a feed comes to mean something else stands in the audit; what cannot be written there is not done."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tabard.audit import AuditLog, AuditUnavailable, Outcome, read
from tabard.ground.errors import CallerError
from tabard.ground.ids import KeyedIds
from tabard.link import Changing, LinkSettings, NotApproved, Signatory, add_link, live_version, read_history, shadow
from unit.link.a_feed import NOW, fill
from unit.link.itk import adt

IAIN = Signatory("iain", "Iain Pryce", frozenset({"integration"}))
SANA = Signatory("sana", "Dr Sana Iqbal", frozenset({"clinical_safety"}))
BEDS = 'base = "itk-2.4"\nname = "ours"\n[locations]\nward = 3\nbed = 2\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hospital with a link, messages that came, and another dialect in a file."""
    add_link(tmp_path, LinkSettings("pas", "itk-2.4", 0))
    fill(tmp_path, adt("A01"), adt("A02", place="W2^B2"))
    (tmp_path / "ours.toml").write_text(BEDS)
    return tmp_path


@pytest.fixture
def audit(folder: Path) -> Iterator[AuditLog]:
    """Its audit log."""
    log = AuditLog(folder / "audit", lambda: NOW)
    yield log
    log.close()


def events(folder: Path) -> list[tuple[str, str, str, str | None]]:
    """What was written: who did what, how it ended, in which role."""
    found = [one for one in read(folder / "audit") if one["action"].startswith("dialect-")]
    assert {one["context"] for one in found} == {"link/pas"}
    return [(one["person"], one["action"], one["outcome"], one.get("purpose")) for one in found]


def test_each_step_is_written_with_who_took_it(folder: Path, audit: AuditLog) -> None:
    """Proposed, refused before it ran, approved by two, live, and back: by whom, and as what; never the words of a reason."""
    later = iter(range(99))
    changing = Changing(folder, audit, lambda: NOW + timedelta(seconds=next(later)))
    made = changing.propose("pas", folder / "ours.toml", IAIN, "the beds of Mrs Smith moved").proposal
    assert made is not None
    digest = made.made.digest
    with pytest.raises(NotApproved):
        changing.switch("pas", digest, IAIN)
    report = shadow(folder, "pas", digest, IAIN, KeyedIds(b"k"), lambda: NOW, last=9).digest
    changing.approve("pas", digest, IAIN, "integration", report)
    with pytest.raises(NotApproved):
        changing.approve("pas", digest, SANA, "integration", report)
    changing.approve("pas", digest, SANA, "clinical_safety", report)
    changing.switch("pas", digest, IAIN)
    changing.back("pas", SANA, "two patients in one bed")
    with pytest.raises(CallerError):
        changing.back("pas", SANA, "again")
    assert events(folder) == [
        ("iain", "dialect-propose", "granted", "integration"),
        ("iain", "dialect-switch", "refused", None),
        ("iain", "dialect-approve", "granted", "integration"),
        ("sana", "dialect-approve", "refused", None),
        ("sana", "dialect-approve", "granted", "clinical_safety"),
        ("iain", "dialect-switch", "granted", "integration"),
        ("sana", "dialect-back", "granted", "clinical_safety"),
        ("sana", "dialect-back", "refused", None),
    ]
    assert {one["resource"] for one in read(folder / "audit") if one["outcome"] == Outcome.granted} == {
        f"dialect/{digest}",
        f"dialect/{live_version(folder, 'pas').digest}",
    }
    assert not any(b"Smith" in file.read_bytes() for file in (folder / "audit").iterdir() if file.is_file())


def test_what_cannot_be_audited_is_not_done(folder: Path, audit: AuditLog) -> None:
    """No step is taken that the audit does not tell of."""
    changing = Changing(folder, audit, lambda: NOW)
    changing.propose("pas", folder / "ours.toml", IAIN, "beds")
    before = read_history(folder, "pas")
    audit.close()
    with pytest.raises(AuditUnavailable):
        changing.propose("pas", folder / "ours.toml", IAIN, "beds")
    assert read_history(folder, "pas") == before
