"""An organisation's evidence as assessors see it: what stands and what does not, why, and bytes that are put away, never shown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from tabard.accreditation.claims import Evidence, EvidenceKind
from tabard.store import Maker
from unit.web_store.judged import HARM
from unit.web_store.world import World, world_in

PAGE = f"<html><script>{HARM}</script></html>\n".encode()
PLAIN = b"What was tested, and how.\n"


@pytest.fixture(scope="module", name="world")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Items that stand, ended, were superseded and withdrawn; two with bytes, one of them a page that means harm."""
    with world_in(tmp_path_factory.mktemp("evidence")) as world:
        today, ledgers = world.store.clock().date(), world.store.evidence
        item = Evidence(
            "doc-1",
            sha256(PLAIN).hexdigest(),
            EvidenceKind.document,
            "How it is tested",
            "RZZ",
            today - timedelta(days=90),
            ("dtac-2.0/C3.3",),
            for_product="tiny",
        )
        maker = Maker("RZZ", "St Elsewhere's Hospital", "0" * 64)
        world.store.keep_evidence(maker, item, PLAIN)
        harm = replace(item, id="harm", sha256=sha256(PAGE).hexdigest(), title=f"{HARM} of ours")
        world.store.keep_evidence(maker, harm, PAGE)
        ended = replace(item, id="ended", sha256="a1" * 32, title="Ended", expires=today - timedelta(days=2))
        old, new = (
            replace(item, id=id_, sha256=digest * 32, title=id_) for id_, digest in (("old", "b1"), ("new", "c1"))
        )
        for one in (ended, old, replace(item, id="gone", sha256="d1" * 32, title="Gone")):
            ledgers.add(one, "St Elsewhere's Hospital")
        ledgers.supersede(["old"], new, "St Elsewhere's Hospital")
        ledgers.withdraw("RZZ", "gone", "It was another product's.", "St Elsewhere's Hospital")
        yield world


def shown(world: World) -> str:
    """The page."""
    world.sign_in("security")
    return world.get("/evidence/RZZ").text


def part_of(text: str, item: str) -> str:
    """What stands of one item."""
    return text.split(f'id="{item}"')[1].split("</section>", maxsplit=1)[0]


@pytest.mark.parametrize(
    ("item", "word", "why"),
    [
        ("doc-1", "Stands", ""),
        ("new", "in the place of old", ""),
        ("ended", "Ended", "It ended on"),
        ("old", "Superseded", "new stands in its place since"),
        ("gone", "Withdrawn", "It was another product&#39;s."),
    ],
)
def test_each_item_says_how_it_stands_and_why(world: World, item: str, word: str, why: str) -> None:
    """With what it serves, and when it came into the ledger by whom; what stands comes first."""
    text = shown(world)
    part = part_of(text, item)
    for words in (word, why, "dtac-2.0/C3.3", "St Elsewhere", "tiny"):
        assert words in part, words
    is_above = text.index(f'id="{item}"') < text.index("What does not (3)")
    assert is_above == (item in {"doc-1", "new"})


def test_bytes_are_put_away_and_never_shown(world: World) -> None:
    """Whatever they are: an attachment, no sniffing, no script, and no frame; the very bytes."""
    shown(world)
    for raw in (PLAIN, PAGE):
        answer = world.get(f"/evidence/RZZ/{sha256(raw).hexdigest()}")
        assert answer.status_code == 200
        assert answer.content == raw
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert "html" not in answer.headers["content-type"]
    assert HARM not in shown(world)


def test_only_assessors_see_it_and_only_what_there_is(world: World) -> None:
    """Nobody else reads ledger or bytes; another organisation's, a made-up digest, and bytes that are not kept are not found."""
    shown(world)
    digest = sha256(PLAIN).hexdigest()
    for path in ("/evidence/RYY", f"/evidence/RYY/{digest}", f"/evidence/RZZ/{'0' * 64}", f"/evidence/RZZ/{'a1' * 32}"):
        assert world.get(path).status_code == 404, path
    assert world.get("/evidence/RZZ/..%2F..%2Fstore.db").status_code == 404
    world.cookies.clear()
    for path in ("/evidence/RZZ", f"/evidence/RZZ/{digest}"):
        assert world.get(path).status_code == 303
