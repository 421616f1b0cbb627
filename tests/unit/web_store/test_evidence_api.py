"""Evidence over the API: who may hand in what, and what becomes of what was not meant well."""

import asyncio
import io
import json
import tracemalloc
import zipfile
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tabard.accreditation.claims import Evidence, EvidenceKind, Ref
from tabard.ground.keys import SigningKey, new_signing_key
from tabard.store import LARGEST_EVIDENCE_BYTES, Asked, signed
from tabard.web.store import api
from tabard.web.store.api import evidence
from tabard.web.store.shown import evidence_of
from unit.store.world import World, world as made

HERE = "http://localhost:8600"
KIND = "application/vnd.tabard.evidence"
PDF = b"%PDF-1.7 the toolkit"
PAGE = b"<!doctype html><script>alert(document.cookie)</script>"


@dataclass
class Desk:
    """A store's API, asked by whomever."""

    world: World
    app: Starlette
    other: SigningKey = field(default_factory=new_signing_key)

    @property
    def mine(self) -> SigningKey:
        """A key of St Elsewhere's."""
        return self.world.begun.publisher

    def offer(self, raw: bytes = PDF, **changed: Any) -> bytes:
        """A whole body."""
        told = {
            "sha256": sha256(raw).hexdigest(),
            "kind": "dspt",
            "title": "DSPT 2025-26",
            "made": "2026-01-05",
            "serves": ["dtac-2.0/C2.1"],
            "says": {"status": "Standards met", "year": "2025-26"},
        }
        return json.dumps({**told, **changed}).encode() + b"\n" + raw

    def header(self, method: str, path: str, body: bytes, key: SigningKey | None = None, age_s: float = 0) -> str:
        """That request, signed so long ago."""
        at = self.world.clock() - timedelta(seconds=age_s)
        return signed(Asked(HERE, method, path, body), key or self.mine, at)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | AsyncIterator[bytes] = b"",
        *,
        key: SigningKey | None = None,
        header: str | None = None,
        kind: str = KIND,
    ) -> httpx.Response:
        """The answer; signed over the body where no header is given."""
        if header is None:
            assert isinstance(body, bytes)
            header = self.header(method, path, body, key)
        return asyncio.run(self._ask(method, path, body, {"Authorization": header, "Content-Type": kind}))

    def hand_in(self, body: bytes | AsyncIterator[bytes], **more: Any) -> httpx.Response:
        """Hand an item in."""
        return self.ask("POST", "/api/evidence", body, **more)

    def listed(self) -> list[dict[str, Any]]:
        """The maker's own items."""
        items: list[dict[str, Any]] = self.ask("GET", "/api/evidence").json()["items"]
        return items

    async def _ask(
        self, method: str, path: str, body: bytes | AsyncIterator[bytes], headers: dict[str, str]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return await client.request(method, path, content=body, headers=headers)


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Desk:
    return _desk_in(tmp_path)


@pytest.fixture(scope="module", name="one_for_all")
def _one_for_all(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return _desk_in(tmp_path_factory.mktemp("desk"))


@pytest.fixture(name="refusing")
def _refusing(one_for_all: Desk) -> Desk:
    """For what is refused, and so leaves nothing behind."""
    one_for_all.world.clock.pass_by(seconds=61)
    return one_for_all


def _desk_in(folder: Path) -> Desk:
    world = made(folder)
    desk = Desk(world, Starlette(routes=api.routes(world.store, world.clock)))
    world.store.publishers.enrol("RYY", "Elsewhere Ltd", (desk.other.public,))
    return desk


def kept(desk: Desk) -> tuple[int, int]:
    """Lines and files."""
    store = desk.world.store
    return len(store.evidence.ledger("RZZ").entries), len(list(store.folder.evidence.iterdir()))


def test_a_maker_hands_in_lists_replaces_and_withdraws(desk: Desk) -> None:
    """Each by a request of its own; the list tells how every item stands, and holds the chain."""
    first = desk.hand_in(desk.offer())
    assert (first.status_code, first.json()["is_new"], first.json()["media"]) == (201, True, "application/pdf")
    assert desk.hand_in(desk.offer()).status_code == 200
    newer = desk.offer(b"%PDF-1.7 newer", instead_of=[first.json()["id"]])
    second = desk.hand_in(newer)
    assert second.status_code == 201
    order = json.dumps({"evidence": second.json()["id"], "reason": "It was another's."}).encode()
    gone = desk.ask("POST", "/api/evidence/withdrawals", order)
    assert gone.status_code == 201
    told = desk.ask("GET", "/api/evidence").json()
    assert [(one["stands"], one["why_not"]) for one in told["items"]] == [
        (False, f"{second.json()['id']} stands in its place since 2026-03-02"),
        (False, "it was withdrawn on 2026-03-02: It was another's."),
    ]
    assert [one["size_bytes"] for one in told["items"]] == [len(PDF), 14]
    assert (told["head"], len(told["ledger"])) == (gone.json()["head"], 3)
    assert desk.ask("POST", "/api/evidence/withdrawals", order).status_code == 422


def test_assessors_read_it_and_its_maker_and_nobody_else(desk: Desk) -> None:
    """To another organisation it is not there; an assessor asks for anybody's ledger, and hands nothing in."""
    digest = desk.hand_in(desk.offer()).json()["sha256"]
    ada, path = desk.world.key("Ada Safe"), f"/api/evidence/{digest}"
    for key in (desk.mine, ada):
        answer = desk.ask("GET", path, key=key)
        assert (answer.status_code, answer.content) == (200, PDF)
    assert desk.ask("GET", path, key=desk.other).status_code == 404
    assert desk.ask("GET", path, key=new_signing_key()).status_code == 401
    assert desk.ask("GET", path, header="").status_code == 401
    of_all = desk.ask("GET", "/api/evidence?organisation=RZZ", key=ada).json()
    assert [one["sha256"] for one in of_all["items"]] == [digest]
    assert desk.ask("GET", "/api/evidence?organisation=RZZ", key=desk.other).json()["items"] == []
    assert desk.hand_in(desk.offer(b"%PDF more"), key=ada).status_code == 403
    order = b'{"evidence": "x", "reason": "y"}'
    assert desk.ask("POST", "/api/evidence/withdrawals", order, key=ada).status_code == 403


def test_who_is_no_assessor_any_more_reads_nothing(desk: Desk) -> None:
    """Nor a maker whose key is past its time."""
    digest = desk.hand_in(desk.offer()).json()["sha256"]
    desk.world.clock.pass_by(days=800)
    for key in (desk.mine, desk.world.key("Ada Safe")):
        assert desk.ask("GET", f"/api/evidence/{digest}", key=key).status_code == 401


@pytest.mark.parametrize(
    ("raw", "ending", "media"),
    [
        (PAGE, "txt", "text/plain; charset=utf-8"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "txt", "text/plain; charset=utf-8"),
        (PDF, "pdf", "application/pdf"),
    ],
)
def test_bytes_are_a_file_to_be_put_away(desk: Desk, raw: bytes, ending: str, media: str) -> None:
    """No page runs them, whatever they are: an attachment, nosniff, no script allowed, named by its digest alone."""
    digest = desk.hand_in(desk.offer(raw, title="../../etc/x.html")).json()["sha256"]
    answer = desk.ask("GET", f"/api/evidence/{digest}")
    assert answer.headers["content-disposition"] == f'attachment; filename="{digest}.{ending}"'
    assert answer.headers["content-type"] == media
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content == raw


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"sha256": "a" * 64}, 422, "not the bytes"),
        ({"sha256": "../../x"}, 422, "sha256"),
        ({"id": "../../store.db"}, 422, "id"),
        ({"organisation": "RYY"}, 403, "its own evidence"),
        ({"kind": "promise"}, 422, "kind"),
        ({"says": {}}, 422, "what a dspt must say"),
        ({"says": {"status": "Standards met\nand exceeded", "year": "2025-26"}}, 422, "one line"),
        ({"serves": ["dtac-2.0/C9"]}, 422, "no such criterion"),
        ({"serves": []}, 422, "criteria"),
        ({"serves": ["dtac-2.0/C2.1"] * 501}, 422, "criteria"),
        ({"made": "yesterday"}, 422, "made"),
        ({"product": "sun-dial"}, 422, "of the organisation"),
        ({"instead_of": ["never"]}, 422, "only what stands"),
        ({"path": "/etc/passwd"}, 422, "unknown field"),
    ],
)
def test_an_offer_that_cannot_stand_is_refused(
    refusing: Desk, changed: dict[str, Any], status: int, words: str
) -> None:
    """In words, and with nothing kept."""
    answer = refusing.hand_in(refusing.offer(**changed))
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert kept(refusing) == (0, 0)


