"""Reading what is sent, bounded while it comes: nobody makes the store hold more than it asked for."""

from asyncio import timeout
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from tabard.ground.errors import CallerError
from tabard.store import LARGEST_PACKAGE_BYTES, LARGEST_RELEASE_BYTES
from tabard.web.store.api.faults import Elsewhere, TooLarge

_JSON_BYTES = 64 * 1024
_AROUND_BYTES = 64 * 1024
"""What a multipart body may hold around its two files."""

_PATIENCE_S = 300.0
_KIND = "multipart/form-data"

T = TypeVar("T")


async def read_body(request: Request) -> bytes:
    """A small body. Raises TooLarge, or CallerError where it does not come."""
    return b"".join([chunk async for chunk in bounded(request, _JSON_BYTES)])


def decoded(body: bytes, kind: type[T]) -> T:
    """The JSON of a body. Raises CallerError, saying which field is at fault."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as fault:
        raise CallerError("this request cannot be read", where="body", expected="JSON", got=str(fault)) from fault


class Sent(NamedTuple):
    """The two files of a submission, on the disk as yet."""

    package: UploadFile
    release: UploadFile

    async def read(self) -> tuple[bytes, bytes]:
        """Both, in memory."""
        return await self.package.read(), await self.release.read()


@asynccontextmanager
async def submission(request: Request) -> AsyncIterator[Sent]:
    """The files `package` and `release` of a multipart body. Raises Elsewhere, TooLarge, CallerError."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _KIND:
        raise Elsewhere("a submission is a multipart form", expected=f"{_KIND} with the files package and release")
    most = LARGEST_PACKAGE_BYTES + LARGEST_RELEASE_BYTES + _AROUND_BYTES
    parser = MultiPartParser(request.headers, bounded(request, most), max_files=2, max_fields=0)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as fault:
        raise CallerError("the form cannot be read", where="body", expected=_KIND, got=type(fault).__name__) from fault
    try:
        yield Sent(
            _file(form.get("package"), "package", LARGEST_PACKAGE_BYTES),
            _file(form.get("release"), "release", LARGEST_RELEASE_BYTES),
        )
    finally:
        await form.close()


def _file(found: UploadFile | str | None, name: str, most: int) -> UploadFile:
    if not isinstance(found, UploadFile) or not found.filename:
        raise CallerError(f"no file was chosen as {name}", where=name, remedy="send it as a file of that name")
    if (found.size or 0) > most:
        raise TooLarge("the file is too large", where=name, expected=f"at most {most} bytes", got=str(found.size))
    return found


async def bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body as it comes. Raises TooLarge as soon as it is too large, CallerError when it takes too long."""
    size = 0
    told = request.headers.get("content-length", "0")
    if told.isdecimal() and int(told) > most:
        raise TooLarge("the body is too large", expected=f"at most {most} bytes", got=told)
    try:
        async with timeout(_PATIENCE_S):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise TooLarge("the body is too large", expected=f"at most {most} bytes", got=f"more than {most}")
                yield chunk
    except (TimeoutError, ClientDisconnect) as fault:
        raise CallerError("the body did not come", expected=f"all of it within {_PATIENCE_S:g} s") from fault
