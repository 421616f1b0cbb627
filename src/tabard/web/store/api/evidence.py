"""Evidence over the API: handed in, replaced and withdrawn by its maker, read by its maker and by assessors; each request signed.

An item comes as one body: a line of JSON that says what it is, and after the line's end its bytes. Who asks is proven before
any of the body is read; the body is held against the digest that they signed as it comes, on the disk.
"""

import hmac
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from tabard.accreditation.claims import Evidence, EvidenceKind
from tabard.decision import Accreditor
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock
from tabard.store import (
    LARGEST_EVIDENCE_BYTES,
    Asked,
    Maker,
    Media,
    NotYours,
    Store,
    Taken,
    Unknown,
    body_sha256_told,
    check_offer,
)
from tabard.web.store.api.bodies import bounded, decoded, read_body
from tabard.web.store.api.evidence_views import ledger_of, shown
from tabard.web.store.api.faults import Elsewhere, TooLarge, told
from tabard.web.store.api.intake import Intake
from tabard.web.store.api.json import answer
from tabard.web.store.api.rates import Rate

KIND = "application/vnd.tabard.evidence"
_LINE_BYTES = 16 * 1024
_IN_MEMORY_BYTES = 1024 * 1024
_ITEMS_A_MINUTE = 20
_AWAY = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class _Desk:
    store: Store
    reads: Rate
    unknown: Rate
    items: Rate
    intake: Intake


class _Offer(msgspec.Struct, forbid_unknown_fields=True):
    """What the line says. `instead_of` are ids of items in whose place it stands; without an `id` of its own it is given one."""

    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    kind: EvidenceKind
    title: str
    made: date
    serves: tuple[str, ...]
    expires: date | None = None
    product: str | None = None
    package: str | None = None
    says: dict[str, str] = {}
    id: str = ""
    organisation: str = ""
    instead_of: tuple[str, ...] = ()


class _Withdrawal(msgspec.Struct, forbid_unknown_fields=True):
    evidence: str
    reason: str


Endpoint = Callable[[Request], Awaitable[Response]]
Act = Callable[[_Desk, Request], Awaitable[Response]]


def evidence_routes(store: Store, reads: Rate, unknown: Rate, intake: Intake, clock: Clock) -> list[BaseRoute]:
    """The addresses of evidence, under the API's."""
    desk = _Desk(store, reads, unknown, Rate(_ITEMS_A_MINUTE, clock), intake)
    return [
        Route("/evidence", _guarded(desk, _hand_in), methods=["POST"]),
        Route("/evidence", _guarded(desk, _list), methods=["GET"]),
        Route("/evidence/withdrawals", _guarded(desk, _withdraw), methods=["POST"]),
        Route("/evidence/{sha256}", _guarded(desk, _bytes), methods=["GET"]),
    ]


def as_attachment(store: Store, digest: str, media: Media) -> Response:
    """The bytes of an item as a file to be put away: never shown in a page, never taken for another kind. Raises NotFound."""
    name = f"{digest}.{media.ending}"
    return FileResponse(store.desk.files.path(digest), headers=_AWAY, media_type=media.type, filename=name)


def _guarded(desk: _Desk, act: Act) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            desk.reads.take(_place(request))
            return await act(desk, request)
        except Exception as error:  # noqa: BLE001  the last border
            return told(error)

    return endpoint


async def _hand_in(desk: _Desk, request: Request) -> Response:
    """Take an item in: 201 where it is new, 200 where the same was handed in before."""
    if request.headers.get("content-type", "") != KIND:
        raise Elsewhere("an item of evidence is a line of JSON and its bytes", expected=f"Content-Type: {KIND}")
    maker, signed = await run_in_threadpool(_maker_before_body, desk, request)
    desk.items.take(maker.ods)
    with desk.intake.place(request), _spool() as file:
        offer, item = await _come(request, maker, signed, file)
        async with desk.intake.reading:
            taken = await run_in_threadpool(_keep, desk.store, maker, offer, item, file)
    return answer(_taken(taken), 201 if taken.is_new else 200)


