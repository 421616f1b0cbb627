"""Who may change what a feed means: the words it wants, whose, and for what exactly they are given."""

from pathlib import Path

import pytest

from tabard.dialect import BadDialect, Dialect, Event, load
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock
from tabard.link import NotApproved, Signatory, Standing, approve, back, propose, read_history, shadow, standing, switch
from tabard.link.versions import version_path
from unit.link.a_feed import BOTH, IDS, LEAD, NURSE, OFFICER, Ticking, begun, changed

RISKY: dict[str, dict[str, object]] = {
    "identifiers": {"identifiers__unlabelled_authority": "RXX"},
    "merge": {"events": {**load("itk-2.4").events, "ADT^Z40": Event.merge}},
    "null": {"null": "ignored"},
    "location": {"locations__ward": 3, "locations__bed": 2},
}
HARMLESS: dict[str, object] = {"noted_segments": ("ZZZ",)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hospital's folder with one link."""
    return begun(tmp_path)


@pytest.fixture
def clock() -> Clock:
    """A clock that moves on."""
    return Ticking()


def ran(folder: Path, clock: Clock) -> str:
    """Run what is proposed in the shadow; the digest of the report."""
    found = standing(folder, "pas").proposal
    assert found is not None
    return shadow(folder, "pas", found.made.digest, LEAD, IDS, clock).digest


def proposed(folder: Path, clock: Clock, dialect: Dialect) -> str:
    """Propose a dialect; its digest."""
    found = propose(folder, "pas", dialect, LEAD, "as the site sends it", clock).proposal
    assert found is not None
    return found.made.digest


def missing(found: Standing) -> tuple[str, ...]:
    """Whose words are missing."""
    assert found.proposal is not None
    return found.proposal.missing


@pytest.mark.parametrize("kind", RISKY)
def test_a_change_of_a_risky_kind_wants_two_words(folder: Path, clock: Clock, kind: str) -> None:
    """An integration lead's alone does not do, a clinical safety officer's alone neither; both do, in any order."""
    digest = proposed(folder, clock, changed(**RISKY[kind]))
    report = ran(folder, clock)
    found = standing(folder, "pas").proposal
    assert found is not None
    assert found.made.kinds == (kind,)
    assert missing(standing(folder, "pas")) == ("integration", "clinical_safety")
    for by, role in ((OFFICER, "clinical_safety"), (LEAD, "integration")):
        with pytest.raises(NotApproved):
            switch(folder, "pas", digest, LEAD, clock)
        approve(folder, "pas", digest, by, role, report, clock)
    assert switch(folder, "pas", digest, LEAD, clock).live.digest == digest


def test_any_other_change_wants_one_word(folder: Path, clock: Clock) -> None:
    """An integration lead's, and no other's."""
    digest = proposed(folder, clock, changed(**HARMLESS))
    report = ran(folder, clock)
    assert missing(standing(folder, "pas")) == ("integration",)
    with pytest.raises(NotApproved):
        approve(folder, "pas", digest, OFFICER, "clinical_safety", report, clock)
    approve(folder, "pas", digest, LEAD, "integration", report, clock)
    assert switch(folder, "pas", digest, LEAD, clock).live.digest == digest


def test_one_person_is_not_two(folder: Path, clock: Clock) -> None:
    """Who holds both roles gives one word; the other is somebody else's."""
    digest = proposed(folder, clock, changed(**RISKY["null"]))
    report = ran(folder, clock)
    approve(folder, "pas", digest, BOTH, "integration", report, clock)
    with pytest.raises(NotApproved, match="has given a word"):
        approve(folder, "pas", digest, BOTH, "clinical_safety", report, clock)
    again = Signatory(BOTH.username, "another name", BOTH.roles)
    with pytest.raises(NotApproved, match="has given a word"):
        approve(folder, "pas", digest, again, "clinical_safety", report, clock)
    assert missing(standing(folder, "pas")) == ("clinical_safety",)


@pytest.mark.parametrize(
    ("by", "role"), [(LEAD, "clinical_safety"), (OFFICER, "integration"), (NURSE, "integration"), (NURSE, "clinician")]
)
def test_a_word_is_worth_what_its_giver_is(folder: Path, clock: Clock, by: Signatory, role: str) -> None:
    """Nobody gives the word of a role that they do not hold, or of one that has no word here."""
    digest = proposed(folder, clock, changed(**RISKY["location"]))
    report = ran(folder, clock)
    with pytest.raises(NotApproved):
        approve(folder, "pas", digest, by, role, report, clock)
    assert missing(standing(folder, "pas")) == ("integration", "clinical_safety")


def test_a_word_is_given_for_the_report_that_was_read(folder: Path, clock: Clock) -> None:
    """Not for one of an earlier run; and a new run makes earlier words worth nothing."""
    digest = proposed(folder, clock, changed(**RISKY["location"]))
    with pytest.raises(NotApproved, match="not run"):
        approve(folder, "pas", digest, LEAD, "integration", "0" * 64, clock)
    first = ran(folder, clock)
    approve(folder, "pas", digest, LEAD, "integration", first, clock)
    second = ran(folder, clock)
    assert second != first
    assert missing(standing(folder, "pas")) == ("integration", "clinical_safety")
    with pytest.raises(NotApproved, match="latest"):
        approve(folder, "pas", digest, OFFICER, "clinical_safety", first, clock)
    approve(folder, "pas", digest, OFFICER, "clinical_safety", second, clock)
    with pytest.raises(NotApproved):
        switch(folder, "pas", digest, LEAD, clock)


def test_a_proposal_made_again_wants_new_words(folder: Path, clock: Clock) -> None:
    """Words given for another dialect, or for the same one proposed before, do not carry over."""
    digest = proposed(folder, clock, changed(**RISKY["null"]))
    report = ran(folder, clock)
    approve(folder, "pas", digest, OFFICER, "clinical_safety", report, clock)
    other = proposed(folder, clock, changed(**RISKY["location"]))
    with pytest.raises(NotApproved, match="not what is proposed"):
        approve(folder, "pas", digest, LEAD, "integration", report, clock)
    with pytest.raises(NotApproved):
        switch(folder, "pas", other, LEAD, clock)
    assert proposed(folder, clock, changed(**RISKY["null"])) == digest
    assert missing(standing(folder, "pas")) == ("integration", "clinical_safety")


def test_nothing_goes_live_unseen(folder: Path, clock: Clock) -> None:
    """Without a shadow run neither a word nor a switch."""
    digest = proposed(folder, clock, changed(**HARMLESS))
    with pytest.raises(NotApproved, match="shadow"):
        switch(folder, "pas", digest, LEAD, clock)


def test_what_goes_live_is_what_was_approved(folder: Path, clock: Clock) -> None:
    """A version whose file was altered after the words were given is refused."""
    digest = proposed(folder, clock, changed(**HARMLESS))
    approve(folder, "pas", digest, LEAD, "integration", ran(folder, clock), clock)
    path = version_path(folder, digest)
    path.write_text(path.read_text().replace("Europe/London", "Europe/Paris"))
    with pytest.raises(CallerError, match="not what was approved"):
        switch(folder, "pas", digest, LEAD, clock)
    assert standing(folder, "pas").live.digest != digest


def test_back_is_one_person_s_word(folder: Path, clock: Clock) -> None:
    """Of either role, at once, whatever kind of change it undoes; forward again wants all words anew."""
    digest = proposed(folder, clock, changed(**RISKY["identifiers"]))
    report = ran(folder, clock)
    for by, role in ((LEAD, "integration"), (OFFICER, "clinical_safety")):
        approve(folder, "pas", digest, by, role, report, clock)
    switch(folder, "pas", digest, LEAD, clock)
    with pytest.raises(NotApproved):
        back(folder, "pas", NURSE, "it worries me", clock)
    found = back(folder, "pas", OFFICER, "beds are wrong", clock)
    assert found.live.digest != digest
    assert found.proposal is None
    with pytest.raises(NotApproved):
        switch(folder, "pas", digest, LEAD, clock)
    with pytest.raises(CallerError, match="before"):
        back(folder, "pas", OFFICER, "again", clock)
    assert [one.step for one in read_history(folder, "pas")][-2:] == ["live", "back"]


def test_who_said_what_and_when_is_kept(folder: Path, clock: Clock) -> None:
    """Each step names its person, role, versions and report."""
    digest = proposed(folder, clock, changed(**HARMLESS))
    report = ran(folder, clock)
    approve(folder, "pas", digest, LEAD, "integration", report, clock)
    switch(folder, "pas", digest, LEAD, clock)
    first, made, ran_, word, live = read_history(folder, "pas")
    assert (first.step, first.by) == ("first", "tabard")
    assert (made.step, made.by, made.reason, made.old) == ("proposed", "iain", "as the site sends it", first.digest)
    assert (ran_.step, ran_.report, ran_.messages) == ("shadowed", report, 0)
    assert (word.step, word.by, word.name, word.role, word.report, word.digest, word.old) == (
        "approved", "iain", "Iain Pryce", "integration", report, digest, first.digest,
    )  # fmt: skip
    assert (live.step, live.by, live.digest, live.report) == ("live", "iain", digest, report)


def test_what_is_no_change_is_not_proposed(folder: Path, clock: Clock) -> None:
    """The live dialect, a dialect with faults, a change without a reason, and one by nobody who may."""
    with pytest.raises(CallerError, match="live dialect already"):
        propose(folder, "pas", "itk-2.4", LEAD, "the same", clock)
    (folder / "bad.toml").write_text('base = "itk-2.4"\nnulls = "ignored"\n')
    with pytest.raises(BadDialect):
        propose(folder, "pas", folder / "bad.toml", LEAD, "bad", clock)
    with pytest.raises(CallerError, match="reason"):
        propose(folder, "pas", "simhospital", LEAD, "  ", clock)
    with pytest.raises(NotApproved):
        propose(folder, "pas", "simhospital", OFFICER, "another", clock)
    assert [one.step for one in read_history(folder, "pas")] == ["first"]
