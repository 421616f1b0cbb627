"""A maker gives its toolkit once: two products rest on it, it is replaced and withdrawn, and each criterion follows."""

from datetime import date
from pathlib import Path

import pytest

from tabard.accreditation.claims import Standing, Status
from tabard.product import build
from unit.cli.at_store import answered, reach, run
from unit.store.product_files import folder_of, sign_papers
from unit.store.world import World, world as made

ASKED = "dtac-2.0/C2.1"
CLAIMS = """
[[claim]]
criterion = "{asked}"
state = "done"
answer = "confirmed"
{evidence}
"""
SAYS = ("--says", "status=Standards met", "--says")


@pytest.fixture(name="world")
def _world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A store on a day on which the form is in force, and two documents."""
    world = made(tmp_path)
    world.clock.pass_by(days=50)
    reach(world, monkeypatch)
    (tmp_path / "old.pdf").write_bytes(b"%PDF-1.7 the toolkit of 2024-25")
    (tmp_path / "new.pdf").write_bytes(b"%PDF-1.7 the toolkit of 2025-26")
    return world


def submitted(world: World, product: str, evidence: str) -> str:
    """The case of a product whose claims have that line."""
    folder = folder_of(world.folder / product, words=f"A name of {product}")
    for name in ("tabard.toml", "hazards.toml"):
        path = folder / name
        path.write_text(path.read_text().replace('"tiny"', f'"{product}"'))
    (folder / "claims.toml").write_text(CLAIMS.format(asked=ASKED, evidence=evidence))
    case = world.submit(build(sign_papers(folder)))
    world.store.check()
    world.store.assign(case, world.who("Ada Safe"), "none")
    world.store.assign(case, world.who("Bo Secure"), "none")
    return case


def standing(world: World, case: str) -> Standing:
    """How the toolkit's criterion stands in that case."""
    return next(found for one, found in world.store.standings(case) if one.id == ASKED)


def test_evidence_is_given_once_and_followed(world: World) -> None:
    """Handed in, cited, judged for both, replaced and judged again, withdrawn; and nothing of it is lost."""
    store, ada, files = world.store, world.who("Ada Safe"), world.folder
    first = answered(
        *("add", files / "old.pdf", "--kind", "dspt", "--title", "DSPT 2024-25", "--made", "2025-06-20"),
        *("--serves", ASKED, *SAYS, "year=2024-25"),
    )
    line = run("cite", "dspt").stdout
    cases = [submitted(world, product, line) for product in ("sun-dial", "moon-dial")]

    for case in cases:
        found = standing(world, case)
        assert (found.status, found.evidence[-1]) == (Status.not_assessed, first["sha256"])
        assert store.evidence_bytes(first["sha256"]).startswith(b"%PDF")
        store.judge(case, ada, (ASKED,), Status.met, "I read the letter of it.")
    assert [standing(world, case).status for case in cases] == [Status.met, Status.met]

    second = answered("replace", first["id"], files / "new.pdf", "--made", "2026-04-15", *SAYS, "year=2025-26")
    for case in cases:
        found = standing(world, case)
        assert (found.status, found.evidence[-1]) == (Status.not_assessed, second["sha256"])
        assert "had before them has changed" in "; ".join(found.because)
        store.judge(case, ada, (ASKED,), Status.met, "I read the newer letter of it.")
    assert [standing(world, case).status for case in cases] == [Status.met, Status.met]

    world.clock.now = world.clock.now.replace(
        year=2026, month=7, day=2
    )  # the first year's letter would have ended by now
    assert [standing(world, case).status for case in cases] == [Status.met, Status.met]
    run("withdraw", second["id"], "--reason", "It was another organisation's.")
    for case in cases:
        found = standing(world, case)
        assert found.status is Status.not_met
        assert "not among what stands" in "; ".join(found.because)

    items = answered("list")["items"]
    assert [(one["title"], one["stands"]) for one in items] == [("DSPT 2024-25", False), ("DSPT 2024-25", False)]
    assert [store.evidence_bytes(one["sha256"])[-7:] for one in items] == [b"2024-25", b"2025-26"]
    assert [one.at.date() for one in store.evidence.ledger("RZZ").entries][-1] == date(2026, 7, 2)
