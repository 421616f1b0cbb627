"""Versions of dialects, and which is live: it fails closed."""

import os
from pathlib import Path

import pytest

from tabard.dialect import BadDialect, digest_of, load, names
from tabard.link import LiveDialects, NoDialect, approve, back, load_link, propose, read_history, switch
from tabard.link.history import head_path, history_path
from tabard.link.versions import begin, keep, lives, version_path
from unit.link.a_feed import LEAD, Ticking, begun, changed
from unit.link.test_switching import ran


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hospital's folder with one link."""
    return begun(tmp_path)


@pytest.mark.parametrize("name", names())
def test_every_shipped_dialect_is_kept_whole(tmp_path: Path, name: str) -> None:
    """What is read back says the same, and has the same digest, without its base beside it."""
    kept = keep(tmp_path, load(name))
    assert kept.dialect == load(name)
    assert digest_of(kept.dialect) == kept.digest
    assert keep(tmp_path, load(name)) == kept


def test_the_first_version_is_what_the_link_was_set_up_with(folder: Path) -> None:
    """It is recorded once, when the hospital is first served; the name in the settings says nothing after."""
    live = LiveDialects(folder, Ticking())
    assert live("pas") == load("itk-2.4")
    settings = folder / "links" / "pas.toml"
    settings.write_text(settings.read_text().replace("itk-2.4", "simhospital"))
    assert LiveDialects(folder, Ticking())("pas") == load("itk-2.4")
    assert [one.step for one in read_history(folder, "pas")] == ["first"]


def test_a_link_that_is_not_set_up_has_none(folder: Path) -> None:
    """Its messages are told as those of an unknown link."""
    assert LiveDialects(folder, Ticking())("lab") is None


def test_a_switch_is_seen_at_the_next_message(folder: Path) -> None:
    """Without a restart, whichever process made it; and back."""
    live, clock = LiveDialects(folder, Ticking()), Ticking()
    assert live("pas") == load("itk-2.4")
    new = changed(noted_segments=("ZZZ",))
    digest = propose(folder, "pas", new, LEAD, "ZZZ is noted", clock).proposal
    assert digest is not None
    approve(folder, "pas", digest.made.digest, LEAD, "integration", ran(folder, clock), clock)
    switch(folder, "pas", digest.made.digest, LEAD, clock)
    assert live("pas") == new
    back(folder, "pas", LEAD, "not yet", clock)
    assert live("pas") == load("itk-2.4")


def alter(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def lose(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("harm", [alter, lose])
@pytest.mark.parametrize("place", ["version", "history", "head"])
def test_a_link_without_its_files_applies_nothing(folder: Path, harm: object, place: str) -> None:
    """It has no dialect, says so, and has it again when the file is put back: while it runs, and at the next start."""
    live = LiveDialects(folder, Ticking())
    digest = digest_of(load("itk-2.4"))
    assert live("pas") == load("itk-2.4")
    path = {
        "version": version_path(folder, digest),
        "history": history_path(folder, "pas"),
        "head": head_path(folder, "pas"),
    }[place]
    kept, stat = path.read_bytes(), path.stat()
    assert callable(harm)
    if (harm, place) == (alter, "head"):
        path.write_bytes(b"9 " + kept)
    elif (harm, place) == (alter, "history"):
        path.write_bytes(kept.replace(b"tabard", b"somebody"))
    else:
        harm(path)
    for asked in (live, LiveDialects(folder, Ticking())):
        with pytest.raises(NoDialect):
            asked("pas")
        assert any("pas" in told for told in asked.faults())
    path.write_bytes(kept)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert live("pas") == load("itk-2.4")
    assert live.faults() == ()


def test_a_version_that_was_altered_is_not_kept_anew(tmp_path: Path) -> None:
    """What lies under a digest is what the digest says, or nothing is."""
    kept = keep(tmp_path, load("itk-2.4"))
    version_path(tmp_path, kept.digest).write_bytes(
        version_path(tmp_path, kept.digest).read_bytes().replace(b"Europe/London", b"Europe/Paris")
    )
    with pytest.raises(NoDialect):
        keep(tmp_path, load("itk-2.4"))


def test_back_and_back_again_ends_at_the_first(folder: Path) -> None:
    """Of first, live, live, back: the first two are what is left, and the live one is the second."""
    begin(folder, load_link(folder, "pas"), Ticking())
    clock = Ticking()
    for segment in ("ZZ1", "ZZ2"):
        found = propose(folder, "pas", changed(noted_segments=(segment,)), LEAD, "noted", clock).proposal
        assert found is not None
        approve(folder, "pas", found.made.digest, LEAD, "integration", ran(folder, clock), clock)
        switch(folder, "pas", found.made.digest, LEAD, clock)
    back(folder, "pas", LEAD, "no", clock)
    assert len(lives(read_history(folder, "pas"))) == 2
    assert LiveDialects(folder, clock)("pas") == changed(noted_segments=("ZZ1",))


def test_a_dialect_that_would_not_be_read_back_is_not_kept(tmp_path: Path) -> None:
    """It is refused with its faults, and leaves nothing under its digest."""
    with pytest.raises(BadDialect):
        keep(tmp_path, changed(time_zone="Europe/Nowhere"))
    assert list((tmp_path / "dialects").iterdir()) == []