@pytest.mark.parametrize(
    "body", [b"", b"\n", b"{}\nx", b"[" * 9000, b"\xff\n", b"{" + b" " * 20_000, b"{}" * 9000 + b"\n"]
)
def test_a_body_that_is_none_is_told_as_such(refusing: Desk, body: bytes) -> None:
    """Theirs, not ours."""
    answer = refusing.hand_in(body)
    assert answer.status_code in (413, 422), answer.text
    assert answer.json()["error"]
    assert kept(refusing) == (0, 0)


def test_a_form_is_not_how_it_is_handed_in(refusing: Desk) -> None:
    """No browser's form reaches it: the kind of body must be ours."""
    for kind in ("multipart/form-data; boundary=x", "text/plain", "application/json", ""):
        assert refusing.hand_in(refusing.offer(), kind=kind).status_code == 415


def test_what_was_signed_is_what_must_come(refusing: Desk) -> None:
    """Other bytes, another line, more or less of it, another address: refused, and nothing is kept."""
    body = refusing.offer()
    for other in (body[:-1], body + b"!", body.replace(b"DSPT", b"dspt"), refusing.offer(b"%PDF-1.7 mine")):
        answer = refusing.hand_in(other, header=refusing.header("POST", "/api/evidence", body))
        assert (answer.status_code, "not what was sent" in answer.text) == (401, True), answer.text
    for wrong in (
        refusing.header("POST", "/api/evidence/withdrawals", body),
        refusing.header("GET", "/api/evidence", body),
        refusing.header("POST", "/api/evidence", body, age_s=120),
        refusing.header("POST", "/api/evidence", body, new_signing_key()),
        "Tabard-Key junk",
    ):
        assert refusing.hand_in(body, header=wrong).status_code == 401
    assert kept(refusing) == (0, 0)


