"""Reading a posted form: small, urlencoded, each field once."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from tabard.ground.errors import CallerError

LIMIT_BYTES = 16 * 1024
"""A form of more bytes is refused, where its page says nothing else."""

MOST_FIELDS = 20
"""A form of more fields is refused, where its page says nothing else."""


async def read_form(request: Request, limit_bytes: int = LIMIT_BYTES, most_fields: int = MOST_FIELDS) -> dict[str, str]:
    """The fields of a posted form. Raises CallerError when it is too large or is no such form."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise CallerError("this is no form", remedy="send the form of the page")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise CallerError("the form is too large", expected=f"at most {limit_bytes} bytes")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most_fields))
    except ValueError as fault:
        raise CallerError("the form cannot be read", remedy="send the form of the page") from fault
