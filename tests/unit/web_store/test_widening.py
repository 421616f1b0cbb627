"""The page on which what is accredited for its first hospitals goes further: written from the ledger, signed, or dropped."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from pathlib import Path

import httpx
import pytest

from tabard.decision import Outcome, Role
from tabard.ground.keys import new_signing_key, read_signing_key
from unit.web_store.first_of_type import EXIT, ITEM, answers, first_of_type_in
from unit.web_store.judged import HARM, who
from unit.web_store.world import PORT, Person, World

WRONG = (
    ({"reach": ""}, "How far it goes is not said"),
    ({"reach": "everywhere", "sites": "RYY"}, "How far it goes is not said (both)"),
    ({"reach": "sites"}, "How far it goes is not said (no hospital)"),
    ({"reach": "sites", "sites": "RXX"}, "cannot go further so"),
    ({"words:2": ""}, "Exit criterion 2 is not answered whole"),
    ({"evidence:2": ""}, "Exit criterion 2 is not answered whole"),
    ({"evidence:2": "", "words:2": ""}, "cannot go further so"),
    ({"site:2": "RQQ"}, "cannot go further so"),
    ({"words:2": "Fine."}, "five words"),
    ({"evidence:2": "cd" * 32}, "No evidence of this digest"),
)


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    with first_of_type_in(tmp_path_factory.mktemp("first"), PORT) as made:
        yield made


@pytest.fixture(name="world")
def _world(made: tuple[World, str]) -> World:
    return made[0]


@pytest.fixture(name="case")
def _case(made: tuple[World, str]) -> Iterator[str]:
    """The case with nothing drafted, before and after."""
    world, case = made
    yield case
    if world.store.case(case).case.widening is not None:
        world.store.drop_widening(case, who(world, "clinical"))


def page(world: World, case: str) -> str:
    """The words of the page."""
    answer = world.get(f"/cases/{case}/widening")
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def send(world: World, case: str, told: dict[str, str]) -> httpx.Response:
    """The form of the page, filled in so."""
    return world.act(f"/cases/{case}/widening", f"/cases/{case}/widenings", **told)


def test_the_page_asks_each_exit_criterion_and_offers_what_stands(world: World, case: str) -> None:
    """The case leads to it; what a maker wrote is words; another case has none, and whoever is not signed in sees none."""
    world.sign_in("clinical")
    assert f'href="/cases/{case}/widening"' in world.get(f"/cases/{case}").text
    text = page(world, case)
    assert all(one in text for one in EXIT)
    assert text.count(f'value="{ITEM}"') == 2
    assert HARM not in world.get(f"/cases/{case}/widening").text
    assert world.get(f"/cases/{'0' * 64}/widening").status_code == 404
    world.cookies.clear()
    assert world.get(f"/cases/{case}/widening").status_code == 303


@pytest.mark.parametrize(("change", "problem"), WRONG)
def test_what_cannot_be_taken_comes_back_as_it_was_sent(
    world: World, case: str, change: dict[str, str], problem: str
) -> None:
    """With what is wrong and the words that were written; nothing is drafted. No empty field lets it go to every hospital."""
    world.sign_in("clinical")
    answer = send(world, case, {**answers(), **change})
    text = " ".join(unescape(answer.text).split())
    assert answer.status_code == 400
    assert problem in text
    assert "There is a problem" in text
    assert "Nothing was reported in eleven weeks." in text
    assert world.store.case(case).case.widening is None


def test_one_more_hospital_is_let_in_with_an_exit_criterion_open(world: World, case: str) -> None:
    """The words say which; a draft is dropped by the page, and only by who saw it as it is."""
    world.sign_in("clinical")
    answer = send(world, case, answers("sites", "ryy", up_to=1))
    assert answer.headers["location"] == f"/cases/{case}/widening?done=drafted"
    text = page(world, case)
    assert "for these sites only: RXX, RYY" in text
    assert f"Not shown yet: {EXIT[1]}" in text
    assert "Read and sign what lets it go further" in world.get(f"/cases/{case}").text
    path = f"/cases/{case}/widening"
    assert world.act(path, f"{path}s/dropped", seen="1").status_code == 409
    assert world.act(path, f"{path}s/dropped").status_code == 303
    assert world.store.case(case).case.widening is None


def test_a_form_of_another_site_or_of_before_drafts_nothing(world: World, case: str) -> None:
    """Without our token, with that of somebody else, or over a case that moved on meanwhile."""
    world.sign_in("clinical")
    seen = str(world.store.case(case).version)
    path = f"/cases/{case}/widenings"
    assert world.post(path, {**answers(), "seen": seen}).status_code == 403
    assert world.post(path, {**answers(), "seen": seen, "token": "x" * 43}).status_code == 403
    assert world.post(f"{path}/dropped", {"seen": seen}).status_code == 403
    assert world.act(f"/cases/{case}/widening", path, **answers(), seen="1").status_code == 409
    world.cookies.clear()
    assert world.post(path, {**answers(), "seen": seen}).headers["location"].startswith("/sign-in")
    assert world.store.case(case).case.widening is None


def test_who_has_not_taken_the_case_writes_nothing(world: World, case: str) -> None:
    """A person of another role sees what is drafted and no form; one sent all the same is refused."""
    if "governance" not in world.people:
        _enrol(world)
    world.sign_in("governance")
    text = page(world, case)
    assert "taken the case on" in text
    assert "Write the new decision" not in text
    seen = str(world.store.case(case).version)
    world.sign_in("clinical")
    token = world.get(f"/cases/{case}/widening").text.split('name="token" value="')[1].split('"')[0]
    world.sign_in("governance")
    assert world.post(f"/cases/{case}/widenings", {**answers(), "seen": seen, "token": token}).status_code == 403
    own = world.get(f"/cases/{case}").text.split('name="token" value="')[1].split('"')[0]
    refused = world.post(f"/cases/{case}/widenings", {**answers(), "seen": seen, "token": own})
    assert refused.status_code == 400
    assert world.store.case(case).case.widening is None


def test_it_is_signed_on_the_page_by_each_role_and_then_stands(tmp_path: Path) -> None:
    """The first signature leaves the decision before in force; the form goes; with the last the new one stands, and is public."""
    with first_of_type_in(tmp_path, PORT) as (world, case):
        world.sign_in("clinical")
        assert send(world, case, answers()).status_code == 303
        for name, done in (("clinical", "signed"), ("security", "widened")):
            world.sign_in(name)
            text = page(world, case)
            statement = world.store.case(case).case.widening
            assert statement is not None
            digest = sha256(statement.payload).hexdigest()
            assert digest in text
            told = {
                "statement": digest,
                "signature": b64encode(world.people[name].key.sign(statement.to_sign)).decode(),
            }
            answer = world.act(f"/cases/{case}/widening", f"/cases/{case}/signatures", **told)
            assert answer.headers["location"].endswith(f"done={done}")
            if name == "clinical":
                assert world.store.case(case).case.outcome is Outcome.first_of_type
                assert "Write it anew" not in page(world, case)
                assert digest not in page(world, case), "who has signed is not asked again"
        world.store.release()
        assert world.store.case(case).case.outcome is Outcome.accredited
        assert world.store.decisions()[-1].kind == "widened"
        assert world.get(f"/cases/{case}/widening").status_code == 404


def _enrol(world: World) -> None:
    """A person who judges information governance."""
    key = new_signing_key()
    targets = [read_signing_key(world.store.folder.root.parent / f"offline/targets-{number}.pem") for number in (1, 2)]
    role = Role.information_governance
    made = world.store.assessors.enrol("Dr Governance", role, key.public, targets, "governance", organisation="X26")
    world.people["governance"] = Person("governance", made.password or "", key)