async def _come(request: Request, maker: Maker, signed: str, file: IO[bytes]) -> tuple[_Offer, Evidence]:
    """The line, judged before more is read, and after it the bytes in `file`. Raises what is wrong with either."""
    whole, line, item = sha256(), b"", None
    offer: _Offer | None = None
    async for chunk in bounded(request, LARGEST_EVIDENCE_BYTES + _LINE_BYTES):
        whole.update(chunk)
        if offer is not None:
            await run_in_threadpool(_more, file, chunk)
            continue
        line, ended, rest = (line + chunk).partition(b"\n")
        if len(line) > _LINE_BYTES:
            raise TooLarge("the line before the bytes is too long", expected=f"at most {_LINE_BYTES} bytes")
        if ended:
            offer = decoded(line, _Offer)
            item = await run_in_threadpool(_offered, maker, offer)
            await run_in_threadpool(_more, file, rest)
    if not hmac.compare_digest(whole.hexdigest(), signed):
        raise Unknown("what was signed is not what was sent", where="Authorization")
    if offer is None or item is None:
        raise CallerError("the body has no line that says what it is", where="body", expected="JSON, a new line, bytes")
    return offer, item


def _more(file: IO[bytes], chunk: bytes) -> None:
    file.write(chunk)
    if file.tell() > LARGEST_EVIDENCE_BYTES:
        raise TooLarge("the item is too large", expected=f"at most {LARGEST_EVIDENCE_BYTES} bytes")


def _offered(maker: Maker, offer: _Offer) -> Evidence:
    item = Evidence(
        id=offer.id or f"{offer.kind}-{offer.made:%Y%m%d}-{offer.sha256[:8]}",
        sha256=offer.sha256,
        kind=offer.kind,
        title=offer.title,
        organisation=offer.organisation or maker.ods,
        made=offer.made,
        serves=offer.serves,
        for_product=offer.product,
        for_package=offer.package,
        expires=offer.expires,
        says=tuple(sorted(offer.says.items())),
    )
    check_offer(maker, item)
    return item


def _keep(store: Store, maker: Maker, offer: _Offer, item: Evidence, file: IO[bytes]) -> Taken:
    file.seek(0)
    return store.desk.keep(maker, item, file.read(), offer.instead_of, has_own_id=bool(offer.id))


async def _list(desk: _Desk, request: Request) -> Response:
    """A maker's own ledger; an assessor says whose by `?organisation=`."""
    who = await run_in_threadpool(_who, desk, request, b"")
    if isinstance(who, Maker):
        return answer(await run_in_threadpool(ledger_of, desk.store, who.ods))
    organisation = request.query_params.get("organisation", "")
    return answer(await run_in_threadpool(ledger_of, desk.store, organisation))


async def _withdraw(desk: _Desk, request: Request) -> Response:
    body = await read_body(request)
    maker = _a_maker(await run_in_threadpool(_who, desk, request, body))
    one = decoded(body, _Withdrawal)
    ledger = await run_in_threadpool(desk.store.desk.withdraw, maker, one.evidence, one.reason)
    return answer({"id": one.evidence, "head": ledger.head}, 201)


async def _bytes(desk: _Desk, request: Request) -> Response:
    """The bytes: to assessors, and to an organisation that brought them. To others they are not there."""
    digest = request.path_params["sha256"]
    who = await run_in_threadpool(_who, desk, request, b"")
    media = await run_in_threadpool(desk.store.desk.media, digest, who.ods if isinstance(who, Maker) else None)
    return await run_in_threadpool(as_attachment, desk.store, digest, media)


def _maker_before_body(desk: _Desk, request: Request) -> tuple[Maker, str]:
    """Who asks, and the digest of the body that they signed, before any of it is read. Raises Unknown, NotYours."""
    with _counted(desk, request):
        header = request.headers.get("authorization", "")
        signed = body_sha256_told(header)
        who = desk.store.askers.who_asks(header, _asked(desk, request, b"", signed))
    return _a_maker(who), signed


def _who(desk: _Desk, request: Request, body: bytes) -> Accreditor | Maker:
    with _counted(desk, request):
        return desk.store.askers.who_asks(request.headers.get("authorization", ""), _asked(desk, request, body))


def _a_maker(who: Accreditor | Maker) -> Maker:
    if not isinstance(who, Maker):
        raise NotYours("evidence is handed in by its maker", remedy="use a key by which your organisation releases")
    return who


@contextmanager
def _counted(desk: _Desk, request: Request) -> Iterator[None]:
    try:
        yield
    except Unknown:
        desk.unknown.take(_place(request))
        raise


def _asked(desk: _Desk, request: Request, body: bytes, signed: str = "") -> Asked:
    query = request.url.query
    path = request.scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    return Asked(desk.store.settings.base_url, request.method, path, body, signed)


def _taken(taken: Taken) -> Mapping[str, Any]:
    return {**shown(taken.item), "is_new": taken.is_new, "head": taken.head, "media": taken.media.type}


def _spool() -> SpooledTemporaryFile[bytes]:
    return SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)


def _place(request: Request) -> str:
    return request.client.host if request.client else ""
