"""A doctor's screen at the pretend Lorenzo, with the button that opens Tabard on a patient by a signed address.

The address is made here from what its maker was told, without the code that checks it.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from html import escape
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tabard.ground.ids import unguessable
from tabard.ground.time import Clock
from tabard.sandbox.census import Census
from tabard.sandbox.pages import button, page, table
from tabard.sandbox.serving import Serving

_COOKIE = "pretend-lorenzo-doctor"


def context_address(
    place: str, secret: bytes, *, user: str, patient: str, visit: str, time: int, nonce: str | None = None
) -> str:
    """The address that opens `place` on a patient; `time` is in seconds since 1970."""
    once = nonce or unguessable()
    text = "".join(f"{one}\n" for one in ("tabard-context-1", place, user, patient, visit, str(time), once))
    made = hmac.new(secret, text.encode("ascii"), hashlib.sha256).digest()
    told = {"user": user, "patient": patient, "visit": visit, "time": str(time), "nonce": once}
    return f"{place}?{urlencode({**told, 'seal': urlsafe_b64encode(made).decode().strip('=')})}"


class LorenzoScreen:
    """Pages without a password over the census of a pretend Lorenzo. `places` are the addresses that its buttons open, by what they say."""

    def __init__(
        self,
        census: Census,
        places: dict[str, str],
        secret: bytes,
        clock: Clock,
        port: int = 0,
        *,
        made: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._census = census
        self._places = places
        self._secret = secret
        self._clock = clock
        self._made = made
        self._serving = Serving(port, "pretend Lorenzo's screen")

    @property
    def origin(self) -> str:
        """Where the pages are: scheme, host and port."""
        return f"http://localhost:{self._serving.port}"

    def start(self) -> None:
        """Answer from now on."""
        routes = [
            Route("/", self._show),
            Route("/sign-in", self._sign_in, methods=["POST"]),
            Route("/open", self._open, methods=["POST"]),
        ]
        self._serving.start(Starlette(routes=routes))

    def close(self) -> None:
        """Answer no more."""
        self._serving.close()

    async def _show(self, request: Request) -> Response:
        wards = self._census.layout.wards
        doctors = {one.code: f"{one.title} {one.given} {one.family}" for ward in wards for one in ward.consultants}
        others = "".join(button("/sign-in", f"Sign in as {name}", {"code": code}) for code, name in doctors.items())
        doctor = request.cookies.get(_COOKIE, "")
        if doctor not in doctors:
            return page("Pretend Lorenzo", "<p>Nobody is signed in.</p>", others)
        rows = [self._row(mrn) for ward in wards for mrn in self._census.inpatients(ward.code)]
        who = f"<p>Signed in as {escape(doctors[doctor])}</p>"
        return page("Pretend Lorenzo", who, table("Inpatients", rows), others)

    def _row(self, mrn: str) -> tuple[str, ...]:
        person, stay = self._census.person(mrn), self._census.stay(mrn)
        name = f"{person.family.upper()}, {person.given}"
        visit = stay.visit if stay else ""
        opens = (
            button("/open", f"Open {text} on {name}", {"place": text, "patient": mrn, "visit": visit})
            for text in self._places
        )
        return (escape(name), escape(stay.place.bed if stay else ""), *opens)

    async def _sign_in(self, request: Request) -> Response:
        answer = RedirectResponse("/", 303)
        answer.set_cookie(_COOKIE, str((await request.form()).get("code", "")), httponly=True, samesite="lax")
        return answer

    async def _open(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        doctor, place = request.cookies.get(_COOKIE, ""), self._places.get(form.get("place", ""))
        if not doctor or place is None:
            return RedirectResponse("/", 303)
        address = context_address(
            place,
            self._secret,
            user=doctor,
            patient=form.get("patient", ""),
            visit=form.get("visit", ""),
            time=int(self._clock().timestamp()),
        )
        self._made(address)
        return RedirectResponse(address, 303)
