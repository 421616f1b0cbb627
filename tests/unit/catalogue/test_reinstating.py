"""One person pulls the cord; those who accredit, together, undo it; nobody else does. A drill does nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from tabard.catalogue import Client, Level, NotPublished, draft_reinstatement
from tabard.catalogue.model import RecallList, write
from tabard.ground.dsse import Envelope
from tabard.ground.keys import new_signing_key
from unit.catalogue.centre import Centre, steal


def site(centre: Centre, folder: Path) -> Client:
    """A site that reads the centre's folder."""
    return Client(folder / "site", str(centre.public), centre.publishing.root(), centre.clock)


@pytest.fixture
def recalled(centre: Centre) -> Centre:
    """A centre that has recalled ward-board with one key."""
    centre.publishing.publish(centre.entry())
    centre.publishing.recall(centre.recall(), centre.keys("recall")[1])
    return centre


def draft(centre: Centre) -> Envelope:
    """What undoes that recall, signed by nobody."""
    (recall,), publishing = centre.publishing.recalls(), centre.publishing
    told = draft_reinstatement(
        recall, publishing.entry("ward-board"), publishing.trust().verifier, "A mistake.", centre.clock
    )
    return told.draft()


def test_those_who_accredit_undo_a_recall(recalled: Centre, tmp_path: Path) -> None:
    """Both roles sign: it holds no more, and is still told; it does not come back."""
    client = site(recalled, tmp_path)
    client.refresh()
    (held,) = client.recalls()
    signed = draft(recalled).signed_by(recalled.ann).signed_by(recalled.ben)
    recalled.publishing.reinstate(signed, recalled.keys("recall")[0])
    client.refresh()
    assert (client.recalls(), recalled.publishing.recalls()) == ((), ())
    (kept,) = client.kept_recalls()
    assert (kept.recall, kept.because, kept.has_vanished) == (held, "A mistake.", False)
    thief = recalled.edition()
    steal(thief, "recall", "recall.json", write(RecallList((held,))), recalled.keys("recall")[:1])
    thief.publish()
    client.refresh()
    assert client.recalls() == ()


def test_nobody_else_undoes_one(recalled: Centre, tmp_path: Path) -> None:
    """One person, a stranger beside them, the recall keys, targets keys, nobody: the centre refuses, and so does a site."""
    client = site(recalled, tmp_path)
    signers = (
        (),
        (recalled.ann,),
        (recalled.ann, new_signing_key()),
        tuple(recalled.keys("recall")),
        tuple(recalled.keys("targets")),
    )
    for keys in signers:
        envelope = draft(recalled)
        for key in keys:
            envelope = envelope.signed_by(key)
        with pytest.raises(NotPublished, match="together"):
            recalled.publishing.reinstate(envelope, recalled.keys("recall")[0])
        (recall,) = recalled.publishing.recalls()
        thief = recalled.edition()
        steal(
            thief, "recall", "recall.json", write(RecallList((recall,), (envelope.to_dict(),))), recalled.keys("recall")
        )
        thief.publish()
        client.refresh()
        assert client.recalls() == (recall,)


def test_it_undoes_that_recall_and_no_other(recalled: Centre, tmp_path: Path) -> None:
    """The same id with other words, as a thief may list it, is another recall: it holds."""
    signed = draft(recalled).signed_by(recalled.ann).signed_by(recalled.ben)
    client, (recall,) = site(recalled, tmp_path), recalled.publishing.recalls()
    other = replace(recall, reason="Something else.")
    thief = recalled.edition()
    steal(
        thief, "recall", "recall.json", write(RecallList((recall, other), (signed.to_dict(),))), recalled.keys("recall")
    )
    thief.publish()
    client.refresh()
    assert client.recalls() == (other,)


def test_a_person_out_of_office_does_not_count(recalled: Centre) -> None:
    """Ann left before it was decided."""
    recalled.clock.move(days=60)
    recalled.publishing.refresh()
    trust = recalled.trust()
    gone = replace(
        trust, accreditors=(replace(trust.accreditors[0], valid_until=recalled.clock()), trust.accreditors[1])
    )
    recalled.publishing.enrol(gone, recalled.keys("targets"))
    with pytest.raises(NotPublished, match="together"):
        recalled.publishing.reinstate(
            draft(recalled).signed_by(recalled.ann).signed_by(recalled.ben), recalled.keys("recall")[0]
        )


def test_a_drill_has_no_effect(centre: Centre, tmp_path: Path) -> None:
    """It is known everywhere and recalls nothing; a recall that calls itself a drill and stops is none."""
    client = site(centre, tmp_path)
    centre.publishing.recall(replace(centre.recall(level=Level.advisory), is_drill=True), centre.keys("recall")[0])
    client.refresh()
    assert client.recalls() == ()
    assert [one.recall.is_drill for one in client.kept_recalls()] == [True]
    assert not replace(centre.recall(level=Level.stop), is_drill=True).is_drill
    assert centre.publishing.recalls() == ()
    assert centre.publishing.recall_version("r1") == 2


def test_a_level_of_a_newer_centre_is_the_gravest() -> None:
    """What is not known here stops."""
    assert Level("evacuate") is Level.stop