def test_a_request_is_good_once(desk: Desk) -> None:
    """The same again is refused, also one whose body never came whole."""
    body = desk.offer()
    header = desk.header("POST", "/api/evidence", body)
    assert desk.hand_in(body[:-1], header=header).status_code == 401
    again = desk.hand_in(body, header=header)
    assert (again.status_code, "came before" in again.text) == (401, True)
    asked = desk.header("GET", "/api/evidence", b"")
    assert desk.ask("GET", "/api/evidence", header=asked).status_code == 200
    assert desk.ask("GET", "/api/evidence", header=asked).status_code == 401


def test_a_signature_cannot_be_borrowed(refusing: Desk) -> None:
    """An envelope whose payload was changed after it was signed names another body, and nobody signed that."""
    body = refusing.offer()
    _, _, value = refusing.header("POST", "/api/evidence", body).partition(" ")
    envelope = json.loads(b64decode(value))
    told = json.loads(b64decode(envelope["payload"]))
    told["body_sha256"] = sha256(refusing.offer(PAGE)).hexdigest()
    envelope["payload"] = b64encode(json.dumps(told, separators=(",", ":"), sort_keys=True).encode()).decode()
    header = f"Tabard-Key {b64encode(json.dumps(envelope).encode()).decode()}"
    assert refusing.hand_in(refusing.offer(PAGE), header=header).status_code == 401


