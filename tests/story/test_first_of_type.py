"""A version that is accredited for one hospital first, and goes further on what was shown there: each hospital obeys."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tabard.accreditation import Terms, frameworks
from tabard.accreditation.claims import Evidence, EvidenceKind
from tabard.decision import FirstOfType, Head, Outcome, Shown, verify_log
from tabard.hospital import Hospital, InstallRefused, Wanted, init, install, load, trust
from tabard.store import NotTaken
from unit.store.world import CHEAP, World, digest, world as made

EXIT = ("Ten weeks without harm to anybody.", "Fifty clinicians have used it.")
SHOWN = (
    Shown(EXIT[0], "RZZ", "No incident was reported in eleven weeks.", "ab" * 32),
    Shown(EXIT[1], "RZZ", "Sixty-two people signed in and used it.", "cd" * 32),
)


@dataclass
class Hospitals:
    """The store, and hospitals by their ODS codes."""

    world: World
    by_code: dict[str, Hospital]

    def install(self, code: str) -> None:
        """Install the product there, taking on whatever there is."""
        install(self.by_code[code], Wanted("tiny"), lambda _: True)

    def is_refused(self, code: str) -> None:
        """That hospital may not install it yet, and is told what has to be shown first."""
        with pytest.raises(InstallRefused) as no:
            self.install(code)
        assert no.value.reason == "not_this_site"
        assert EXIT[0] in str(no.value)


@pytest.fixture
def hospitals(tmp_path: Path) -> Hospitals:
    """Three hospitals that trust the store's catalogue."""
    world, found = made(tmp_path), {}
    root = world.store.publishing.root()
    for number, code in enumerate(("RZZ", "RYY", "RXX")):
        folder = tmp_path / code
        init(folder, f"Hospital {code}", code, 8710 + number, cost=CHEAP)
        trust(folder, str(world.store.folder.public), root, world.clock)
        found[code] = load(folder, world.clock, cost=CHEAP)
    return Hospitals(world, found)


def first_of_type(world: World) -> str:
    """The case of a version that is published for one hospital."""
    case = world.reviewed()
    world.store.draft(case, world.who("Ada Safe"), Terms(first_of_type=FirstOfType(("RZZ",), EXIT)))
    for name in ("Ada Safe", "Bo Secure"):
        world.sign(case, name)
    world.store.release()
    return case


def evidence(world: World) -> None:
    """What the first hospital showed, in the maker's ledger."""
    for one in SHOWN:
        item = Evidence(
            id=f"e-{one.evidence[:4]}",
            sha256=one.evidence,
            kind=EvidenceKind.document,
            title=one.words,
            organisation="RZZ",
            made=world.clock().date(),
            serves=(frameworks(world.clock().date())[0].criteria[0].id,),
        )
        world.store.evidence.add(item, "St Elsewhere NHS Trust")


def widen(world: World, case: str, *sites: str, shown: tuple[Shown, ...] = SHOWN) -> None:
    """Drafted by one, signed by both, published."""
    world.store.widen(case, world.who("Ada Safe"), sites, shown)
    for name in ("Ada Safe", "Bo Secure"):
        statement = world.store.case(case).case.widening
        assert statement is not None
        key = world.key(name)
        signature = key.sign(statement.to_sign)
        world.store.sign(case, world.who(name), key.public.keyid, signature, digest(statement.payload))
    world.store.release()


def test_a_version_goes_from_its_first_hospital_to_every_one(hospitals: Hospitals) -> None:
    """The first installs, the others are refused; one more is let in, then all; each step is a line of the log that holds."""
    world = hospitals.world
    case = first_of_type(world)
    hospitals.install("RZZ")
    hospitals.is_refused("RYY")
    with pytest.raises(NotTaken, match="no evidence of this digest"):
        world.store.widen(case, world.who("Ada Safe"), (), SHOWN)
    evidence(world)
    published = world.store.listing("tiny").newest.published
    world.clock.pass_by(hours=2)
    widen(world, case, "ryy", shown=SHOWN[:1])
    hospitals.install("RYY")
    hospitals.is_refused("RXX")
    widen(world, case)
    hospitals.install("RXX")
    listed = world.store.listing("tiny").newest
    assert (listed.decision.outcome, listed.published) == (Outcome.accredited, published)
    assert [one.kind for one in world.store.decisions()] == ["decided", "widened", "widened"]
    for line in world.store.decisions():
        assert world.store.documents.standings(line.statement_sha256), "what each decision pins is there for anybody"
    raw = world.store.publishing.head()
    assert raw is not None
    assert verify_log(world.store.decisions(), Head.from_bytes(raw)).count == 3


def test_a_draft_that_nobody_finished_changes_nothing_anywhere(hospitals: Hospitals) -> None:
    """Drafted and signed by one alone: the first hospital goes on, the others are refused, and nothing is listed anew."""
    world = hospitals.world
    case = first_of_type(world)
    evidence(world)
    world.store.widen(case, world.who("Ada Safe"), (), SHOWN)
    statement = world.store.case(case).case.widening
    assert statement is not None
    key = world.key("Ada Safe")
    world.store.sign(
        case, world.who("Ada Safe"), key.public.keyid, key.sign(statement.to_sign), digest(statement.payload)
    )
    world.store.release()
    hospitals.install("RZZ")
    hospitals.is_refused("RXX")
    assert [one.kind for one in world.store.decisions()] == ["decided"]
    world.store.drop_widening(case, world.who("Bo Secure"))
    assert world.store.case(case).case.widening is None
