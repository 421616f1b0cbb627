"""The screens of pretend record systems: what `tabard sandbox serve` is told of the buttons that open a hospital from inside."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from tabard.ground.errors import CallerError
from tabard.sandbox import LorenzoScreen, PretendLorenzo, PretendMillennium

_LAUNCH = "/launch/"


def with_apps(millennium: PretendMillennium, apps: Iterable[str], key: Path | None) -> None:
    """Register each `CLIENT=URL` as an app that doctors open; with `key` (a public PEM file) it proves itself by that."""
    pem = None if key is None else _read(key, "--app-key").decode("ascii", "replace")
    for told in apps:
        client, url = _pair(told, "--app")
        place = urlsplit(url)
        link = place.path.removeprefix(_LAUNCH).partition("/")[0]
        if not place.path.startswith(_LAUNCH) or not link:
            raise CallerError(
                "an app is not a hospital's launch", where="--app", expected="CLIENT=URL/launch/LINK", got=told
            )
        millennium.register_app(client, url, [f"{place.scheme}://{place.netloc}/launched/{link}"], pem)


def screen_of(lorenzo: PretendLorenzo, opens: Iterable[str], secret: Path | None, port: int) -> LorenzoScreen | None:
    """The screen with a button for each `TEXT=URL`, None without any; its addresses are sealed with the file's secret."""
    places = dict(_pair(told, "--open") for told in opens)
    if not places:
        return None
    if secret is None:
        raise CallerError(
            "an address must be sealed", where="--open", remedy="name the secret's file with --context-secret"
        )
    return LorenzoScreen(lorenzo.census, places, _read(secret, "--context-secret").strip(), lorenzo.clock, port)


def _pair(told: str, option: str) -> tuple[str, str]:
    name, equals, url = told.partition("=")
    if not (name and equals and url.startswith(("http://", "https://"))):
        raise CallerError("this is not NAME=URL", where=option, got=told)
    return name, url


def _read(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise CallerError("the file cannot be read", where=f"{option} {path}", got=fault.strerror or "") from fault
