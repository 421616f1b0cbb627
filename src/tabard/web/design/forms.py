"""Reading a posted form: small, urlencoded, each field once."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from tabard.ground.errors import CallerError

_LIMIT_BYTES = 16 * 1024
_MOST_FIELDS = 20


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form. Raises CallerError when it is too large or is no such form."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise CallerError("this is no form", remedy="send the form of the page")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LIMIT_BYTES:
            raise CallerError("the form is too large", expected=f"at most {_LIMIT_BYTES} bytes")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as fault:
        raise CallerError("the form cannot be read", remedy="send the form of the page") from fault