def test_a_body_without_end_is_cut_off_and_never_held(refusing: Desk) -> None:
    """413 once there is a byte too many; meanwhile it lies on the disk, not in memory."""
    sent, head = 0, refusing.offer(b"", sha256="a" * 64)

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield head
        for _ in range(2 * LARGEST_EVIDENCE_BYTES // 65536):
            sent += 65536
            yield b"0" * 65536

    header = refusing.header("POST", "/api/evidence", b"whatever")
    tracemalloc.start()
    try:
        answer = refusing.hand_in(endless(), header=header)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 413
    assert sent <= LARGEST_EVIDENCE_BYTES + 3 * 65536
    assert peak < 8 * 1024 * 1024
    assert kept(refusing) == (0, 0)


def test_an_item_is_cut_off_by_its_own_bound(refusing: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte over, though the line before it left room: 413, before the rest is waited for."""
    monkeypatch.setattr(evidence, "LARGEST_EVIDENCE_BYTES", len(PDF) - 1)
    assert refusing.hand_in(refusing.offer()).status_code == 413
    assert kept(refusing) == (0, 0)


def test_a_stranger_s_body_is_not_read(refusing: Desk) -> None:
    """Who asks is proven before a byte of it is taken, and what is said before the rest is."""
    read: list[int] = []

    async def body(first: bytes) -> AsyncIterator[bytes]:
        for chunk in (first, b"0" * 65536, b"0" * 65536):
            read.append(len(chunk))
            yield chunk

    stranger = refusing.header("POST", "/api/evidence", b"x", new_signing_key())
    assert refusing.hand_in(body(b"x"), header=stranger).status_code == 401
    assert len(read) <= 1
    read.clear()
    wrong = refusing.offer(b"", organisation="RYY")
    assert refusing.hand_in(body(wrong), header=refusing.header("POST", "/api/evidence", b"x")).status_code == 403
    assert len(read) <= 2


def test_a_bomb_stays_one_file(desk: Desk) -> None:
    """An archive is kept as it came: nothing of it is unpacked, and it takes the room that it takes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../../etc/cron.d/x", bytes(50_000_000))
    bomb = held.getvalue()
    answer = desk.hand_in(desk.offer(bomb))
    assert (answer.status_code, answer.json()["media"]) == (201, "application/zip")
    (path,) = desk.world.store.folder.evidence.iterdir()
    assert (path.name, path.read_bytes() == bomb) == (sha256(bomb).hexdigest(), True)


@pytest.mark.parametrize("path", ["..%2fstore.db", "%2e%2e%2fstore.toml", "store.toml", "a" * 64, "A" * 64])
def test_no_path_leads_out_of_the_folder(refusing: Desk, path: str) -> None:
    """An address is a digest, or there is nothing."""
    assert refusing.ask("GET", f"/api/evidence/{path}", key=refusing.world.key("Ada Safe")).status_code in (401, 404)


def test_a_maker_hands_in_twenty_a_minute(desk: Desk) -> None:
    """One more is asked to wait, whatever it is; another organisation is not."""
    for at in range(20):
        assert desk.hand_in(desk.offer(title=f"DSPT {at}")).status_code == 201
    late = desk.hand_in(desk.offer(title="One more"))
    assert (late.status_code, late.json()["error"]) == (429, "too many requests from here")
    assert desk.hand_in(desk.offer(), key=desk.other).status_code == 201
    desk.world.clock.pass_by(seconds=61)
    assert desk.hand_in(desk.offer(title="One more")).status_code == 201


def test_a_page_shows_what_stands_in_the_place_of_what_a_claim_names(refusing: Desk) -> None:
    """Its title beside the criterion is that of the document that an assessor is to read now."""
    on = refusing.world.clock().date()
    old = Evidence("old", "a" * 64, EvidenceKind.document, "The old one", "RZZ", on, ("dtac-2.0/C2.1",))
    newer = replace(old, id="new", sha256="b" * 64, title="The newer one", follows=(old.sha256,))
    assert evidence_of(Ref(old.sha256), [newer]).title.startswith("The newer one")
    assert evidence_of(Ref("c" * 64), [newer]).title == "An item that does not stand"
