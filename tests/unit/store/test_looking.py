"""What people are shown of cases and products."""

import re
from datetime import timedelta

import pytest

from tabard.catalogue import Level, Recall
from tabard.ground.errors import NotFound
from tabard.ground.keys import read_signing_key
from tabard.product import build, sign_release
from unit.store.product_files import SCOPES, folder_of
from unit.store.world import World
from unit.web_store.words import judge_all


def test_a_first_version_is_told_as_new(world: World) -> None:
    """There is nothing to compare it with."""
    case = world.submit(world.package())
    assert world.store.case(case).changed == ("1.0.0 is the first version to be published: everything in it is new.",)


def test_what_changed_since_the_last_version_is_told(world: World) -> None:
    """More scopes come first, then hazards and files; the version compared with is named."""
    world.decided()
    world.store.release()
    folder = folder_of(world.folder / "next", "1.1.0", scopes=(*SCOPES, "patient/Observation.rs"), words="More")
    (folder / "hazards.toml").write_text((folder / "hazards.toml").read_text() + "# looked at again\n")
    (folder / "new.js").write_text('"use strict";\n')
    made = build(folder)
    case = world.store.submit(made.raw, sign_release(made, world.begun.publisher).to_bytes()).case.id
    changed = world.store.case(case).changed
    assert changed[0] == "Compared with 1.0.0:"
    assert changed[1].startswith("It asks for more: Reads measurements")
    assert changed[2] == "The hazard log changed."
    assert "Files new: new.js." in changed
    assert any(line.startswith("Files changed: ") and "index.html" in line for line in changed)


def test_a_case_in_the_queue_says_what_comes_next(world: World) -> None:
    """Each row names who must do what."""
    case = world.submit(world.package())
    steps = [world.store.cases()[0].next_step]
    world.store.check()
    steps.append(world.store.cases()[0].next_step)
    for name in ("Bo Secure", "Ada Safe"):
        world.store.assign(case, world.who(name), "none")
    steps.append(world.store.cases()[0].next_step)
    world.store.review(case, world.who("Bo Secure"), "pages-self-contained", "I read every file of it.")
    world.store.review(case, world.who("Ada Safe"), "pages-accessible", "I opened every page of it.")
    steps.append(world.store.cases()[0].next_step)
    assert re.fullmatch(
        r"Assessors must judge \d+ criteria that must be met\.", world.store.case(case).row.next_step
    ), "and one that is opened says how many"
    judge_all(world.store, case, [world.who("Ada Safe"), world.who("Bo Secure")])
    assert world.store.case(case).row.next_step.startswith("Every criterion that must be met is met")
    world.store.draft(case, world.who("Ada Safe"))
    steps.append(world.store.cases()[0].next_step)
    world.sign(case, "Bo Secure")
    steps.append(world.store.cases()[0].next_step)
    assert steps == [
        "The rules will run; look again in a minute.",
        "A clinical safety reviewer and a security reviewer must take it on, and say whether they have a conflict of interest.",
        "Assessors must review 2 findings that no machine could assess.",
        "Assessors must judge what waits of its criteria; then one of them drafts the decision.",
        "The decision is drafted: a clinical safety reviewer and a security reviewer must sign it.",
        "The decision is drafted: a clinical safety reviewer must sign it.",
    ]


def test_a_listing_tells_who_decided_and_what_it_may_touch(world: World) -> None:
    """A product's page holds the decision, its signers, touches, and whether it may be installed today."""
    world.decided()
    with pytest.raises(NotFound):
        world.store.listing("tiny")
    world.store.release()
    (listing,) = world.store.listings()
    version = world.store.listing("tiny").newest
    assert (listing.name, listing.publisher_name, version.version) == ("Tiny", "St Elsewhere NHS Trust", "1.0.0")
    assert [one.name for one in version.signed_by] == ["Ada Safe", "Bo Secure"]
    assert any("names, birth dates" in one.words for one in version.touches)
    assert version.is_current
    world.clock.now = version.decision.valid_until + timedelta(seconds=1)
    assert not world.store.listing("tiny").newest.is_current


@pytest.mark.parametrize(("level", "is_current"), [(Level.advisory, True), (Level.stop, False)])
def test_a_recall_is_shown_on_the_version_it_is_about(world: World, level: Level, is_current: bool) -> None:  # noqa: FBT001
    """A stopped version may not be installed; an advisory is shown beside it. Other versions are not touched."""
    for version in ("1.0.0", "1.1.0"):
        world.decided(version)
    world.store.release()
    key = read_signing_key(world.begun.offline / "recall-1.pem")
    package = world.package().sha256
    told = Recall("R-1", "tiny", (package,), level, "Wrong name.", "Use the record system.", world.clock())
    world.store.publishing.recall(told, key)
    newer, older = world.store.listing("tiny").versions
    assert (newer.recalls, newer.is_current) == ((), True)
    assert ([one.id for one in older.recalls], older.is_current) == (["R-1"], is_current)
    assert [one.id for one in world.store.recalls()] == ["R-1"]
