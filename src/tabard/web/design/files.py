"""Serving the files of one folder: by name only, never a way out of it, each with its right type and an ETag."""

from hashlib import sha256
from pathlib import Path, PurePosixPath

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_LIMIT_BYTES = 20 * 1024 * 1024


def file_in(folder: Path, path: str) -> Path | None:
    """The file that a URL's (decoded) path names, when it is served from here.

    Not served: what lies outside after links are followed, hidden names, kinds of file that no page needs.
    """
    relative = PurePosixPath(path.lstrip("/") or "index.html")
    is_plain = all(part not in {"..", "."} and not part.startswith(".") for part in relative.parts)
    if not is_plain or "\\" in path or "\x00" in path or relative.suffix.lower() not in TYPES:
        return None
    file = (folder / relative).resolve()
    return file if file.is_relative_to(folder.resolve()) and file.is_file() else None


def serve(request: Request, folder: Path, path: str) -> Response:
    """The file as an answer: 200, 304 when the browser has it, 404, 405."""
    if request.method not in {"GET", "HEAD"}:
        return PlainTextResponse("Only reading is possible here.", 405, {"Allow": "GET, HEAD"})
    file = file_in(folder, path)
    if file is None or file.stat().st_size > _LIMIT_BYTES:
        return PlainTextResponse("There is no such file in this product.", 404)
    content = file.read_bytes()
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=None, headers=headers | {"Content-Type": TYPES[file.suffix.lower()]})
