"""A store with one version that is accredited for its first hospital, and what was shown there in its maker's ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tabard.accreditation import Terms
from tabard.accreditation.claims import Evidence, EvidenceKind
from tabard.decision import FirstOfType
from unit.store.product_files import folder_of
from unit.web_store.judged import HARM, reviewed, signed, submitted
from unit.web_store.world import World, world_in

EXIT = ("Ten weeks without harm to anybody.", f"Fifty clinicians have used it, and {HARM} none of them was misled.")
ITEM = "ab" * 32


@contextmanager
def first_of_type_in(folder: Path, port: int) -> Iterator[tuple[World, str]]:
    """The world, and that case."""
    with world_in(folder, port) as world:
        case = reviewed(world, submitted(world, folder_of(folder / "one", "1.0.0")))
        signed(world, case, Terms(first_of_type=FirstOfType(("RXX",), EXIT)))
        item = Evidence(
            id="weeks-2026",
            sha256=ITEM,
            kind=EvidenceKind.document,
            title=f"Eleven weeks at the first hospital {HARM}",
            organisation="RZZ",
            made=world.store.clock().date(),
            serves=("dtac-2.0/C1.2.4",),
        )
        world.store.evidence.add(item, "St Elsewhere's Hospital")
        yield world, case


def answers(reach: str = "everywhere", sites: str = "", *, up_to: int = 2) -> dict[str, str]:
    """The form filled in, as many exit criteria answered."""
    told = {"reach": reach, "sites": sites}
    for number in (1, 2):
        is_shown = number <= up_to
        told |= {
            f"site:{number}": "RXX",
            f"words:{number}": "Nothing was reported in eleven weeks." if is_shown else "",
            f"evidence:{number}": ITEM if is_shown else "",
        }
    return told
