"""A request as it comes by ASGI: its headers, and its body where that is worth reading, within bounds."""

from tabard.gateway.api.request import HEADERS, Request
from tabard.gateway.api.routes import route
from tabard.gateway.errors import Refused
from tabard.gateway.http import Receive, Scope, is_form, picked, read_body


def received(scope: Scope, path: str) -> Request:
    """The request without its body; `path` is relative to the base."""
    method = scope["method"]
    return Request(route(method, path), picked(scope, HEADERS), scope["query_string"], is_head=method == "HEAD")


async def with_form(request: Request, receive: Receive) -> Request:
    """The request with its form, or with what is wrong with that."""
    if not is_form(request.headers.get(b"content-type")):
        return request._replace(fault=Refused(415, "not-supported", "content_type", "_search takes a form."))
    try:
        return request._replace(form=await read_body(receive))
    except Refused as refused:
        return request._replace(fault=refused)


async def with_body(request: Request, receive: Receive, most: int) -> Request:
    """The request with what it brings, `most` bytes at most, or with what is wrong with that."""
    try:
        return request._replace(body=await read_body(receive, most))
    except Refused as refused:
        return request._replace(fault=refused)
