"""A maker's page opens by its whole address: a decision names the case for everybody, and the case alone opens nothing."""

import asyncio
import re
from pathlib import Path

import httpx
import pytest

from tabard.ground.errors import NotFound
from tabard.product import sign_release
from tabard.store import Asked, signed
from tabard.web.store import Counter, api, site
from unit.web_store.judged import Judged
from unit.web_store.world import World, ward_board, world_in


def asked(world: World, path: str, body: bytes | None = None, header: str = "") -> httpx.Response:
    """What pages and API answer to anybody, or to whoever signed with that header; with a body it is posted."""
    app = site(Counter(world.store), api.routes(world.store))

    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=world.store.settings.base_url) as client:
            told = {"Authorization": header} if header else {}
            return await client.request("GET" if body is None else "POST", path, content=body, headers=told)

    return asyncio.run(answer())


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_a_stranger_who_knows_the_case_finds_nothing(judged: Judged, prefix: str) -> None:
    """The case alone, with a wrong secret, with another case's secret, with an empty or endless one: 404, as for no case."""
    world, case = judged.world, judged.referred_back
    world.cookies.clear()
    other = world.makers_page(judged.refused).rpartition("/")[2]
    for end in ("", "/", "/wrong", f"/{other}", f"/{'a' * 5000}", f"/{case}"):
        for path in (f"{prefix}/submissions/{case}{end}", f"{prefix}/submissions/{'0' * 64}{end}"):
            assert asked(world, path).status_code == 404, path
    assert asked(world, prefix + world.makers_page(case)).status_code == 200


def test_an_assessor_sees_what_the_maker_sees(judged: Judged) -> None:
    """Signed in; nobody else by that address, and the page does not tell them to keep it."""
    world, path = judged.world, f"/cases/{judged.referred_back}/submission"
    world.cookies.clear()
    assert world.get(path).status_code == 303
    world.sign_in("clinical")
    assert "Question 1, about pages-accessible" in world.get(path).text
    assert "Keep the address" not in world.get(path).text
    assert "Keep the address" in world.get(world.makers_page(judged.referred_back)).text


def test_the_store_keeps_no_secret(judged: Judged) -> None:
    """What is in the database opens no page."""
    world = judged.world
    secret = world.makers_page(judged.refused).rpartition("/")[2]
    raw = b"".join(one.read_bytes() for one in world.store.folder.root.glob("store.db*"))
    assert secret.encode() not in raw


def test_who_sends_the_same_bytes_again_has_an_address_until_they_are_public(tmp_path: Path) -> None:
    """Before, only who made them has them; a published package anybody can send, and it opens nothing."""
    with world_in(tmp_path) as world:
        case = world.reviewed()
        package, release = ward_board(), sign_release(ward_board(), world.publisher).to_bytes()
        again = world.store.submit(package.raw, release)
        assert again.case.id == case
        world.store.addresses.check(case, again.secret)
        files = {"package": ("a.tabard", package.raw), "release": ("a.json", release)}
        assert world.upload(files).headers["location"].startswith(f"/submissions/{case}/")


def test_a_published_package_opens_no_page(judged: Judged) -> None:
    """Sent again by the page or by the API it is told how its maker has the address; of a refused one, which nobody else has, it is told."""
    world = judged.world
    package, release = ward_board(), sign_release(ward_board(), world.publisher).to_bytes()
    assert world.store.submit(package.raw, release).secret == ""
    answer = world.upload({"package": ("a.tabard", package.raw), "release": ("a.json", release)})
    assert answer.status_code == 400
    assert "tabard product address" in answer.text
    assert world.store.addresses.again(world.store.case(judged.refused).case)


def test_the_makers_key_opens_it_anew_and_shuts_what_came_to_be_known(judged: Judged) -> None:
    """A request signed by the publisher's key has a fresh address, by which alone it then opens; a stranger's key has none."""
    world, case = judged.world, judged.failing
    old, path = world.makers_page(case), f"/api/submissions/{case}/addresses"
    request = Asked(world.store.settings.base_url, "POST", path, b'{"alone":true}')
    stranger = signed(request, world.people["clinical"].key, world.store.clock())
    assert asked(world, path, request.body, stranger).status_code == 401
    answer = asked(world, path, request.body, signed(request, world.publisher, world.store.clock()))
    assert answer.status_code == 201
    told = answer.json()["address"]
    assert re.fullmatch(rf"/submissions/{case}/[\w-]{{43}}", told)
    assert asked(world, told).status_code == 200
    assert asked(world, old).status_code == 404


def test_five_addresses_open_a_page_and_the_oldest_ceases(judged: Judged) -> None:
    """Whoever submits again and again does not leave the page open at a thousand places."""
    addresses, case = judged.world.store.addresses, judged.refused
    secrets = [addresses.begin(case) for _ in range(6)]
    with pytest.raises(NotFound):
        addresses.check(case, secrets[0])
    for one in secrets[1:]:
        addresses.check(case, one)
