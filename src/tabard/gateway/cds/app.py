"""The CDS services over HTTP, at `/cds-services`: for record systems that can call. Without one that may, there is nothing."""

import asyncio
from dataclasses import dataclass

import msgspec
import structlog

from tabard.audit import AuditUnavailable
from tabard.gateway.cds.calling import LARGEST_BYTES, Calling
from tabard.gateway.errors import Refused
from tabard.gateway.http import NO_STORE, Answer, Receive, Scope, Send, headers_of, read_body, send_answer
from tabard.ground.errors import CallerError, PeerError

PATH = "/cds-services"
_log = structlog.get_logger(__name__)
_JSON = (b"content-type", b"application/json")
_NOWHERE = Refused(404, "not-found", "route", "There is no such address here.")


@dataclass(frozen=True, slots=True)
class CdsApp:
    """An ASGI app. It reads whole paths."""

    calling: Calling | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await send_answer(send, await self._answer(scope, receive))

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        try:
            return await self._dispatch(scope, receive)
        except Refused as refused:
            return _told(refused.status, refused.reason, refused.message, refused.remedy)
        except AuditUnavailable as error:
            return _told(503, "audit", error.message, error.remedy)
        except (CallerError, PeerError) as error:
            status = getattr(error, "status", 412)
            return _told(status, getattr(error, "reason", "context"), error.message, error.remedy)
        except Exception as error:  # noqa: BLE001  whatever fails inside, the caller is told and nothing leaves
            _log.error("cds_failed", error=type(error).__name__)
            return _told(500, "failed", "Something failed inside.", None)

    async def _dispatch(self, scope: Scope, receive: Receive) -> Answer:
        if self.calling is None:
            raise _NOWHERE
        authorization = headers_of(scope).get("authorization")
        match scope["method"], scope["path"].removeprefix(PATH).strip("/").split("/"):
            case "GET", [""]:
                return Answer(200, (_JSON, *NO_STORE), self.calling.discovery())
            case "POST", [name] if name:
                body = await read_body(receive, LARGEST_BYTES)
                cards = await asyncio.to_thread(self.calling.call, name, authorization, body)
                return Answer(200, (_JSON, *NO_STORE), cards)
            case "POST", [name, "feedback"] if name:
                body = await read_body(receive)
                await asyncio.to_thread(self.calling.react, name, authorization, body)
                return Answer(200, NO_STORE)
            case _:
                raise _NOWHERE


def _told(status: int, reason: str, message: str, remedy: str | None) -> Answer:
    body = msgspec.json.encode({"error": reason, "message": message, "remedy": remedy or ""})
    more = ((b"www-authenticate", b"Bearer"),) if status == 401 else ()  # noqa: PLR2004  HTTP's own number
    return Answer(status, (_JSON, *NO_STORE, *more), body)
